"""What a partner does in a week: staff come and go, calls are answered, young people are thought of."""

from modsim.compiling.acts import act, verb
from modsim.rules import partnering
from modsim.simulation.acts.looking import ENOUGH, luck
from modsim.simulation.state import PARTICIPANT_WINDOW_WEEKS
from modsim.world.draws import draw

_LEAVING = draw("worker leaves")


@verb
def may_lose_worker(town, area, lane, seat):
    """Perhaps the programme worker leaves: mentors' ties break; if it leads, rapport and process knowledge go too."""
    place, partner, now = town.seats[area, seat], town.partners[area, lane, seat], town.partners_now[area, lane, seat]
    now.worker_left = False
    week = town.scene[0].week
    chance = partnering.chance_of_worker_leaving(partner.strained, town.p[lane].turnover)
    if luck(town, _LEAVING, area, week, place.number, 0) >= chance:
        return
    now.worker_left = True
    one = town.programmes[area, lane]
    partner.worker += 1  # the commitment of the new one: `Town.new_worker`
    one.staff_left += 1
    for n in range(town.listing.shape[2]):
        if town.listing[area, lane, n].mentor == seat:
            town.listing[area, lane, n].mentor = -1
    if one.lead == seat:
        lose_knowledge(town, area, lane)
        lose_rapport(town, area, lane)
        one.lead_lost_week = week


@act
def lose_knowledge(town, area, lane):
    """A part of what was known of the process goes with who led."""
    one, p = town.programmes[area, lane], town.p[lane].turnover
    lost = p.knowledge_lost_with_anchor if town.areas[area].anchor >= 0 else p.knowledge_lost_without_anchor
    one.knowledge = partnering.knowledge_after_leaving(one.knowledge, lost)


@act
def lose_rapport(town, area, lane):
    """Nobody knows the lead's worker any more."""
    for row in range(town.areas[area].first, town.areas[area].end):
        town.people[row, lane].contact_weeks = 0


@verb
def lose_trust_between(town, area, lane):
    """Where workers have left this week, trust between services goes in part, as may what they spanned."""
    left = town.partners_now[area, lane]
    anyone = False
    for seat in range(town.seats.shape[1]):
        anyone = anyone or left[seat].worker_left
    if not anyone:
        return
    anchor, p = town.areas[area].anchor, town.p[lane].turnover
    spanner = anchor >= 0 and left[anchor].worker_left
    for k in range(town.pairs.shape[1]):
        pair = town.pairs[area, k]
        own = left[pair.one].worker_left or left[pair.other].worker_left
        town.pair_trust[area, lane, k] = partnering.trust_between_left(town.pair_trust[area, lane, k], own, spanner, p)


@verb
def answer_calls(town, area, lane, seat):
    """Incidents seen last week come first; the hours left are free, and more than a week's calls strain."""
    partner, now, hours = (
        town.partners[area, lane, seat],
        town.partners_now[area, lane, seat],
        town.seats[area, seat].hours,
    )
    now.waiting = partnering.reactive_hours(partner.seen, partner.queue, town.p[lane].partners)
    now.answered = min(now.waiting, hours)
    partner.queue = now.waiting - now.answered
    partner.free_hours = hours - now.answered
    partner.strained = partner.queue > hours


@verb
def add_up_answered(town, area, lane):
    """Work out the share of the hours of calls that waited this week which the partners of an area answered."""
    total = done = 0.0
    for seat in range(town.seats.shape[1]):
        total += town.partners_now[area, lane, seat].waiting
        done += town.partners_now[area, lane, seat].answered
    town.now[area, lane].answered_share = done / max(total, ENOUGH) if total > 0.0 else 1.0


@verb
def think_of_young_people(town, area, lane, seat):
    """Regard follows good contacts and what is seen, against the usual of the last year.

    For weeks before there was anything to see, the usual is what the scenario says of the area.
    """
    place, partner, scene = town.seats[area, seat], town.partners[area, lane, seat], town.scene[0]
    one = town.programmes[area, lane]
    contacts = town.now[area, lane].good_contacts if one.lead == seat else 0
    missing = max(PARTICIPANT_WINDOW_WEEKS - (scene.week + scene.history_weeks), 0)
    usual = (one.reported_last_year + missing * town.areas[area].expected_reports) / PARTICIPANT_WINDOW_WEEKS
    usually_seen = usual * place.seen_share
    p = town.p[lane].commitment
    partner.regard = partnering.regard_after(partner.regard, contacts, partner.seen, usually_seen, p)
