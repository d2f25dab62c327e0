"""Random positions for the property tests, with boundaries drawn on purpose."""

import random
from fractions import Fraction as F

TABLES = (
    [(0, F(1, 200))],
    [(0, F(1, 200)), (100_000, F(13, 2000))],
    [(0, F(1, 250)), (300_000, F(1, 200)), (800_000, F(13, 2000)), (3_000_000, F(1, 100)),
     (12_000_000, F(1, 50)), (70_000_000, F(1, 40)), (100_000_000, F(1, 20))],
    [(0, F(0)), (50_000, F(1, 100)), (60_000, F(1, 100)), (90_000, F(3, 10))],
)
COIN_TABLES = ([(0, F(1, 100))], [(0, F(1, 100)), (10, F(1, 50)), (20, F(3, 100))],
               [(0, F(1, 250)), (F(1, 2), F(1, 20)), (2, F(1, 4))])


def positions(count, seed="perpedu"):
    rng = random.Random(seed)
    return [draw(rng) for _ in range(count)]


def draw(rng):
    inverse = rng.random() < 0.4
    face = rng.choice([1, 10, 100]) if inverse else None
    entry = F(rng.randrange(1, 90_000)) if rng.random() < 0.9 else F(rng.randrange(1, 999), 1000)
    rows = [(F(a), b) for a, b in rng.choice(COIN_TABLES if inverse else TABLES)]
    notional = _notional(rng, rows)
    size = notional * entry / face if inverse else notional / entry
    collateral = notional * _share(rng)
    return dict(side=rng.choice(["long", "short"]), size=size, entry=entry, face=face,
                collateral=collateral, rows=rows, scheme=rng.choice(["marginal", "flat"]),
                basis=rng.choice(["mark", "mark", "entry"]), fee=rng.choice(
                    [F(0), F(0), F(1, 2000), F(3, 100)]))


def with_schedules(count, seed="schedules"):
    """Positions each of which has a tier table of its own."""
    rng = random.Random(seed)
    return [draw(rng) | _on_schedule(rng) for _ in range(count)]


def _on_schedule(rng):
    """A table of one, two, three or six tiers, and a size that stands in it, or on one of its floors."""
    rows, entry = _schedule(rng), F(rng.randrange(1, 90_000))
    notional = _notional(rng, rows)
    face = rng.choice([None, None, 1, 100])
    return dict(rows=rows, entry=entry, face=face, collateral=notional * _share(rng),
                size=notional / entry if face is None else notional * entry / face)


def _schedule(rng):
    tiers = rng.choice([1, 1, 1, 2, 2, 2, 3, 6])
    floors = sorted(rng.sample(range(1, 1000), tiers - 1))
    scale = F(10) ** rng.randrange(-2, 6)
    rates = sorted(F(rng.randrange(0, 2000), rng.choice([4000, 10_000])) for _ in range(tiers))
    return [(floor * scale, rate) for floor, rate in zip([F(0), *map(F, floors)], rates)]


def _notional(rng, rows):
    floors = [floor for floor, _ in rows[1:]]
    if floors and rng.random() < 0.2:
        return rng.choice(floors)
    top = 3 * floors[-1] if floors else F(200_000)
    return top * F(rng.randrange(1, 10_000), 10_000)


def _share(rng):
    """Collateral over notional: usual leverages, full collateral, more, and too little."""
    return rng.choice([F(1, rng.randrange(1, 126)), F(1), F(rng.randrange(1, 300), 100),
                       F(rng.randrange(1, 60), 10_000)])
