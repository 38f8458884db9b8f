"""The zip for Lambda, and the service that runs from it."""
