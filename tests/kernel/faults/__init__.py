"""The service under fire: its processes are killed, its bus fails, and no event is lost."""
