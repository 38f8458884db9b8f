"""What the service does for its callers: one class per use case, its ports given to the constructor."""
