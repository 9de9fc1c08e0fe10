"""How know-how travels between areas, and how a programme spreads, lasts or lapses."""

from modsim.compiling.acts import act, verb
from modsim.rules import partnering, spreading
from modsim.simulation.acts.course import break_off
from modsim.simulation.acts.looking import ENOUGH, effective_commitment, is_open, luck, mean_trust_in
from modsim.simulation.acts.purse import pay, spare_hours
from modsim.simulation.state import COURSE, IDLE, LEARNING, NOT_YET, PARTICIPANT_WINDOW_WEEKS
from modsim.world.draws import draw

_LAPSE, _ADOPTION = draw("lapse"), draw("adoption")
_HALF_A_YEAR = 26
_VISITS, _COMMUNITY, _WORKER = 0, 1, 2


@act
def learn_from_each_other(town, first, lane):
    """Visits, meetings of practitioners and shared workers carry know-how between the areas from `first` on.

    All at a price, as far as hours are to spare.
    """
    end = first + town.hears_from.shape[1]
    best, host = 0.0, first
    for area in range(first, end):
        town.now[area, lane].broker_paid = False
        if is_open(town, area, lane) and town.programmes[area, lane].knowledge > best:
            best, host = town.programmes[area, lane].knowledge, area
    for area in range(first, end):
        town.now[area, lane].knows_less = town.programmes[area, lane].knowledge < best
    for way in range(3):
        _exchange(town, first, end, lane, way, best, host)
    _pay_broker(town, first, end, lane)


@act
def _exchange(town, first, end, lane, way, best, host):
    """One way of learning, by those who can spare the hours, and who are received where the best must give some too."""
    p, asked, shared = town.p[lane].learning, 0.0, way != _COMMUNITY
    gap_share = p.gap_share / 4.0 if way == _WORKER else p.gap_share
    for area in range(first, end):
        hours = hours_of_way(town, area, lane, way)
        takes_part = wants_to_learn(town, area, lane, way) and spare_hours(town, area, lane) + ENOUGH >= hours
        town.now[area, lane].takes_part = takes_part
        if takes_part and shared:
            asked += hours
    if shared and spare_hours(town, host, lane) + ENOUGH < asked:
        return  # the other side puts in as many hours, or all who would come to it stay at home
    for area in range(first, end):
        if town.now[area, lane].takes_part:
            pay(town, area, lane, LEARNING, hours_of_way(town, area, lane, way))
            one = town.programmes[area, lane]
            one.knowledge = spreading.knowledge_after_exchange(one.knowledge, best, gap_share, p)
            for activity in range(town.choices.shape[2]):
                there, here = town.choices[host, lane, activity], town.choices[area, lane, activity]
                if not here.tried:  # else one knows better
                    here.failed = spreading.failure_after_exchange(here.failed, there.failed, p)
    if asked > 0.0:
        pay(town, host, lane, LEARNING, asked)


@act
def wants_to_learn(town, area, lane, way):
    """Whether services here learn from other areas in this way, and it is time to."""
    if not is_open(town, area, lane):
        return False
    lever, now = town.levers[area, lane], town.now[area, lane]
    weeks = town.scene[0].week - town.programmes[area, lane].opens
    due = weeks > 0 and weeks % town.p[lane].learning.every_weeks == 0
    if way == _VISITS:
        return lever.visits and due and now.knows_less
    if way == _COMMUNITY:
        return lever.community_of_practice and due
    return lever.shared_worker and now.knows_less


@act
def hours_of_way(town, area, lane, way):
    """Hours that a way of learning takes an area."""
    p = town.p[lane].learning
    if way == _VISITS:
        return p.visit_hours
    return p.community_hours * town.areas[area].table if way == _COMMUNITY else p.shared_worker_hours


