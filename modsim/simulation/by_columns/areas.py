"""Areas: how know-how travels between them, and how a programme spreads, lasts or lapses."""

import numpy as np

from modsim.rules import partnering, spreading
from modsim.simulation.by_columns.course import break_off
from modsim.simulation.by_columns.services import pay, spare_hours
from modsim.simulation.columns import NOT_YET, PARTICIPANT_WINDOW_WEEKS, Stage
from modsim.simulation.town import ENOUGH, Town

_HALF_A_YEAR = 26


def areas_learn(town: Town) -> None:
    """Visits, meetings of practitioners and shared workers carry know-how, at a price, as far as hours are to spare."""
    c, world, p, ways = town.columns, town.world, town.numbers.learning, town.levers.learning
    town.broker_paid = np.zeros(c.purse.shape, dtype=bool)
    if not any(way.any() for way in ways.values()):
        return
    open_ = town.is_open
    before = np.where(open_, c.knowledge, 0.0).reshape(-1, world.per_replicate, town.lanes)
    best = np.repeat(before.max(axis=1), world.per_replicate, axis=0)
    first = np.arange(len(world.areas))[:, None] // world.per_replicate * world.per_replicate
    host = first + np.repeat(before.argmax(axis=1), world.per_replicate, axis=0)
    weeks = town.week - c.opens
    due = open_ & (weeks > 0) & (weeks % p.every_weeks == 0)
    below = open_ & (c.knowledge < best)
    size = world.partners.size[:, None]
    lanes = np.broadcast_to(np.arange(town.lanes), host.shape)
    for way, when, hours, shared, gap_share in (
        ("visits", due & below, p.visit_hours, True, p.gap_share),
        ("community_of_practice", due, p.community_hours * size, False, p.gap_share),
        ("shared_worker", below, p.shared_worker_hours, True, p.gap_share / 4.0),
    ):
        hours = np.broadcast_to(hours, open_.shape)
        spare = spare_hours(town)
        takes_part = ways[way] & when & (spare + ENOUGH >= hours)
        asked = np.zeros(open_.shape)
        if shared:  # the other side puts in as many hours, or all who would come to it stay at home
            np.add.at(asked, (host[takes_part], lanes[takes_part]), hours[takes_part])
            takes_part &= (spare + ENOUGH >= asked)[host, lanes]
            asked[:] = 0.0
            np.add.at(asked, (host[takes_part], lanes[takes_part]), hours[takes_part])
        pay(town, "learning", np.where(takes_part, hours, 0.0) + asked)
        after = spreading.knowledge_after_exchange(c.knowledge, best, gap_share, p)
        c.knowledge = np.where(takes_part, after, c.knowledge)
    _pay_broker(town, open_)


def _pay_broker(town: Town, open_: np.ndarray) -> None:
    """A researcher between all areas is paid by those that run a programme, in equal parts."""
    world, p = town.world, town.numbers.learning
    pays = town.levers.learning["broker"] & open_ & town.levers.is_recipient[:, None]
    number = np.repeat(pays.reshape(-1, world.per_replicate, town.lanes).sum(axis=1), world.per_replicate, axis=0)
    hours = p.broker_hours / np.maximum(number, 1)
    pays &= spare_hours(town) + ENOUGH >= hours
    pay(town, "learning", np.where(pays, hours, 0.0))
    paid = pays.reshape(-1, world.per_replicate, town.lanes).any(axis=1)
    town.broker_paid = np.repeat(paid, world.per_replicate, axis=0)


def areas_decide(town: Town) -> None:
    """Some programmes lapse; where the programme spreads by itself, some areas take it up on what they hear."""
    c = town.columns
    c.reported_weeks[town.week] = town.reports
    c.reported_last_year = c.reported_last_year + town.reports
    old = c.reported_weeks.pop(town.week - PARTICIPANT_WINDOW_WEEKS, None)
    if old is not None:
        c.reported_last_year = c.reported_last_year - old
    _some_lapse(town)
    if town.scenario.settings.spreads == "diffusion":
        if town.week >= 0:
            _some_adopt(town)
        keep_levels(town)


def keep_levels(town: Town) -> None:
    """Where a programme opens next week, keep how expected incidents stood to the background over the year before."""
    c = town.columns
    opening = c.opens == town.week + 1
    weeks = [c.expected_weeks[week] for week in sorted(c.expected_weeks)[-PARTICIPANT_WINDOW_WEEKS:]]
    if opening.any() and weeks:
        expected, background = np.zeros((2, *c.purse.shape))
        for each in weeks:
            expected, background = expected + each[0], background + each[1]
        c.level_before = np.where(opening, expected / background, c.level_before)


