"""What acts look at: luck, trust, match, commitment, power."""

from modsim.compiling.acts import act
from modsim.rules import partnering, trusting
from modsim.world.draws import luck_of
from modsim.world.young_people import FIXED_POINT

ENOUGH = 1e-9  # hours; a purse short by less than this counts as enough
_MOST_OCCASIONS = 128  # contacts, waves or sessions in one round, each with its own luck


@act
def occasion(round_number, ordinal):
    """The occasion, as a key of luck, of the n-th contact, wave or session of a round: the same in every arm."""
    return round_number * _MOST_OCCASIONS + ordinal


@act
def luck(town, what, area, when, slot, generation):
    """A draw in (0, 1) for one purpose (`modsim.world.draws.draw`) and occasion."""
    first, second = town.keys[what, area, 0], town.keys[what, area, 1]
    return luck_of(first, second, town.replicate[area], when, slot, generation)


@act
def luck_of_person(town, what, area, when, row):
    """A young person's own draw."""
    return luck(town, what, area, when, town.slot[row], town.generation[row])


@act
def is_open(town, area, lane):
    """Whether there is a programme or the like by now, and it has not lapsed."""
    one, week = town.programmes[area, lane], town.scene[0].week
    return town.levers[area, lane].spends and week >= one.opens and week < one.lapsed_week


@act
def designs_menu(town, area, lane):
    """Whether the menu of the present round is made from what young people say."""
    lever = town.levers[area, lane]
    return lever.learns and (lever.redesigns or town.programmes[area, lane].rounds == 0)


@act
def lead_kind(town, area, lane):
    """The type of service that leads."""
    return town.seats[area, town.programmes[area, lane].lead].kind


@act
def trust_in(town, kind, row, area, lane):
    """Trust of a young person in a type of service, 0-1."""
    p = town.p[lane]
    if town.apart[kind, row]:
        good, bad = town.remembered_apart[0, kind, row, lane], town.remembered_apart[1, kind, row, lane]
    else:
        good, bad = town.remembered[0, row, lane], town.remembered[1, row, lane]
    return trusting.trust(town.trust_start[kind, area, lane], good, bad, p.trust)


@act
def mean_trust_in(town, kind, area, lane):
    """Mean trust of an area's young people in a type of service."""
    return town.trust_sums[kind, area, lane] / (town.areas[area].youths * FIXED_POINT)


@act
def experience(town, kind, row, lane, good, bad):
    """A young person has good and bad experiences with a type of service; they count at the end of the week."""
    scene = town.scene[0]
    entry = town.experiences[scene.experiences]
    entry.kind, entry.row, entry.lane, entry.good, entry.bad = kind, row, lane, good, bad
    scene.experiences += 1


@act
def effective_commitment(town, area, lane, seat):
    """Commitment of a partner as regard lets it work out; 0 where there is none."""
    partner, p = town.partners[area, lane, seat], town.p[lane]
    found = partnering.effective_commitment(partner.commitment, partner.regard, p.commitment)
    return found * town.seats[area, seat].present


@act
def mean_commitment(town, area, lane):
    """Mean effective commitment of an area's partners."""
    total = 0.0
    for seat in range(town.seats.shape[1]):
        total += effective_commitment(town, area, lane, seat)
    return total / town.areas[area].table


@act
def power_in_practice(town, area, lane):
    """Power over the design as it works out; none where nothing is left to decide."""
    said = town.levers[area, lane].power_design if designs_menu(town, area, lane) else 0.0
    of_lead = effective_commitment(town, area, lane, town.programmes[area, lane].lead)
    return partnering.power_in_practice(said, of_lead, mean_commitment(town, area, lane), town.p[lane].commitment)


@act
def trust_between_partners(town, area, lane):
    """Mean trust between the partners of an area; where it started if there is only one."""
    total, number = 0.0, 0
    for pair in range(town.pairs.shape[1]):
        if town.pairs[area, pair].present:
            total += town.pair_trust[area, lane, pair]
            number += 1
    return total / number if number else town.p[lane].commitment.together_start


@act
def is_tied(town, area, lane, pair):
    """Whether two partners of different sectors trust each other enough to count as tied."""
    tie = town.pair_trust[area, lane, pair] >= town.p[lane].commitment.tie_from
    return tie and town.pairs[area, pair].across_sectors


@act
def change_trust_between(town, area, lane, pair, trust):
    """Two partners now trust each other so much; a tie across sectors that this makes is counted."""
    tied = is_tied(town, area, lane, pair)
    town.pair_trust[area, lane, pair] = trust
    town.programmes[area, lane].ties_made += is_tied(town, area, lane, pair) and not tied


@act
def on_offer(town, area, lane, n, activity):
    """1 if somebody on the list is offered an activity, else 0: the shared menu, or a plan of their own."""
    if town.levers[area, lane].individual:
        return 1.0 if town.wishes[area, lane, n, activity].plan else 0.0
    return town.choices[area, lane, activity].menu


@act
def match(town, area, lane, n):
    """Share of the interests of somebody on the list that their offer serves; a fixed share if that is not to count."""
    p = town.p[lane].effect
    if not p.match_counts:
        return p.match_reference
    served = 0.0
    for activity in range(town.choices.shape[2]):
        served += town.wishes[area, lane, n, activity].share * on_offer(town, area, lane, n, activity)
    return served


@act
def bespoke_share(town, area, lane, n):
    """Share of an offer that is not on the original site's menu; 0 for an empty one. `n` is -1 for the shared menu."""
    new = offered = 0.0
    for activity in range(town.choices.shape[2]):
        on_it = town.choices[area, lane, activity].menu if n < 0 else on_offer(town, area, lane, n, activity)
        new += town.bespoke[activity] * on_it
        offered += on_it
    return new / max(offered, 1.0)


@act
def number_on_list(town, area, lane, standing):
    """How many on the list stand like this."""
    number = 0
    for n in range(town.listing.shape[2]):
        number += town.listing[area, lane, n].standing == standing
    return number
