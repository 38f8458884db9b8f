"""All that can be swapped: adapters, API, CLI, settings, and the container that wires them."""
