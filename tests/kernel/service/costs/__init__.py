"""What use cases of the tiny service may cost."""
