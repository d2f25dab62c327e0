"""How likely it is: chances of touching a line, simulation, leverage, and what a rate should be."""

from ..late import late as _late

_HOMES = {"simulate": "simulation", "Estimate": "simulation",
          **dict.fromkeys(("touch_probability", "liquidation_probability", "probability_map", "Touches",
                           "FundedTouches", "Redrawn"), "passage"),
          **dict.fromkeys(("seen_probability", "Watched", "Waiting"), "watching"),
          **dict.fromkeys(("Sizing", "size_for_stop", "fill_price", "leverage_to", "leverage_for_touch",
                           "Compounding"),
                          "leverage"),
          **dict.fromkeys(("Machine", "STOP", "StopOrder", "TRIGGERS"), "orders"),
          **dict.fromkeys(("Happening", "Replay", "replay", "AccountReplay", "replay_account"),
                          "replays"),
          "StopRace": "race",
          **dict.fromkeys(("Law", "daily_volatility", "fit_law", "normal_low", "tail_multiple",
                           "tier_slope"), "rate"),
          "closeout_deficit": "deficit", "Day": "crash",
          **dict.fromkeys(("Crowd", "RateRule", "crash_days", "replay_rate"), "procyclical")}
__all__ = [*_HOMES]
__getattr__, __dir__ = _late(__name__, _HOMES)
