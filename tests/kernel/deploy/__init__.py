"""What brings the service to AWS."""
