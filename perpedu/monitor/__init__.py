"""Watching an account: marks go in one by one, events with their reasons come out."""
