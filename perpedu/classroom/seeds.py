"""The seed from which a student's numbers are drawn: it follows from the course's secret."""

from __future__ import annotations

import json
from hashlib import sha256

DIGITS = 16


def seed(secret: str, assignment: str, exercise: str, student: str) -> str:
    """16 hexadecimal digits; the same for ever, and not to be guessed without the secret.

    >>> seed("a secret of the course", "week1", "ch01.notional", "anna")
    '0c235633eddd3851'
    """
    key = json.dumps(["perpedu", secret, assignment, exercise, student])
    return sha256(key.encode()).hexdigest()[:DIGITS]
