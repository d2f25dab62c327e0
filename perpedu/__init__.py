"""perpedu: the margin of a perpetual future, from first principles.

Every public name loads when it is first used, so that `import perpedu` loads neither SymPy
nor NumPy, Matplotlib or the widgets.
"""

from importlib import import_module as _import_module

__version__ = "0.1.0"

_HOMES = {
    "perpedu.theory.derivation": ("Derivation", "FalseStep", "UndecidedStep"),
    "perpedu.market.contract": ("Linear", "Inverse"),
    "perpedu.market.position": ("Position", "Liquidation"),
    "perpedu.market.tiers": ("Tiers",),
    "perpedu.market.account": ("Account", "AccountStatus"),
    "perpedu.market.wallet": ("wallet_value", "scenario_margin"),
    "perpedu.market.arrays": ("liquidation_prices",),
    "perpedu.market.solve": ("solve", "Solution"),
    "perpedu.market.venue": ("Venue",),
    "perpedu.teaching.parser": ("parse_answer", "AnswerError"),
    "perpedu.teaching.exercise": ("Exercise", "Verdict"),
    "perpedu.teaching.examples": ("worked_example", "worked_examples"),
    "perpedu.teaching.record": ("Answer", "Record"),
    "perpedu.classroom.course": ("Course",),
    "perpedu.showing.card": ("exercise", "exercises"),
    "perpedu.showing.calculator": ("Calculator",),
    "perpedu.showing.journal_form": ("JournalForm",),
    "perpedu.showing.review": ("review", "progress"),
    "perpedu.showing.explorer": ("Explorer", "Chart"),
    "perpedu.showing.controls": ("Slider", "Choice"),
    "perpedu.showing.ledger": ("FormulaTable", "Ledger", "LedgerTable"),
    "perpedu.showing.grid": ("TierTable", "Transcript"),
    "perpedu.teaching.numbers_typed": ("show",),
}
_MODULES = {"symbols": "perpedu.theory.symbols", "formulas": "perpedu.theory.formulas",
            "market": "perpedu.market", "prices": "perpedu.market.prices",
            "funding": "perpedu.market.funding",
            "pricing": "perpedu.market.pricing", "risk": "perpedu.risk",
            "monitor": "perpedu.monitor", "journal": "perpedu.journal",
            "engine": "perpedu.engine", "figures": "perpedu.showing.figures",
            "chapter1": "perpedu.showing.chapter1", "chapter2": "perpedu.showing.chapter2",
            "chapter3": "perpedu.showing.chapter3", "chapter4": "perpedu.showing.chapter4",
            "chapter5": "perpedu.showing.chapter5", "chapter6": "perpedu.showing.chapter6",
            "chapter7": "perpedu.showing.chapter7", "chapter8": "perpedu.showing.chapter8",
            "chapter9": "perpedu.showing.chapter9",
            "chapter10": "perpedu.showing.chapter10",
            "chapter11": "perpedu.showing.chapter11",
            "chapter12": "perpedu.showing.chapter12",
            "chapter13": "perpedu.showing.chapter13",
            "chapter14": "perpedu.showing.chapter14",
            "chapter15": "perpedu.showing.chapter15",
            "chapter16": "perpedu.showing.chapter16"}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted([*_HOME_OF, *_MODULES])


def __getattr__(name: str):
    if name in _MODULES:
        value = _import_module(_MODULES[name])
    elif name in _HOME_OF:
        value = getattr(_import_module(_HOME_OF[name]), name)
    else:
        raise AttributeError(f"perpedu has no name {name!r}; it has " + ", ".join(__all__))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
