"""What calls consume, and what that costs."""
