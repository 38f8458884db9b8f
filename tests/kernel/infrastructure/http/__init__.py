"""The API as its clients see it: scenarios that know an `httpx.Client` and nothing of what serves it."""
