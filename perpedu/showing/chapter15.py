"""The explorers of chapter 15: a liquidation in steps, and a shock against the insurance fund."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..theory import symbols as y
from .chapter1 import LEVERAGE, RATE, TRADE
from .chapter15_figures import compared, crowd, fall, fall_by_shock, fund_by_shock, shocked
from .chapter15_tables import rules, said, steps, who_gets_what

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["compared", "crowd", "fall", "fall_by_shock", "fund_by_shock", "fund_explorer", "rules",
           "said", "shocked", "steps", "steps_explorer", "who_gets_what"]

#: The two kinds of rules: everything is taken over first, or sold in the trader's name first.
TAKEN, SOLD = 1, 2


def steps_explorer() -> "Explorer":
    """The trade of chapter 1 through a liquidation, one step after the other.

    >>> steps_explorer().state
    'Open at 60,000: the trader has 600.00, the fund 50.00. Take the first step.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    return Explorer(
        "A liquidation in steps: who has what?",
        controls=[Slider("stage", 0, 4),
                  Slider("exit_price", 52_500, 54_500, step=50, start=54_150),
                  Choice("venue", {"taken over first": TAKEN, "sold first": SOLD}),
                  Slider("mark_price", 53_000, 54_250, step=50, start=54_200),
                  Slider("liquidation_fee_rate", 0, "0.02", step="0.0005", start="0.001"),
                  Slider("fund_money", 0, 200, step=10, start=50)],
        fixed={**TRADE, "side": 1, "leverage": LEVERAGE, "maintenance_rate": RATE, "deduction": 0,
               "close_fee": 0},
        labels=_LABELS, own=_own(), states=_states(),
        show=["trader", "fund", "other_side", "all_together"], formula="fund_change",
        chart=Chart(x="exit_price", curves=("fund_in_the_end", "trader_in_the_end"),
                    marks=("exit_price", "bankruptcy_price"), y="USDT",
                    shade=y.exit_price < y.bankruptcy_price,
                    shade_word="below bankruptcy"))  # fmt: skip


_LABELS = {"stage": "steps done", "venue": "the venue's way", "exit_price": "the book's price",
           "mark_price": "mark price when the engine acts", "fund_money": "the fund before",
           "fund_change": "a takeover brings the fund", "other_side": "the other side's gain",
           "all_together": "all together", "trader": "trader (USDT)", "fund": "fund (USDT)"}


def _own() -> dict[str, Any]:
    """Everybody's equity after each step.  A part of 1 is what the fund can sell before it is empty."""
    from sympy import Piecewise

    q, X, V, W = y.size, y.exit_price, y.fund_money, y.collateral
    at_mark, loss = y.equity, -y.fund_change
    asked = y.liquidation_fee_rate * q * X
    part = Piecewise((1, loss <= V), (V / loss, True))
    fee = Piecewise((asked, asked <= -loss), (-loss, True))

    def by_way(when_sold: Any, else_: Any) -> Any:
        """The first where it is sold in the trader's name, at the bankruptcy price or better."""
        solvent = Piecewise((when_sold, loss <= 0), (else_, True))
        return Piecewise((solvent, y.venue > TAKEN), (else_, True))

    left = by_way(-loss - fee, 0)
    end = by_way(V + fee, V - part * loss)
    half = by_way(V + fee, V - part * loss + (1 - part) * at_mark)
    trader = Piecewise((W, y.stage < 1), (at_mark, y.stage < 2), (left, True))
    fund = Piecewise((V, y.stage < 2), (by_way(V + fee, V + at_mark), y.stage < 3),
                     (half, y.stage < 4), (end, True))
    total = W + V
    return {"collateral": f.initial_margin, "trader": trader, "fund": fund,
            "other_side": total - trader - fund, "all_together": total, "part": part,
            "fund_in_the_end": end, "trader_in_the_end": left, "missing": (1 - part) * loss,
            "taken": part * q, "fee": fee}


