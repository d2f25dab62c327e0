"""A class: who is in it, what each student is asked, and what came of it."""
