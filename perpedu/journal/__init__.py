"""A trading journal in one SQLite file: what was planned, what happened, and the review of it."""
