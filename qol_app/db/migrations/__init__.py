"""Alembic migrations: expand, backfill, contract in separate releases."""
