"""The API as a table of endpoints, whoever serves it."""
