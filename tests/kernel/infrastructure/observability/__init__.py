"""What observers are told, and what they make of it."""
