"""How fast the book is, as ratios: `python -m bench` measures, prints and writes docs/speed.md.

One module in `measurements` is one measurement; it is found by itself. It has

- a docstring that says, for a reader of the page, how it is measured;
- `TARGETS`: for each ratio, what it is and its `Target`;
- `measure(tiny=False)`: the same names with the ratios; `tiny` only shows that it runs.
"""
