"""Observers: what becomes of what happens in the service, by the settings. None is imported unless it is chosen."""
