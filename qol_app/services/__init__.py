"""Use cases: load, decide, write inside ``audited``. They flush and never commit.

Who acts and what time it is are arguments. The door that calls commits once it has all it needs.
"""
