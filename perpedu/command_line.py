"""What the words after `python -m perpedu WORD` do: lines, or one line that says what to change."""

import sys
from argparse import ArgumentParser


def run(parser: ArgumentParser, words: list[str] | None) -> int:
    """Do what the words say and print its lines; 1, and the reason, where that cannot be done."""
    given = parser.parse_args(words)
    try:
        for line in given.do(given):
            print(line)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
