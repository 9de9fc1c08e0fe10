"""From the units people use to weeks, and nowhere else."""

import math

WEEKS_PER_YEAR = 52.0
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12.0


def weekly_chance(yearly_share: float) -> float:
    """Chance per week of something that happens to this share of people within a year."""
    return 1.0 - (1.0 - yearly_share) ** (1.0 / WEEKS_PER_YEAR)


def weekly_fading(half_life_weeks: float) -> float:
    """Share lost per week of something that fades with this half-life (ln 2 / half-life)."""
    return math.log(2.0) / half_life_weeks


def kept_per_week(half_life_weeks: float) -> float:
    """Share of a passing state left after a week, when half is left after the half-life."""
    return 0.5 ** (1.0 / half_life_weeks)
