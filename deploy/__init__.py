"""What is needed to bring the service to AWS. Nothing of it runs there."""
