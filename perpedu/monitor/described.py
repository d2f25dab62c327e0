"""An account and its rules as a file describes them, JSON or YAML, or as words of a command line.

    wallet: 20000                 # in the currency in which the legs settle
    close_fee: 0.0005             # of each leg's notional; 0 if left out
    legs:
      BTC:                        # the name of its mark, unless `underlying` says another
        side: long
        size: 1
        entry: 60000
        tiers: binance/BTCUSDT/2026-09     # a table that ships, a bare rate, or rows
      ETH:
        side: short
        size: 10
        entry: 3000
        tiers: [[0, 0.01], [50000, 0.02]]
    rules:                        # what is left out stays as usual
      warnings: [0.5, 0.8, 0.9]
      distances: [0.03]

A coin-margined leg has `inverse: 100`, the face of a contract.  Numbers are read as they are
written, never through floats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ..market.account import Account
from ..market.contract import Inverse, Linear
from ..market.position import Position
from ..market.reading import json_of, text_of, yaml_of
from ..market.tiers import Tiers
from ..theory.exact import mapping, refuse
from .rules import Rules

_TOP = {"wallet", "legs", "close_fee", "rules"}
_LEG = {"side", "size", "entry", "tiers", "underlying", "inverse"}


class Described(NamedTuple):
    """What a monitor is made of."""

    account: Account | Position
    tiers: Any
    close_fee: Any
    rules: Rules


def from_file(path: Any) -> Described:
    """The account of a file.  ValueError names the file and what to change."""
    place = Path(path)
    if not place.is_file():
        raise ValueError(f"{path}: there is no such file")
    text = text_of(place, place.name)
    try:
        if place.suffix.lower() == ".json":
            json_of(text, place.name)  # says what is not JSON; what is, YAML reads digit by digit
        return described(yaml_of(text, place.name))
    except ValueError as error:
        said = str(error)
        raise ValueError(said if said.startswith(place.name) else f"{place.name}: {said}") from None


def described(content: Any) -> Described:
    """The account of a dictionary.  ValueError names the key and what was expected."""
    top = _keys("account", content, _TOP)
    legs = mapping("legs", _needed("account", top, "legs"), "{name: {side, size, entry, tiers}}")
    made = {str(name): _leg(f"leg {name!r}", leg) for name, leg in legs.items()}
    apart = {str(name): leg["underlying"] for name, leg in legs.items() if "underlying" in leg}
    account = Account(_needed("account", top, "wallet"), made, apart or None)
    return Described(account, None, top.get("close_fee", 0), Rules.read(top.get("rules") or {}))


def _leg(where: str, content: Any) -> tuple[Position, Tiers | str]:
    leg = _keys(where, content, _LEG)
    side, size, entry = (_needed(where, leg, name) for name in ("side", "size", "entry"))
    return (Position(side, size, entry, contract=contract(leg.get("inverse"))),
            tiers(_needed(where, leg, "tiers")))


def contract(face: Any) -> Linear | Inverse:
    """A linear contract; an inverse one where there is a face value."""
    return Linear() if face is None else Inverse(face=face)


def tiers(said: Any) -> Tiers | str:
    """A table by its name (venue/symbol/date), its rows, or a bare rate."""
    if isinstance(said, list):
        return Tiers([tuple(row) if isinstance(row, list) else row for row in said])
    return Tiers.load(said) if isinstance(said, str) and "/" in said else said


def _keys(where: str, content: Any, known: set[str]) -> dict[str, Any]:
    for name in mapping(where, content, "{name: value}"):
        if name not in known:
            raise refuse(where, name, "one of " + ", ".join(sorted(known)))
    return dict(content)


def _needed(where: str, content: dict[str, Any], name: str) -> Any:
    if content.get(name) in (None, ""):
        raise ValueError(f"{where}: {name} is missing")
    return content[name]