def _states() -> list[tuple[Any, str]]:
    from sympy import And

    loss, sold = -y.fund_change, y.venue > TAKEN
    return [
        (y.stage < 1, "Open at {entry_price}: the trader has {trader:.2}, the fund {fund:.2}. "
         "Take the first step."),
        (y.stage < 2, "Triggered at {mark_price}: {trader:.2} are left of {collateral:.2}, and "
         "{maintenance_margin:.2} are required. The other side has gained {other_side:.2}."),
        (And(y.stage < 3, sold, loss <= 0), "Sold at {exit_price} in the trader's name. Of what was "
         "left the fee takes {fee:.2}; {trader:.2} go back to the trader."),
        (And(sold, loss <= 0), "Settled: the trader has {trader:.2}, the fund {fund:.2}. Nobody else "
         "has paid."),
        (y.stage < 3, "Taken over at the bankruptcy price, {bankruptcy_price}. The trader has "
         "{trader:.2}; at the mark the fund has {fund:.2}."),
        (And(y.stage < 4, loss <= y.fund_money), "The fund sells at {exit_price}, which brings it "
         "{fund_change:.2}: it has {fund:.2}."),
        (y.stage < 4, "The fund sells {taken:.4} BTC at {exit_price}; for more its money does not "
         "suffice. At the mark it has {fund:.2}."),
        (loss <= 0, "Settled: the fund has {fund:.2}, the trader {trader:.2}. Nobody else has paid."),
        (loss <= y.fund_money, "Settled: the trader has {trader:.2}, and the fund, which has paid, "
         "{fund:.2}. Nobody else has paid."),
        (None, "Settled: the fund has {fund:.2}. {missing:.2} of the loss were beyond it: that part "
         "ends against the other side, at {bankruptcy_price}."),
    ]


def fund_explorer() -> "Explorer":
    """How far a shock goes in an even market, and whether the insurance fund bears it.

    >>> fund_explorer().state
    'A ratio of 0.60: the fall of 3 % becomes 7.50 %. Takeovers cost 5,400,000 USDT, more than the \
fund has: 400,000 USDT are left to others.'
    """
    from .explorer import Chart, Explorer, Slider

    ratio = "A ratio of {cascade_ratio:.2}: "
    grows = ratio + "the fall of {first_move:%} becomes {whole_move:.2%}. "
    return Explorer(
        "A shock against the fund: does it die out, and who pays?",
        controls=[Slider("first_move", "0.0025", "0.1", step="0.0025", start="0.03"),
                  Slider("depth", 500, 10_000, step=100, start=2_000),
                  Slider("line_density", 5_000, 300_000, step=5_000, start=120_000),
                  Slider("maintenance_rate", "0.001", "0.03", step="0.001", start=RATE),
                  Slider("fund_money", 0, 50_000_000, step=500_000, start=5_000_000)],
        fixed={"mark_price": TRADE["entry_price"]},
        labels={"first_move": "fall from outside", "depth": "coins that move the price by 1 %",
                "line_density": "coins whose lines a fall of 100 % would pass",
                "whole_move": "fall in the end", "cascade_ratio": "cascade ratio",
                "fund_money": "the fund", "fund_need": "the fund needs"},
        own={"left_over": y.fund_need - y.fund_money, "gain": -y.fund_need},
        states=[(y.cascade_ratio >= 1, ratio + "each fall sells so much that the next one is as large "
                 "or larger. The cascade runs until nobody is left."),
                (y.fund_need < 0, grows + "The fund gains {gain:.0} USDT: what it is left by those "
                 "who are closed in time is more than what the others lack."),
                (y.fund_need <= y.fund_money, grows + "Takeovers cost {fund_need:.0u}; the fund "
                 "has {fund_money:.0u} and bears it."),
                (None, grows + "Takeovers cost {fund_need:.0u}, more than the fund has: "
                 "{left_over:.0} USDT are left to others.")],
        show=["cascade_ratio", "whole_move", "fund_need"], formula="whole_move",
        chart=Chart(x="first_move", curves=("fund_need", "fund_money"), marks=("first_move",),
                    y="USDT", shade=y.fund_need > y.fund_money,
                    shade_word="others pay"))  # fmt: skip
