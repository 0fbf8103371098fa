"""Files for analysts: pure functions from frames to bytes, no database, no web."""
