"""What the programmes of different areas have to do with each other: they learn, lapse, and are taken up.

Each function is something that one programme does in a week.
"""

from typing import TYPE_CHECKING

import numpy as np

from modsim.rules import partnering, spreading
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS, Stage
from modsim.simulation.planning import mean_trust

if TYPE_CHECKING:
    from modsim.simulation.agents.programme import Programme


def exchange(one: "Programme", best: float, gap_share: float) -> None:
    """Learn part of what those know who know most."""
    p = one.model.scenario.learning
    one.knowledge = float(spreading.knowledge_after_exchange(one.knowledge, best, gap_share, p))


def count_reports(one: "Programme") -> None:
    """Keep the year's reported incidents up to date."""
    now = sum(person.reported for person in one.young_people)
    weeks = one.model.town.columns.reported_weeks
    weeks.setdefault(one.model.week, np.zeros((len(one.model.programmes), 1), dtype=np.int64))[one.area, 0] = now
    old = weeks.get(one.model.week - PARTICIPANT_WINDOW_WEEKS)
    one.reported_last_year += now - (0 if old is None else int(old[one.area, 0]))


def apparent_fall(one: "Programme") -> float:
    """Fall of reported incidents in the last year against that before the opening; 0 in the first year."""
    if not one.is_open or one.model.week - one.opens + 1 < PARTICIPANT_WINDOW_WEEKS:
        return 0.0
    return float(spreading.fall(one.reported_before, one.reported_last_year, 0.0))


def may_lapse(one: "Programme") -> None:
    """Perhaps come to an end: more often after a loss, and where no fall was seen in a year."""
    if not one.is_open or not one.is_recipient:
        return
    p, week, cut = one.model.scenario.spread, one.model.week, one.model.scenario.purse.cliff_week
    usual = p.lapse_with_anchor if one.anchor else p.lapse_without_anchor
    after_loss = week - one.lead_lost_week < 26 or 0 <= week - cut < 26
    unseen = week - one.opens >= PARTICIPANT_WINDOW_WEEKS and apparent_fall(one) <= 0.0
    u = one.model.town.world.luck.uniform("lapse", one.area, week)
    if u < spreading.chance_of_lapsing(usual, after_loss, unseen, p):
        if one.stage == Stage.COURSE:
            one.break_off()
        one.stage, one.stage_week = Stage.IDLE, 0
        one.lapsed_week = week


def consider_adopting(one: "Programme", need: float, heard_of: float) -> None:
    """Perhaps take the programme up next week, on need, readiness and what is heard of others."""
    total = 0.0
    for partner in one.partners:
        trust = mean_trust(np.array([person.trust_in(partner.kind) for person in one.young_people]))
        total = total + partnering.lead_score(partner.effective_commitment, trust)
    rule, readiness = one.model.town.rules.chance_of_adopting, total / len(one.partners)
    chance = rule(need, readiness, heard_of, one.model.scenario.spread)
    if one.model.town.world.luck.uniform("adoption", one.area, one.model.week) < chance:
        one.opens = one.model.week + 1
