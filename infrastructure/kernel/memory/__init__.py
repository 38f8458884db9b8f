"""The adapter that keeps everything in this process: for tests, and for trying things out."""
