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


def incident_rate(background, inclination, in_course, p):
    """Expected incidents this week: background, moved by inclination, less time taken up by the course."""
    return background * exponential(inclination) * (1.0 - p.course_time_share * in_course)
