"""Event buses: where committed events go."""
