"""What stands behind an account in several assets, and a margin taken from scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import fraction_of_one, mapping, not_negative, positive, rational, refuse

if TYPE_CHECKING:
    from sympy import Rational

    from .account import Account


def wallet_value(amounts: Mapping[str, Any], prices: Mapping[str, Any],
                 haircuts: Mapping[str, Any] | None = None) -> "Rational":
    """What several assets count as collateral, in the currency of their prices.

    amounts: {asset: 0 or more}.  prices: {asset: price above 0}; may hold more.
    haircuts: {asset: part in [0, 1) of its value that does not count}, 0 where it is not given.
    A view at these prices, for `Account(wallet_value(...), legs)`: when an asset's price moves
    with a leg's, ask again.

    >>> wallet_value({"USDT": 1_000, "BTC": "0.1"}, {"USDT": 1, "BTC": 60_000}, {"BTC": "0.05"})
    6700

    Raises ValueError that names the argument, its value and what was expected.
    """
    cut = {} if haircuts is None else mapping("haircuts", haircuts, "{asset: haircut}")
    mapping("amounts", amounts, "{asset: amount}")
    mapping("prices", prices, "{asset: price}")
    for name in cut:
        if name not in amounts:
            raise refuse("haircuts", cut, f"assets that `amounts` has; {name!r} is none")
    for name in amounts:
        if name not in prices:
            raise refuse("prices", prices, f"a price of {name!r}")
    return rational("value", sum(_counts(name, amounts[name], prices[name], cut.get(name, 0))
                                 for name in amounts))


def _counts(name: str, amount: Any, price: Any, haircut: Any) -> "Rational":
    return formulas.collateral_value.exact(
        asset_amount=not_negative(f"amounts[{name!r}]", amount),
        asset_price=positive(f"prices[{name!r}]", price),
        haircut=fraction_of_one(f"haircuts[{name!r}]", haircut))


def scenario_margin(account: "Account", marks: Mapping[str, Any], moves: Iterable) -> "Rational":
    """The worst loss of an account over a grid of moves, in the wallet's currency; 0 or more.

    moves: scenarios, each a relative move of every mark (above -1), or {underlying: move} with 0
        where it is not given.
    A small model of the margins that clearing houses ask: equity at the marks less equity in
    each scenario, the largest.  No fee, no charge for the time to close.

    >>> import perpedu as pp
    >>> spread = pp.Account(1_000, {"perp": (pp.Position("long", 1, 60_000), "0.005"),
    ...                             "dated": (pp.Position("short", 1, 60_500), "0.005")})
    >>> marks = {"perp": 60_000, "dated": 60_500}
    >>> scenario_margin(spread, marks, ["-0.1", 0, "0.1", {"perp": "-0.01"}])
    600

    Raises ValueError that names the argument, its value and what was expected.
    """
    now = account.equity(marks)
    if isinstance(moves, (str, bytes, Mapping)) or not hasattr(moves, "__iter__"):
        raise refuse("moves", moves, "a list of moves, or of {underlying: move}")
    moved = [_moved(account, marks, move) for move in moves]
    if not moved:
        raise refuse("moves", moves, "at least one scenario")
    return max(rational("loss", 0), *(now - account.equity(there) for there in moved))


def _moved(account: "Account", marks: Mapping[str, Any], move: Any) -> dict[str, "Rational"]:
    names = dict.fromkeys(account.underlying.values())
    each = move if isinstance(move, Mapping) else dict.fromkeys(names, move)
    for name in each:
        if name not in names:
            raise refuse("moves", move, f"underlyings of the account; {name!r} is none")
    return {name: rational(f"marks[{name!r}]", marks[name]) * _growth(each.get(name, 0))
            for name in names}


def _growth(move: Any) -> "Rational":
    number = rational("move", move)
    if number <= -1:
        raise refuse("move", move, "a relative move above -1: prices stay above 0")
    return 1 + number
