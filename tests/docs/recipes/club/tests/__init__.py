"""What the club adds to the tests of a service."""
