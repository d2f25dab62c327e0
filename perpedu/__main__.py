"""`python -m perpedu WORD …`: what the package does from the command line, by its first word."""

import sys
from importlib import import_module

WORDS = {"class": "perpedu.classroom.commands", "monitor": "perpedu.monitor.commands",
         "journal": "perpedu.journal.commands"}
USAGE = ("usage: python -m perpedu class new|release|grade|key|moodle|sheet …\n"
         "       python -m perpedu monitor …\n"
         "       python -m perpedu journal add|note|close|show|review|export|import …\n"
         "(-h after any of them says more)")


def main(words: list[str]) -> int:
    """Hand the rest of the words on; 2 where the first is not known."""
    if not words or words[0] not in WORDS:
        known = bool(words) and words[0] in ("-h", "--help")
        print(USAGE, file=sys.stdout if known else sys.stderr)
        return 0 if known else 2
    return import_module(WORDS[words[0]]).main(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
