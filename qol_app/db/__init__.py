"""The database: models, sessions, audit, queries, migrations. The only floor that speaks SQL."""
