"""The explorer on the first page: one position, and the line at which it is liquidated."""

from perpedu import Chart, Choice, Explorer, Slider
from perpedu import symbols as y


def explorer() -> Explorer:
    """0.10 BTC from 60,000 with leverage of ten, at a maintenance margin rate of 0.5 %.

    >>> explorer().state
    'At a mark of 60,000 it is open: 600 USDT are left. It is liquidated at 54,271.36.'
    """
    from perpedu import formulas as f

    return Explorer(
        "Where is a leveraged position liquidated?",
        controls=[Slider("mark_price", 40_000, 80_000, step=100, start=60_000),
                  Slider("leverage", 2, 50, start=10),
                  Choice("side", {"long": 1, "short": -1})],
        fixed={"size": "0.1", "entry_price": 60_000, "maintenance_rate": "0.005",
               "deduction": 0, "close_fee": 0},
        own={"collateral": f.initial_margin},
        states=[(y.equity <= y.maintenance_margin,
                 "At a mark of {mark_price} it is liquidated: {equity:u} against a floor of "
                 "{maintenance_margin:u}."),
                (None, "At a mark of {mark_price} it is open: {equity:u} are left. It is "
                 "liquidated at {liquidation_price}.")],
        show=["collateral", "notional", "equity", "maintenance_margin", "liquidation_price",
              "bankruptcy_price"],
        chart=Chart(y="USDT"))
