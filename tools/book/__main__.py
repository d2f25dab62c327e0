"""Usage: python -m tools.book COMMAND

build [--cold] | serve [PORT] | print | slides | screenshots | audit | outside | npm-lock
"""

import sys

from . import Refused


def main(command: str = "", *options: str) -> None:
    """Run one of the commands; a refusal is printed as it is, without a traceback."""
    if command == "build":
        from .build import build

        print(f"The site is in {build(cold='--cold' in options).name}/index.html")
    elif command == "serve":
        from .serve import serve

        serve(*map(int, options))
    elif command == "print":
        from .printed import main as printed

        printed()
    elif command == "slides":
        from .slides import main as slides

        slides()
    elif command == "screenshots":
        from .screenshots import main as screenshots

        screenshots()
    elif command == "audit":
        from .visits import main as audit

        audit()
    elif command == "outside":
        from .outside import main as outside

        outside()
    elif command == "npm-lock":
        from .vendor import lock

        lock()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Refused as refusal:
        sys.exit(str(refusal))
