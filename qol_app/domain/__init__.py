"""Rules on plain values: no Flask, no SQLAlchemy, no clock, no user."""
