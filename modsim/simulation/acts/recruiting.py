"""How a programme finds participants: some of those listed are asked, and join or not."""

from modsim.compiling.acts import act, verb
from modsim.rules import designing
from modsim.simulation.acts.looking import (
    designs_menu,
    experience,
    lead_kind,
    luck_of_person,
    match,
    number_on_list,
    occasion,
    on_offer,
    trust_in,
)
from modsim.simulation.acts.preparing import most_wanted
from modsim.simulation.state import DECLINED, GONE, IN, NOT_ASKED, RECRUITING
from modsim.world.draws import draw

_LEFT_OUT, _JOINING, _ORDER = draw("left out"), draw("joining"), draw("order of joining")
_IGNORED, _NEVER = draw("ignored"), draw("never joins")
_NO = 2.0  # beyond any luck


@act
def tell_offer(town, area, lane, do):
    """Some who were asked what they want, and are offered nothing of it, take it ill; more where power was promised."""
    one, chance = town.programmes[area, lane], town.p[lane].sharing.ignored_chance
    when = occasion(one.rounds, 0)
    for n in range(min(town.p[lane].programme.contacted, town.listing.shape[2])):
        entry = town.listing[area, lane, n]
        here = entry.listed >= 0 and entry.standing != GONE
        if here and has_spoken(town, area, lane, n) and not is_heard(town, area, lane, n):
            one.ignored += do.may_take_ill(town, area, lane, n, _IGNORED, when, chance)
    tell_menu(town, area, lane, do)


@act
def has_spoken(town, area, lane, n):
    """Whether somebody on the list has said what they want, and meant it."""
    spoken = 0
    for activity in range(town.choices.shape[2]):
        spoken += town.wishes[area, lane, n, activity].meant
    return spoken > 0


@act
def is_heard(town, area, lane, n):
    """Whether anything that somebody on the list said they want, and meant, is on offer to them."""
    heard = False
    for activity in range(town.choices.shape[2]):
        said = town.wishes[area, lane, n, activity].meant > 0
        heard = heard or (said and on_offer(town, area, lane, n, activity) > 0.0)
    return heard


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
            chance = town.p[lane].sharing.tokenism_chance
            one.tokenism += do.may_take_ill(town, area, lane, n, _LEFT_OUT, occasion(one.rounds, 0), chance)


@verb
def may_take_ill(town, area, lane, n, what, when, chance):
    """Whether somebody takes it ill, as a bad experience, that what they asked for or were promised is not given."""
    row = town.listing[area, lane, n].listed
    takes_ill = luck_of_person(town, what, area, when, row) < chance
    if takes_ill:
        experience(town, lead_kind(town, area, lane), row, lane, 0, 1)
    return takes_ill


@verb
def ask_young_people(town, area, lane, do):
    """One wave of invitations: a third of the list, and no more than twice the places that are left."""
    one = town.programmes[area, lane]
    if one.stage != RECRUITING:
        return
    one.moves_on = True
    if one.stage_week == 0:
        tell_offer(town, area, lane, do)
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
    row, when, p = entry.listed, occasion(one.rounds, one.stage_week), town.p[lane]
    person = town.people[row, lane]
    chance = do.chance_of_joining(
        match(town, area, lane, n), trust_in(town, lead_kind(town, area, lane), row, area, lane),
        friends_inside(town, row, lane), entry.support, entry.territory != one.venue,
        designing.rapport(p.designing.time_given * person.contact_weeks, p.listening),
        is_heard(town, area, lane, n), person.let_down, p.joining,
    )  # fmt: skip
    if luck_of_person(town, _NEVER, area, 0, row) < p.joining.never_share:
        chance = 0.0  # joining is voluntary: some say no to whoever asks
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
