"""Incidents: how many a young person causes in a week, before chance."""

from modsim.rules.arithmetic import exponential


def log_age_factor(age, p):
    """Log of the age curve of incidents, 0 at its peak. Assumption in form; age-crime curves rise and fall alike."""
    years = (age - p.peak_age) / p.age_sd
    return -0.5 * years * years


def next_spell(spell, shock, p):
    """A passing bad or good spell (log-rate), autoregressive with the stated half-life."""
    return p.spell_keeps_per_week * spell + p.spell_shock_sd * shock


def background_rate(area_rate, log_rate, log_age, spell):
    """Expected incidents this week of one young person whom no programme has touched."""
    return area_rate * exponential(log_rate + log_age + spell)


def restraint(trust_gained, efficacy, deterred, p):
    """Fall in log-rate from what surrounds a young person: trust in services gained, neighbours, patrol."""
    return p.legitimacy * trust_gained + p.efficacy * (efficacy - 0.5) + deterred


def incident_rate(background, inclination, restraint, in_course, excitement, p, q):
    """Expected incidents this week: background, moved by propensity, held by restraint, less time in the course.

    To that comes what excitation in the group sets off; the background holds only what it does not. `p` is the table
    of effects, `q` that of excitation.
    """
    settled = background * (1.0 - q.offspring) * exponential(inclination - restraint)
    return settled * (1.0 - p.course_time_share * in_course) + excitement
