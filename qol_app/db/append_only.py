"""Triggers that refuse UPDATE and DELETE on tables whose rows are history."""

from __future__ import annotations

from collections.abc import Sequence

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$ LANGUAGE plpgsql
"""


def create(table: str, dialect: str) -> list[str]:
    """Return the statements that make ``table`` append-only."""
    if dialect == "postgresql":
        return [
            _FUNCTION,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def drop(table: str, dialect: str) -> list[str]:
    """Return the statements that undo ``create``."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER {table}_append_only ON {table}"]
    return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]


def allow_once(table: str, column: str, others: Sequence[str], dialect: str) -> list[str]:
    """Return the statements that let ``column`` of an append-only table be filled in once.

    Args:
        others: All other columns of the table; they stay as they are.
    """
    if dialect == "postgresql":
        kept = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in others)
        return [
            *drop(table, dialect),
            f"CREATE TRIGGER {table}_append_only BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_{column}_once BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.{column} IS NOT NULL OR {kept}) EXECUTE FUNCTION refuse_change()",
        ]
    kept = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in others)
    return [
        f"DROP TRIGGER {table}_no_update",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"WHEN OLD.{column} IS NOT NULL OR {kept} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ]


def forbid_again(table: str, column: str, dialect: str) -> list[str]:
    """Return the statements that undo ``allow_once``."""
    also = [f"DROP TRIGGER {table}_{column}_once ON {table}"] if dialect == "postgresql" else []
    return [*also, *drop(table, dialect), *create(table, dialect)]
