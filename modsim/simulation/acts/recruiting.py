"""How a programme finds participants: some of those listed are asked, and join or not."""

from modsim.compiling.acts import act, verb
from modsim.simulation.acts.looking import (
    designs_menu,
    experience,
    lead_kind,
    luck_of_person,
    match,
    number_on_list,
    occasion,
    trust_in,
)
from modsim.simulation.acts.preparing import most_wanted
from modsim.simulation.state import DECLINED, GONE, IN, NOT_ASKED, RECRUITING
from modsim.world.draws import draw

_LEFT_OUT, _JOINING, _ORDER = draw("left out"), draw("joining"), draw("order of joining")
_NO = 2.0  # beyond any luck


@act
def tell_menu(town, area, lane, do):
    """Where power was promised and what was named most is not on the menu, some of those visited take it ill."""
    one, lever = town.programmes[area, lane], town.levers[area, lane]
    if lever.power_design <= 0.0 or lever.individual or not designs_menu(town, area, lane):
        return  # a plan of one's own leaves nobody out
    if town.choices[area, lane, most_wanted(town, area, lane)].menu:
        return
    for n in range(min(town.p[lane].programme.contacted, town.listing.shape[2])):
        entry = town.listing[area, lane, n]
        if entry.listed >= 0 and entry.standing != GONE:
            do.may_take_ill(town, area, lane, n, _LEFT_OUT, occasion(one.rounds, 0))


@verb
def may_take_ill(town, area, lane, n, what, when):
    """Perhaps somebody takes it ill that power was promised and not given."""
    row = town.listing[area, lane, n].listed
    if luck_of_person(town, what, area, when, row) < town.p[lane].sharing.tokenism_chance:
        experience(town, lead_kind(town, area, lane), row, lane, 0, 1)
        town.programmes[area, lane].tokenism += 1


@verb
def ask_young_people(town, area, lane, do):
    """One wave of invitations: a third of the list, and no more than twice the places that are left."""
    one = town.programmes[area, lane]
    if one.stage != RECRUITING:
        return
    one.moves_on = True
    if one.stage_week == 0:
        tell_menu(town, area, lane, do)
    on_list = 0
    for n in range(town.listing.shape[2]):
        on_list += town.listing[area, lane, n].listed >= 0
    left = one.places - number_on_list(town, area, lane, IN)
    asked, most = 0, min(-(-on_list // 3), 2 * left)
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        entry.luck = -1.0  # not asked this week
        if asked < most and entry.listed >= 0 and entry.standing == NOT_ASKED:
            asked += 1
            entry.luck = do.answer(town, area, lane, n, do)


@verb
def answer(town, area, lane, n, do):
    """Where somebody stands in the order of joining who says yes to an invitation; above 1 if they say no."""
    one, entry = town.programmes[area, lane], town.listing[area, lane, n]
    row, when = entry.listed, occasion(one.rounds, one.stage_week)
    chance = do.chance_of_joining(
        match(town, area, lane, n), trust_in(town, lead_kind(town, area, lane), row, area, lane),
        friends_inside(town, row, lane), entry.support, entry.territory != one.venue, town.p[lane].joining,
    )  # fmt: skip
    if town.levers[area, lane].compulsory or luck_of_person(town, _JOINING, area, when, row) < chance:
        return luck_of_person(town, _ORDER, area, when, row)
    return _NO


@act
def friends_inside(town, row, lane):
    """Share of somebody's friends who are or were in the programme; 0 for those without friends."""
    first, end = town.tie_start[row], town.tie_start[row + 1]
    inside = 0
    for k in range(first, end):
        inside += town.people[town.friends[k], lane].ever_in
    return inside / max(end - first, 1)


@verb
def give_places(town, area, lane):
    """Those who said yes get places in keyed order; the rest were promised in vain."""
    one = town.programmes[area, lane]
    if one.stage != RECRUITING:
        return
    kind, taken = lead_kind(town, area, lane), number_on_list(town, area, lane, IN)
    left = one.places - taken
    for n in range(town.listing.shape[2]):
        entry = town.listing[area, lane, n]
        if entry.luck < 0.0:
            continue
        one.invited += 1
        before = _number_before(town, area, lane, n)
        if entry.luck > 1.0:
            entry.standing = DECLINED
        elif before >= left:
            entry.standing = DECLINED
            one.missed_promises += 1
            experience(town, kind, entry.listed, lane, 0, 1)
        else:
            entry.standing = IN
            one.joined += 1
            town.people[entry.listed, lane].ever_in = True
            if town.p[lane].programme.mentor_hours > 0.0:  # partners take turns in finding a mentor
                entry.mentor = (taken + before) % town.areas[area].table


@act
def _number_before(town, area, lane, n):
    """How many come before somebody in the order of joining."""
    mine, number = town.listing[area, lane, n].luck, 0
    for other in range(town.listing.shape[2]):
        theirs = town.listing[area, lane, other].luck
        number += theirs >= 0.0 and (theirs < mine or (theirs == mine and other < n))
    return number
