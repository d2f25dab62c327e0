"""A small class for tests: a private bank of each kind, a roster, and what students hand in."""

import csv
import json
from pathlib import Path

from perpedu.classroom import key, release
from perpedu.classroom.course import Course

PRIVATE = """\
sections: [Marginalia]
exercises:
  - id: private.size
    version: 1
    title: Titleword
    kind: number
    minutes: 2
    difficulty: 1
    objective: Compute a notional.
    section: Marginalia
    question: "You are long {{size}} BTC, and the mark price is {{mark_price}} USDT. How big is it?"
    givens:
      size: {from: 0.2, to: 5, step: 0.1, unit: BTC}
      mark_price: {from: 40100, to: 80000, step: 100, unit: USDT}
      leverage: {choose: [3, 7, 11], unit: ×}
    answer: size * mark_price
    unit: USDT
    places: 2
    mistakes:
      leverword: {answer: size * mark_price / leverage, says: Saysword one.}
      timesword: {answer: size * mark_price * leverage, says: Saysword two.}
      turnword: {answer: mark_price / size, says: Saysword three.}
    hints: [Hintword one., Hintword two., Hintword three.]
    solution: Solutionword {{size}} × {{mark_price}}.
    why: Whyword.
  - id: private.which
    version: 1
    title: Titleword
    kind: choice
    minutes: 1
    difficulty: 1
    objective: Tell two prices apart.
    section: Marginalia
    question: Which price comes first for a long?
    answer: rightkey
    options:
      - {key: rightkey, text: the liquidation price}
      - {key: wrongkey, text: the bankruptcy price, says: Saysword four.}
      - {key: otherkey, text: both at once, says: Saysword five.}
    hints: [Hintword.]
    solution: Solutionword.
    why: Whyword.
  - id: private.order
    version: 1
    title: Titleword
    kind: order
    minutes: 2
    difficulty: 1
    objective: Put the steps in order.
    section: Marginalia
    question: What comes first?
    steps:
      - {key: firststep, text: The equity meets the requirement.}
      - {key: secondstep, text: Open orders are cancelled.}
      - {key: thirdstep, text: A part is closed.}
      - {key: fourthstep, text: The rest is taken over.}
    mistakes:
      hastyword: {before: "fourthstep, secondstep", says: Saysword six.}
      partword: {before: "thirdstep, secondstep", says: Saysword seven.}
    hints: [Hintword.]
    solution: Solutionword.
    why: Whyword.
  - id: private.line
    version: 1
    title: Titleword
    kind: expression
    minutes: 2
    difficulty: 1
    objective: Write a notional.
    section: Marginalia
    question: Write the notional at entry of $q$ coins from $E$.
    givens:
      size: {from: 0.2, to: 5, step: 0.1, unit: BTC}
      entry_price: {from: 40100, to: 80000, step: 100, unit: USDT}
    symbols: {q: size, E: entry_price}
    answer: size * entry_price
    mistakes:
      sumword: {answer: size + entry_price, says: Saysword eight.}
      shareword: {answer: entry_price / size, says: Saysword nine.}
    hints: [Hintword.]
    solution: Solutionword.
    why: Whyword.
  - id: private.ledger
    version: 1
    title: Titleword
    kind: table
    minutes: 3
    difficulty: 1
    objective: Fill a ledger.
    section: Marginalia
    question: "Long {{size}} BTC from {{entry_price}} USDT at {{leverage}}×. Fill it in."
    givens:
      size: {from: 0.2, to: 5, step: 0.1, unit: BTC}
      entry_price: {from: 40100, to: 80000, step: 100, unit: USDT}
      leverage: {choose: [3, 7, 11], unit: ×}
    rows:
      - name: bulk
        label: bulk
        how: Howword
        value: size * entry_price
        unit: USDT
        places: 2
        blank: yes
        mistakes:
          cellword: {answer: entry_price / size, says: Saysword ten.}
          onceword: {answer: entry_price, says: Saysword eleven.}
      - name: stake
        label: stake
        value: bulk / leverage
        unit: USDT
        places: 2
        blank: yes
        mistakes:
          moreword: {answer: bulk * leverage, says: Saysword twelve.}
          lessword: {answer: entry_price / leverage, says: Saysword thirteen.}
    hints: [Hintword.]
    solution: Solutionword.
    why: Whyword.
"""
#: Words of the bank that no student may see.
KEPT = ("Titleword", "Marginalia", "Compute a notional", "leverword", "timesword", "turnword",
        "Saysword", "Hintword", "Solutionword", "Whyword", "rightkey", "wrongkey", "otherkey",
        "firststep", "secondstep", "thirdstep", "fourthstep", "hastyword", "partword", "sumword",
        "shareword", "cellword", "onceword", "moreword", "lessword", "Howword")
SECRET = "0123456789abcdef0123456789abcdef"
IDS = ["private.size", "private.which", "private.order", "private.line", "private.ledger"]
NAME = "assignment1"


def make(folder, students=("anna", "ben"), exercises=IDS, bank=PRIVATE, secret=SECRET, **more):
    """A course in a folder of its own, with these students; the same numbers on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    roster = folder / "class.csv"
    with open(roster, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("id", "name"), *((id, f"Name of {id}") for id in students)])
    if bank:
        (folder / "private.yml").write_text(bank, "utf-8")
        more = {"bank": folder / "private.yml", **more}
    course = Course.new(folder / "course", exercises, title="Week one", roster=roster, **more)
    if secret:
        path = course.folder / "course.yaml"
        path.write_text(path.read_text("utf-8").replace(course.secret, secret), "utf-8")
    return Course(course.folder)


def exercises(course, student):
    """The exercises of a student, by id."""
    assignment = course.assignment(NAME)
    return {item.id: course.exercise(NAME, item, student) for item in assignment.items}


def right(course, student):
    """The right answers of a student, by id."""
    return {id: key.answer(ex) for id, ex in exercises(course, student).items()}


def filled(course, student, answers=None):
    """A notebook with these answers; without them, with the right ones."""
    made = release.notebook(course, course.assignment(NAME), student)
    answers = right(course, student) if answers is None else answers
    for cell in answer_cells(made):
        id = cell["metadata"]["perpedu"]["exercise"]
        if id in answers:
            cell["source"] = [f"answer = {answers[id]!r}  # mine"]
    return made


def answer_cells(notebook):
    """The cells of a notebook that hold answers."""
    return [cell for cell in notebook["cells"] if "exercise" in cell["metadata"]["perpedu"]]


def place(course, student):
    """Where a student's file is expected."""
    return Path(course.folder / "submitted" / NAME / student.folder / f"{NAME}.ipynb")


def hand_in(course, student, notebook=None):
    """Hand a notebook in (one with all right answers without), or any text or bytes."""
    path = place(course, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = filled(course, student) if notebook is None else notebook
    raw = json.dumps(notebook) if isinstance(notebook, dict) else notebook
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass"))
    return path
