"""The machinery of a deployment."""
