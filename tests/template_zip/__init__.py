"""The reference service from the zip, with its sponsors. It stays with the template."""
