"""The domain of the club."""
