"""Exercises: what is asked, what is typed, and what the answer says."""
