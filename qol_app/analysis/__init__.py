"""Statistics and charts on tidy frames: pure functions, no database, no web."""
