"""The adapter that keeps the club in memory."""