@act
def _pay_broker(town, first, end, lane):
    """A researcher between all areas is paid by those that run a programme, in equal parts."""
    number, paid = 0, False
    for area in range(first, end):
        number += _pays_broker(town, area, lane)
    hours = town.p[lane].learning.broker_hours / max(number, 1)
    for area in range(first, end):
        if _pays_broker(town, area, lane) and spare_hours(town, area, lane) + ENOUGH >= hours:
            pay(town, area, lane, LEARNING, hours)
            paid = True
    for area in range(first, end):
        town.now[area, lane].broker_paid = paid


@act
def _pays_broker(town, area, lane):
    return town.levers[area, lane].broker and town.areas[area].is_recipient and is_open(town, area, lane)


@verb
def count_reports(town, area, lane):
    """Keep the year's reported incidents up to date."""
    place = town.scene[0].week % PARTICIPANT_WINDOW_WEEKS
    now = town.reports[area, lane]
    town.programmes[area, lane].reported_last_year += now - town.year_of_reports[place, area, lane]
    town.year_of_reports[place, area, lane] = now


@act
def apparent_fall(town, area, lane):
    """Fall of reported incidents in the last year against that before the opening; 0 in the first year."""
    one = town.programmes[area, lane]
    if town.scene[0].week - one.opens + 1 < PARTICIPANT_WINDOW_WEEKS or not is_open(town, area, lane):
        return 0.0
    return spreading.fall(one.reported_before, one.reported_last_year, 0.0)


@verb
def may_lapse(town, area, lane):
    """Perhaps a programme comes to an end: more often after a loss, and where no fall was seen in a year."""
    if not town.areas[area].is_recipient or not is_open(town, area, lane):
        return
    one, p, week = town.programmes[area, lane], town.p[lane].spread, town.scene[0].week
    usual = p.lapse_with_anchor if town.areas[area].anchor >= 0 else p.lapse_without_anchor
    cut = town.p[lane].purse.cliff_week
    after_loss = week - one.lead_lost_week < _HALF_A_YEAR or (week >= cut and week - cut < _HALF_A_YEAR)
    unseen = week - one.opens >= PARTICIPANT_WINDOW_WEEKS and apparent_fall(town, area, lane) <= 0.0
    if luck(town, _LAPSE, area, week, 0, 0) < spreading.chance_of_lapsing(usual, after_loss, unseen, p):
        if one.stage == COURSE:
            break_off(town, area, lane)
        elif one.stage != IDLE:
            one.stage, one.stage_week = IDLE, 0
        one.lapsed_week = week


@act
def _expected(town, area, lane, last, what):
    """Expected incidents or their background of the year up to a week; see `State.years_of_expected` for `what`."""
    weeks, total = town.years_of_expected.shape[0], 0.0
    for k in range(PARTICIPANT_WINDOW_WEEKS):
        total += town.years_of_expected[(last - k) % weeks, what, area, lane]
    return total


@act
def is_evaluated(town, area, lane):
    """Whether a year of a running programme lies so far back that its evaluation is known by now."""
    one, scene = town.programmes[area, lane], town.scene[0]
    last = scene.week - town.p[lane].spread.evidence_delay
    lived = last - PARTICIPANT_WINDOW_WEEKS + 1 >= -scene.history_weeks
    return lived and last - one.opens + 1 >= PARTICIPANT_WINDOW_WEEKS and is_open(town, area, lane)


@verb
def evaluate(town, area, lane):
    """At the end of a year, an evaluation of one that lies behind: participants beside those who were listed and never
    joined, by their background, with its error.
    """
    one, p, week = town.programmes[area, lane], town.p[lane].spread, town.scene[0].week
    year_ends = (week + 1) % PARTICIPANT_WINDOW_WEEKS == 0
    if not (p.evidence_of_participants and year_ends and is_evaluated(town, area, lane)):
        return
    last = week - p.evidence_delay
    inside, others = _expected(town, area, lane, last, 3), _expected(town, area, lane, last, 5)
    if inside > 0.0 and others > 0.0:
        inside = _expected(town, area, lane, last, 2) / inside
        others = _expected(town, area, lane, last, 4) / others
        error = p.participants_noise * town.error_of_evaluation[area]
        one.effects_found += spreading.fall(others, inside, -1.0) + error
        one.evaluations += 1


