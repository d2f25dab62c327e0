"""Write the worksheets of every chapter, from the bank: `make worksheets`.

Usage: python tools/worksheets.py [--to FOLDER] [--seed SEED]

Without options: both editions of each chapter into exercises/worksheets, with the numbers of seed 1.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perpedu.classroom import release, worksheets  # noqa: E402
from perpedu.teaching import bank  # noqa: E402
from tools.book.chapters import by_number  # noqa: E402

FOLDER = ROOT / "exercises" / "worksheets"


def texts(seed: str = "1") -> Iterator[tuple[str, str]]:
    """The name and the text of each worksheet, in chapter order."""
    banks = {path.stem: path for path in bank.files()}
    for number, (chapter, *_) in by_number().items():
        name = Path(chapter.file).name
        items = bank.read(banks[f"ch{number:02}"]).values()
        title = f"Chapter {number}. {chapter.title}"
        for edition in worksheets.EDITIONS:
            made = worksheets.notebook(name, title, items, edition, seed)
            yield f"{name}_{edition}.ipynb", release.text(made)


def write(folder: Path = FOLDER, seed: str = "1") -> list[Path]:
    """Write them all; a worksheet whose chapter is gone goes too."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {folder / name: text for name, text in texts(seed)}
    for path in folder.glob("[0-9][0-9]_*.ipynb"):
        if path not in made:
            path.unlink()
    for path, text in made.items():
        path.write_text(text, "utf-8")
    return list(made)


def main() -> None:
    """Write them and say where they are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER")
    parser.add_argument("--seed", default="1")
    chosen = parser.parse_args()
    for path in write(chosen.to, chosen.seed):
        print(path)


if __name__ == "__main__":
    main()
