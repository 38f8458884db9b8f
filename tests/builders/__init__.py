"""Entities and events for tests: valid, and different from each other unless told otherwise."""
