"""What AWS Lambda calls: a handler per function."""
