"""Patrol: whom it stops, and what it deters."""

from modsim.rules.arithmetic import exponential


def stops_expected(known, all_known, people, patrol_hours, p):
    """Expected stops of one young person this week: as their share of what the police know.

    `all_known` and `people` are those of the area.
    """
    return p.stops_per_hour * patrol_hours * (known + p.stop_floor) / (all_known + p.stop_floor * people)


def undone(deterred):
    """By how much incidents would rise again without that fall."""
    return exponential(deterred)


def deterred(patrol_hours_per_1000, p):
    """Fall in log-rate from patrol, against the usual patrol: it grows less and less. Assumption in form."""
    usual = p.patrol_hours / (p.patrol_hours + p.half_hours)
    return p.deterrence * (patrol_hours_per_1000 / (patrol_hours_per_1000 + p.half_hours) - usual)
