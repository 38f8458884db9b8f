"""The adapters of the club, its settings and its container."""
