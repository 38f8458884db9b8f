"""How committed events leave: the relay, the envelope, the buses, and what becomes of what no bus can take."""
