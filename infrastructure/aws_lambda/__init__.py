"""What AWS Lambda calls: a handler per function."""

from infrastructure.kernel.garbage import collect_rarely

collect_rarely()  # before any of the modules here is imported
