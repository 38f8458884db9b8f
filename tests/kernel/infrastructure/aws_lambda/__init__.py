"""The handlers that AWS Lambda calls, called as Lambda does."""
