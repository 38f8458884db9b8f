"""The table's stream: its records, and a poller that carries them without Lambda."""
