"""The template, tested: not shipped, and run by `make verify`."""