def apparent_fall(town: Town) -> np.ndarray:
    """Fall of reported incidents in the last year against that before the opening; 0 in the first year."""
    c = town.columns
    a_year_in = town.week - c.opens + 1 >= PARTICIPANT_WINDOW_WEEKS
    running = town.is_open & a_year_in
    return np.where(running, spreading.fall(c.reported_before, c.reported_last_year, 0.0), 0.0)


def true_fall(town: Town) -> np.ndarray:
    """What evidence ties carry: the true fall over a year, late and noisy; 0 until there is an estimate.

    True is the fall of expected incidents against what they would be in the state before the opening, with the trend,
    the season and who lives there as they are now.
    """
    c, world, p = town.columns, town.world, town.numbers.spread
    fall = np.zeros(c.purse.shape)
    for delay in np.unique(p.evidence_delay).tolist():
        last = town.week - delay
        weeks = [last - k for k in range(PARTICIPANT_WINDOW_WEEKS)]
        if not all(week in c.expected_weeks for week in weeks):
            continue
        expected, background = np.zeros((2, *c.purse.shape))
        for week in weeks:
            expected = expected + c.expected_weeks[week][0]
            background = background + c.expected_weeks[week][1]
        mine = (np.broadcast_to(p.evidence_delay, town.lanes) == delay) & (
            last - c.opens + 1 >= PARTICIPANT_WINDOW_WEEKS
        )
        areas = np.arange(len(world.areas))
        year = town.week // PARTICIPANT_WINDOW_WEEKS  # estimates of one year share their error
        error = p.evidence_noise * world.luck.normal("error of an evaluation", areas, year)[:, None]
        before = c.level_before * background
        fall = np.where(mine & town.is_open, spreading.fall(before, expected + error * before, -1.0), fall)
    return fall


def _some_lapse(town: Town) -> None:
    c, world, p = town.columns, town.world, town.numbers.spread
    running = town.is_open & town.levers.is_recipient[:, None]
    if not running.any():
        return
    usual = np.where(world.partners.anchor[:, None] >= 0, p.lapse_with_anchor, p.lapse_without_anchor)
    cut = town.numbers.purse.cliff_week
    after_loss = (town.week - c.lead_lost_week < _HALF_A_YEAR) | ((town.week >= cut) & (town.week - cut < _HALF_A_YEAR))
    unseen = (town.week - c.opens >= PARTICIPANT_WINDOW_WEEKS) & (apparent_fall(town) <= 0.0)
    areas = np.arange(len(world.areas))
    u = world.luck.uniform("lapse", areas, town.week)[:, None]
    lapses = running & (u < spreading.chance_of_lapsing(usual, after_loss, unseen, p))
    for area, lane in np.argwhere(lapses).tolist():
        if c.stage[area, lane] == Stage.COURSE:
            break_off(town, area, lane)
        elif c.stage[area, lane] != Stage.IDLE:
            c.stage[area, lane], c.stage_week[area, lane] = Stage.IDLE, 0
        c.lapsed_week[area, lane] = town.week


def _some_adopt(town: Town) -> None:
    c, world, p, lanes = town.columns, town.world, town.numbers.spread, town.lanes
    waiting = town.levers.spends & town.levers.is_recipient[:, None] & (c.opens == NOT_YET)
    if not waiting.any():
        return
    size = world.per_replicate
    carried = town.broker_paid * town.numbers.learning.broker_evidence
    evidence = np.maximum(p.evidence, carried)
    of_each = (apparent_fall(town), true_fall(town))
    heard = np.zeros(c.purse.shape)
    first = np.arange(len(world.areas)) // size * size
    for other in range(size):
        apparent, true = (fall[first + other] for fall in of_each)
        heard = heard + world.hears_from[:, [other]] * spreading.heard(apparent, true, evidence)
    each = c.reported_last_year / town.youths
    total = np.zeros((len(world.areas) // size, lanes))
    for other in range(size):
        total = total + each[other::size]
    mean = np.repeat(total / size, size, axis=0)
    need = np.where(mean > 0.0, each / np.maximum(mean, 1e-12), 1.0)
    readiness = town.mean_of_partners(_readiness(town))
    chance = town.rules.chance_of_adopting(need, readiness, heard, p)
    u = world.luck.uniform("adoption", np.arange(len(world.areas)), town.week)[:, None]
    adopts = waiting & (u < chance)
    c.opens = np.where(adopts, town.week + 1, c.opens)


def _readiness(town: Town) -> np.ndarray:
    """Commitment of every partner, weighed by young people's mean trust in it (areas, partners, lanes)."""
    partners = town.world.partners
    trust = town.mean_trust_in(partners.kind[..., None], np.arange(town.lanes))
    return np.where(partners.present[..., None], partnering.lead_score(town.effective_commitment, trust), 0.0)
