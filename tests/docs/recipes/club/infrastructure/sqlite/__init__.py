"""The adapter that keeps everything in one file, by SQLite."""