@act
def effect_found(town, first, lane):
    """The effect on participants that all evaluations so far have found in new areas from `first` on; 0 without any."""
    total, number = 0.0, 0
    for area in range(first, first + town.hears_from.shape[1]):
        if town.areas[area].is_recipient:
            total += town.programmes[area, lane].effects_found
            number += town.programmes[area, lane].evaluations
    return total / max(number, 1)


@act
def true_fall(town, area, lane):
    """What evidence ties carry: the true fall over a year, late and noisy; 0 until there is an estimate.

    True is the fall of expected incidents against what they would be in the state before the opening, with the trend,
    the season and who lives there as they are now.
    """
    one, p, scene = town.programmes[area, lane], town.p[lane].spread, town.scene[0]
    last = scene.week - p.evidence_delay
    if not is_evaluated(town, area, lane):
        return 0.0
    error = p.evidence_noise * town.error_of_evaluation[area]  # estimates of one year share it
    before = one.level_before * _expected(town, area, lane, last, 1)
    return spreading.fall(before, _expected(town, area, lane, last, 0) + error * before, -1.0)


@act
def readiness(town, area, lane):
    """Commitment of an area's partners, weighed by young people's mean trust in them."""
    total = 0.0
    for seat in range(town.seats.shape[1]):
        if town.seats[area, seat].present:
            trust = mean_trust_in(town, town.seats[area, seat].kind, area, lane)
            total += partnering.lead_score(effective_commitment(town, area, lane, seat), trust)
    return total / town.areas[area].table


@verb
def consider_adopting(town, area, lane, do):
    """Where the programme spreads by itself: perhaps an area takes it up on what it hears."""
    one, p, scene = town.programmes[area, lane], town.p[lane], town.scene[0]
    may_adopt = town.levers[area, lane].spends and town.areas[area].is_recipient and one.opens == NOT_YET
    if scene.week < 0 or not may_adopt:
        return
    first, number = town.areas[area].first_area, town.hears_from.shape[1]
    evidence = max(p.spread.evidence, town.now[area, lane].broker_paid * p.learning.broker_evidence)
    heard, total = 0.0, 0.0
    of_participants = p.spread.evidence_of_participants
    pooled = p.spread.participants_count * effect_found(town, first, lane) if of_participants else 0.0
    for k in range(number):
        other = first + k
        if of_participants:  # all evaluations count together, for areas that have one
            found = pooled if town.programmes[other, lane].evaluations > 0 else 0.0
        else:
            found = true_fall(town, other, lane)
        said = spreading.heard(apparent_fall(town, other, lane), found, evidence)
        heard += town.hears_from[area, k] * said
        total += town.programmes[other, lane].reported_last_year / town.areas[other].youths
    mean = total / number
    each = one.reported_last_year / town.areas[area].youths
    need = each / max(mean, 1e-12) if mean > 0.0 else 1.0
    chance = do.chance_of_adopting(need, readiness(town, area, lane), heard, p.spread)
    if luck(town, _ADOPTION, area, scene.week, 0, 0) < chance:
        one.opens = scene.week + 1


@verb
def keep_level(town, area, lane):
    """Where a programme opens next week, keep how expected incidents stood to the background over the year before."""
    one, scene = town.programmes[area, lane], town.scene[0]
    lived = min(scene.week + scene.history_weeks + 1, PARTICIPANT_WINDOW_WEEKS)
    if one.opens != scene.week + 1 or lived <= 0:
        return
    weeks, expected, background = town.years_of_expected.shape[0], 0.0, 0.0
    for k in range(lived - 1, -1, -1):
        expected += town.years_of_expected[(scene.week - k) % weeks, 0, area, lane]
        background += town.years_of_expected[(scene.week - k) % weeks, 1, area, lane]
    one.level_before = expected / background
