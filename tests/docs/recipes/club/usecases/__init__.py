"""The use cases of the club."""
