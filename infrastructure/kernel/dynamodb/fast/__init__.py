"""Faster ways for what `codec` and `mapper` do, with the same results. Delete this folder, and all takes the slower way."""
