"""The lean zip: what it takes the place of, and when it is not made."""
