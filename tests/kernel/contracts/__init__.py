"""What the ports promise, as test classes that every adapter must pass unchanged."""
