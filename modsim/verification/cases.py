"""Cases whose answer is known in closed form, with numbers drawn afresh: those of programmes, and the list of all."""

import numpy as np
from scipy import stats

from modsim.rules import trusting
from modsim.simulation.acts.preparing import choose_menu
from modsim.simulation.columns import Standing
from modsim.simulation.community import Community
from modsim.simulation.lanes import Lane
from modsim.simulation.records import weekly_measures
from modsim.simulation.runs import run
from modsim.simulation.town import Town
from modsim.verification.checks import STANDARD_ERRORS, Case, Dice, Sheet
from modsim.verification.setting import NOTHING, RECOPRODUCED, TRANSPLANTED, three_towns
from modsim.verification.streets import (
    background_is_poisson,
    incidents_come_in_bursts,
    nothing_drifts,
    reporting_is_binomial,
    those_chosen_fall_back,
)
from modsim.verification.sums import adding_up
from modsim.world.young_people import World


def joins_are_truncated_binomial(dice: Dice, sheet: Sheet, more: int) -> None:
    """Trust frozen, everything wanted, friends and support without weight: a wave of 14, one chance, 12 places.

    Each was visited four times; some never join.
    """
    rapport_effect, never = dice.between("joining.rapport_effect", 0.5, 2.0), dice.between("never_share", 0.05, 0.4)
    baseline = dice.between("joining.baseline", -3.0, -1.0)
    match_effect, trust_effect = dice.between("joining.match_effect", 1.0, 3.0), dice.between("trust_effect", 0.0, 4.0)
    everything = [a.id for a in three_towns().activities]
    scenario = three_towns(
        "settings.rung=M1", "trust.event_weight=0", "areas.near.lead=youth_work", "settings.weeks=40",
        f"arms.{TRANSPLANTED}.menu={everything}",
        "joining.friends_effect=0", "joining.support_effect=0", "effect.session_effect=0",
        "joining.rival_ground_effect=0", f"joining.baseline={baseline}", f"joining.match_effect={match_effect}",
        f"joining.trust_effect={trust_effect}", f"settings.seed={dice.world_seed}", "listening.rapport_weeks=3",
        f"joining.rapport_effect={rapport_effect}", f"joining.never_share={never}",
    )  # fmt: skip
    joined = {}

    def look(town: Town) -> None:
        if town.week == 8:  # eight weeks of set-up, one wave
            joined["first wave"] = town.columns.joined[:, 0].copy()

    run(scenario, [Lane(TRANSPLANTED)], range(80 * more), look=look)
    first = joined["first wave"].reshape(-1, 3)
    for place, bonus in ((1, 0.15), (2, 0.15)):  # youth work, and an anchor
        log_odds = baseline + match_effect + trust_effect * (0.30 + bonus - 0.30)
        log_odds += rapport_effect * (1.0 - np.exp(-4.0 / 3.0))
        yes = stats.binom(14, (1.0 - never) / (1.0 + np.exp(-log_odds)))
        takes = np.minimum(np.arange(15), 12)
        mean = float((takes * yes.pmf(np.arange(15))).sum())
        sd = float(np.sqrt((takes**2 * yes.pmf(np.arange(15))).sum() - mean**2))
        sheet.mean(f"joins of the first wave, {scenario.areas[place].id}", first[:, place], mean, sd=sd)


def trust_settles(dice: Dice, sheet: Sheet, more: int) -> None:
    """Trust settles at the ratio of expected experience; one bad one takes loss-to-gain times the odds to undo."""
    start, weight = dice.between("trust.start", 0.15, 0.6), dice.between("trust.prior_strength", 2.0, 30.0)
    memory, loss = dice.between("trust.memory", 0.9, 0.97), dice.between("trust.loss_to_gain", 1.0, 4.0)
    chance = dice.between("chance of a good experience", 0.2, 0.9)
    scenario = three_towns(
        f"trust.start={start}", f"trust.prior_strength={weight}", f"trust.memory={memory}", f"trust.loss_to_gain={loss}"
    )
    p, luck, people = scenario.trust, dice.generator(), 4000
    good, bad, means = np.zeros(people), np.zeros(people), []
    for week in range(500):
        event = luck.random(people) < chance
        good = trusting.good_after(trusting.fading(good, p), event, 0, 0, p)
        bad = trusting.bad_after(trusting.fading(bad, p), ~event, 0, 0, p)
        if week >= 350:
            means.append((start * weight + good.mean()) / (weight + good.mean() + bad.mean()))
    lost = 1.0 - memory
    expected = (start * weight + chance / lost) / (weight + (chance + loss * (1.0 - chance)) / lost)
    # 4,000 people over some forty memories
    tolerance = STANDARD_ERRORS * np.sqrt(chance * (1 - chance) / people / 150 / lost) * loss * lost
    sheet.near("ratio of expected experience", float(np.mean(means)), expected, max(tolerance, 1e-3))
    g, b = dice.between("good remembered", 5.0, 40.0), dice.between("bad remembered", 5.0, 40.0)
    before = trusting.trust(start, g, b, p)
    needed = loss * before / (1.0 - before)
    after = trusting.trust(start, trusting.good_after(g, needed, 0, 0, p), trusting.bad_after(b, 1, 0, 0, p), p)
    sheet.near("undone by loss x trust / (1 - trust) good ones", after, before, 1e-9)


def match_of_what_is_transplanted(dice: Dice, sheet: Sheet, more: int) -> None:
    """Interests lie exactly as far from the original site's as asked; what is transplanted is wanted so much less."""
    distance = dice.between("world.dissimilarity", 0.05, 0.95)
    scenario = three_towns(f"world.dissimilarity={distance}", f"settings.seed={dice.world_seed}")
    world = World(scenario, scenario.settings.seed, range(200 * more))
    wishes = world.wishes()
    recipient = np.array([area.role == "recipient" for area in world.areas])
    ids = world.activity_ids
    origin = np.array([{a.id: a.origin_share for a in scenario.activities}[i] for i in ids])
    apart = np.abs(wishes.pattern[recipient] - origin).sum(axis=1) / 2.0
    sheet.near("largest distance from the one asked for", float(np.abs(apart - distance).max()), 0.0, 1e-9)
    menu = np.array([i in scenario.origin_menu for i in ids])
    here = float(origin[menu].sum())
    sheet.mean("share wanted of what is transplanted, areas", wishes.pattern[recipient][:, menu].sum(axis=1),
               (1.0 - distance) * here)  # fmt: skip
    people = np.nonzero(recipient[world.area])[0]
    people = people[np.unique(world.first_group[people], return_index=True)[1]]  # people of a group are alike
    own = world.wishes_of(people)[:, menu].sum(axis=1) - wishes.pattern[world.area[people]][:, menu].sum(axis=1)
    sheet.mean("what a person wants of it, less their area", own, 0.0)


def meetings_follow_their_renewal_law(dice: Dice, sheet: Sheet, more: int) -> None:
    """Each of n partners comes with one chance: a design takes as many meetings as it takes to have 6 n presences."""
    chance = dice.between("commitment.mean", 0.4, 0.75)
    scenario = three_towns(
        "commitment.sd=0", f"commitment.mean={chance}", "commitment.regard_step=0", "partners.hours_per_incident=0",
        "turnover.leaving_per_week=0", "designing.knowledge_adds_quality=0", "purse.grant=2000", "programme.rounds=1",
        f"arms.{RECOPRODUCED}.process_knowledge=0", f"arms.{RECOPRODUCED}.setup_weeks=6", "settings.weeks=90",
        "spread.lapse_with_anchor=0", "spread.lapse_without_anchor=0", f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    replicates = range(60 * more)
    outcome = run(scenario, [Lane(NOTHING), Lane(RECOPRODUCED)], replicates)
    known = weekly_measures(scenario).index("process_knowledge")  # rises in the week in which the menu is settled
    settled = np.argmax(outcome.weekly[..., 1, known] > 0, axis=1)[:, 1:]
    sheet.none("menus settled in a week without a meeting", (settled % 2 != 1).sum())
    world = World(scenario, 3, [0])
    for place, area in enumerate(scenario.areas[1:]):
        size = int(world.partners.size[place + 1])
        meetings = np.arange(1, 60)
        not_yet = stats.binom.cdf(6 * size - 1, meetings * size, chance)
        probability = -np.diff(np.concatenate([[1.0], not_yet]))
        mean = float((meetings * probability).sum())
        sd = float(np.sqrt(((meetings - mean) ** 2 * probability).sum()))
        sheet.mean(f"meetings taken, {area.id}", (settled[:, place] + 1) // 2, mean, sd=sd)


def friends_conserve_their_sum(dice: Dice, sheet: Sheet, more: int) -> None:
    """Closed groups, one weight at every age: sums only fade, each gap shrinks by 1 - fading - pull n / (n - 1)."""
    pull, half_life = dice.between("peers.pull", 0.01, 0.1), dice.between("effect.half_life_weeks", 12, 100)
    scenario = three_towns(
        "population.rewired_share=0", f"peers.pull={pull}", "peers.strongest_until=39", "peers.gone_by=60",
        "order.persistence=0", "policing.labelling=0", "population.core_exit_per_year=0",
        f"effect.half_life_weeks={half_life}", f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    model = Community(scenario, arm=NOTHING)
    model.run_for(1)
    world, c = model.town.world, model.town.columns
    area = world.area > 0
    c.inclination[:, 0] = np.where(area, dice.generator().normal(size=world.rows), 0.0)
    before, who = c.inclination[:, 0].copy(), world.generation.copy()
    weeks, fading = dice.whole("weeks", 3, 8), np.log(2.0) / half_life
    model.run_for(weeks)
    looked, sums, gaps = 0, 0.0, 0.0
    for group in np.unique(world.group[area]):
        members = np.nonzero(world.group == group)[0]
        friends, _ = world.ties.of_each(members)  # old ties stay where somebody changes places with one of a core
        closed = len(friends) == len(members) * (len(members) - 1) and (world.group[friends] == group).all()
        if not closed or (world.generation[members] != who[members]).any():
            continue  # somebody grew out and took the sum along
        first, last, n = before[members], c.inclination[members, 0], len(members)
        sums = max(sums, abs(last.sum() - first.sum() * (1 - fading) ** weeks))
        left = (1 - fading - pull * n / (n - 1)) ** weeks
        gaps = max(gaps, float(np.abs(last - last.mean() - (first - first.mean()) * left).max()))
        looked += 1
    sheet.some("closed groups", looked)
    sheet.near("largest error of a group's sum", sums, 0.0, 1e-9)
    sheet.near("largest error of a gap", gaps, 0.0, 1e-9)


def endless_honest_signals_give_the_true_top(dice: Dice, sheet: Sheet, more: int) -> None:
    """With all power and endless honest signals the menu is what is truly wanted most."""
    scenario = three_towns(
        f"arms.{RECOPRODUCED}.power_design=1", "commitment.mean=0.8", "settings.rung=M1",  # at the reference: all power
        dice.set("world.dissimilarity", 0.0, 1.0),
        f"settings.seed={dice.world_seed}", dice.set("listening.prior_strength", 1.0, 40.0),
    )  # fmt: skip
    town = Community(scenario, arm=RECOPRODUCED).town
    for area in (1, 2):
        pattern = town.world.wishes().pattern[area]
        town.columns.signals[:, area, 0] = np.rint(1e12 * pattern).astype(int)  # priors move shares by some 4e-11
        choose_menu(town.state, area, 0)
        menu = town.columns.menu[:, area, 0]
        sheet.none(f"places missing on the menu, {scenario.areas[area].id}", scenario.programme.menu_size - menu.sum())
        best = float(np.sort(pattern)[::-1][: scenario.programme.menu_size].sum())  # of equals, either will do
        sheet.near(f"share truly wanted, {scenario.areas[area].id}", float(pattern @ menu), best, 1e-9)


def without_honesty_the_menu_is_the_professionals(dice: Dice, sheet: Sheet, more: int) -> None:
    """With neither honesty nor trust the menu is what professionals expected: the original site's."""
    scenario = three_towns(
        "listening.honest_without_trust=0", "trust.start=0.01", "trust.bonus_anchor=-0.29",
        "trust.bonus_youth_work_or_third_sector=-0.29", "trust.bonus_housing_or_fire=-0.29", "trust.bonus_police=-0.29",
        "trust.contact_good=0", "trust.contact_power=0", "listening.prior_strength=1000",
        f"arms.{RECOPRODUCED}.power_design=1", dice.set("world.dissimilarity", 0.5, 1.0), "settings.rung=M1",
        dice.set("listening.prior_origin_share", 0.4, 0.9), f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    model = Community(scenario, arm=RECOPRODUCED)
    model.run_for(30)
    menus = [{i for i, on_it in model.programmes[area].menu.items() if on_it} for area in (1, 2)]
    for area, menu in zip(scenario.areas[1:], menus, strict=True):
        sheet.some(f"activities on the menu, {area.id}", len(menu))
    sheet.none("menus that are not the professionals'", sum(menu != set(scenario.origin_menu) for menu in menus))


def joining_spreads_through_closed_groups(dice: Dice, sheet: Sheet, more: int) -> None:
    """Only friends matter: who is asked says yes with a chance given by the share of the group that was in before."""
    baseline, friends = dice.between("joining.baseline", -2.0, -1.0), dice.between("joining.friends_effect", 1.5, 3.0)
    scenario = three_towns(
        "population.rewired_share=0", "joining.match_effect=0", "joining.trust_effect=0", "joining.support_effect=0",
        "joining.rival_ground_effect=0", f"joining.friends_effect={friends}", f"joining.baseline={baseline}",
        "programme.places=40", "purse.grant=5000", "settings.weeks=24", "population.core_exit_per_year=0",
        f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    surprise: list[float] = []
    variance: list[float] = []
    inside: list[float] = []
    before: dict[str, np.ndarray] = {}

    def look(town: Town) -> None:
        world, c = town.world, town.columns
        standing = c.standing[:, :, 0]
        if 8 <= town.week < 8 + scenario.programme.recruitment_waves:
            asked = (before["standing"] == Standing.NOT_ASKED) & np.isin(standing, [Standing.IN, Standing.DECLINED])
            was_in = before["in"] & (world.here_since < town.week)
            size = np.bincount(world.group)
            of_group = np.bincount(world.group, was_in)
            for area, n in zip(*np.nonzero(asked & (c.listed[:, :, 0] >= 0)), strict=True):
                if area % 3:  # the original site has another programme
                    group = world.group[c.listed[area, n, 0]]
                    share = of_group[group] / (size[group] - 1)
                    chance = 1.0 / (1.0 + np.exp(-(baseline + friends * share)))
                    surprise.append((standing[area, n] == Standing.IN) - chance)
                    variance.append(chance * (1.0 - chance))
                    inside.append(share)
        before["standing"], before["in"] = standing.copy(), c.ever_in[:, 0].copy()

    run(scenario, [Lane(TRANSPLANTED)], range(60 * more), look=look)
    sheet.some("people with friends inside", sum(share > 0.2 for share in inside))
    for who, chosen in (("all asked", np.array(inside) >= 0.0), ("those with friends inside", np.array(inside) > 0.0)):
        spread = np.sqrt(np.array(variance)[chosen].sum())
        sheet.near(f"more joined than expected, {who}", np.array(surprise)[chosen].sum(), 0.0, STANDARD_ERRORS * spread)


NO_EFFECTS = (
    "effect.session_effect=0", "effect.adult_effect=0", "effect.course_time_share=0", "peers.deviancy=0",
    "policing.labelling=0", "policing.deterrence=0", "order.legitimacy=0", "order.efficacy=0",
    "afterwards.destination_effect=0",
)  # fmt: skip


def no_effect_is_invented(dice: Dice, sheet: Sheet, more: int) -> None:
    """With every effect off what occurs is the same in every arm to the last incident, while programmes differ."""
    scenario = three_towns(
        "settings.weeks=60", *NO_EFFECTS, dice.set("world.dissimilarity", 0.0, 1.0), dice.set("peers.pull", 0.0, 0.06),
        dice.set("excitation.offspring", 0.0, 0.5), f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    outcome = run(scenario, [Lane(arm) for arm in scenario.arms], [0])
    occurred = outcome.weekly[..., 0]
    for lane, arm in enumerate(list(scenario.arms)[1:], 1):
        sheet.same(f"what occurs, {arm}", occurred[..., 0], occurred[..., lane])
        sheet.some(f"who joined, {arm}", outcome.totals["joined"][:, 1:, lane].sum())
    sheet.some("difference in hours", np.ptp(outcome.totals["hours"][:, 1:, 1:], axis=-1).max())


def hours_are_conserved(dice: Dice, sheet: Sheet, more: int) -> None:
    """Every hour that arrives is spent under a heading, worked by a service, or left; in both ways of charging."""
    changes = [dice.set("purse.budget", 6, 40), dice.set("purse.grant", 0, 400), f"settings.seed={dice.world_seed}"]
    for charged in ("true", "false"):
        scenario = three_towns(f"purse.charge_inkind={charged}", *changes)
        outcome = run(scenario, [Lane(NOTHING), Lane(TRANSPLANTED), Lane(RECOPRODUCED)], [0, 1])
        adding_up(sheet, outcome)
        arrived = outcome.totals["hours_arrived"][:, 1:, 1:]
        sheet.none("arms whose hours differ", (arrived != arrived[..., :1]).sum())


def made_like_the_transplanted_it_is_the_same(dice: Dice, sheet: Sheet, more: int) -> None:
    """Nothing differs between areas, and re-co-producing has no voice, cost or delay: then it is transplanting."""
    scenario = three_towns(
        "world.dissimilarity=0", f"arms.{RECOPRODUCED}.power_design=0", f"arms.{RECOPRODUCED}.process_knowledge=0",
        f"arms.{RECOPRODUCED}.setup_weeks=8", f"arms.{RECOPRODUCED}.power_deliver=0", "designing.practice_adds=0",
        f"arms.{RECOPRODUCED}.venue=default", "designing.refresh=1", "designing.bespoke_cost=1", "designing.meetings=0",
        "designing.link_hours=0", dice.set("purse.budget", 12, 40), f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    one = run(scenario, [Lane(NOTHING), Lane(TRANSPLANTED)], [0, 1])
    other = run(scenario, [Lane(NOTHING), Lane(RECOPRODUCED)], [0, 1])
    sheet.same("weekly figures", one.weekly, other.weekly)
    for name in one.totals:
        if name not in ("designs", "slots_learned"):  # the design itself, which changes nothing
            sheet.same(name.replace("_", " "), one.totals[name], other.totals[name])


def an_area_without_a_programme_is_untouched(dice: Dice, sheet: Sheet, more: int) -> None:
    """Without ties between areas, one whose programme never starts is as if nothing were done anywhere."""
    scenario = three_towns(
        "areas.far.opens_week=47", dice.set("world.dissimilarity", 0.0, 1.0), f"settings.seed={dice.world_seed}"
    )
    outcome = run(scenario, [Lane(NOTHING), Lane(RECOPRODUCED)], [0, 1])
    known = weekly_measures(scenario).index("process_knowledge")  # what services know, and that the area is open
    sheet.same("the area that never starts", outcome.weekly[:, :, 2, 0, :known], outcome.weekly[:, :, 2, 1, :known])
    sheet.some("the other one moves", (outcome.weekly[:, :, 1, 0, :known] != outcome.weekly[:, :, 1, 1, :known]).sum())


def what_is_built_up_comes_and_goes(dice: Dice, sheet: Sheet, more: int) -> None:
    """What was built up tells over months and is lost over years: the closed form of both, week after week."""
    comes = dice.between("effect.slow_half_time_weeks", 8, 60)
    lost, built = dice.between("effect.slow_lost_per_year", 0.05, 0.5), dice.between("built up", 0.1, 0.8)
    scenario = three_towns(
        f"effect.slow_half_time_weeks={comes}", f"effect.slow_lost_per_year={lost}",
        "settings.weeks=40", f"settings.seed={dice.world_seed}",
    )  # fmt: skip
    model = Community(scenario, arm=NOTHING)
    model.run_for(1)
    town, weeks = model.town, dice.whole("weeks", 10, 35)
    generation = town.world.generation.copy()
    town.columns.lasting_target[:], town.changed[:] = -built, True
    model.run_for(weeks)
    kept, rate = (1.0 - lost) ** (1.0 / 52.0), np.log(2.0) / comes
    stays = 1.0 - rate
    expected = -built * rate * kept * (kept**weeks - stays**weeks) / (kept - stays)
    here = town.world.generation == generation
    sheet.near("told so far", town.columns.lasting[here].min(), expected, 1e-9)
    sheet.near("the same for everybody", np.ptp(town.columns.lasting[here]), 0.0, 1e-12)
    sheet.near("left of what was built up", town.columns.lasting_target[here].max(), -built * kept**weeks, 1e-9)


def shared_participants_bring_partners_together(dice: Dice, sheet: Sheet, more: int) -> None:
    """Without meetings and turnover, what is missing between partners shrinks by one share in each week of a course."""
    gain, start = dice.between("commitment.shared_clients_gain", 0.01, 0.1), dice.between("together_start", 0.1, 0.5)
    scenario = three_towns(
        f"commitment.shared_clients_gain={gain}", f"commitment.together_start={start}", "turnover.leaving_per_week=0",
        f"settings.seed={dice.world_seed}", "spread.lapse_with_anchor=0", "spread.lapse_without_anchor=0",
        "joining.baseline=2", "commitment.shared_premises=true",
    )  # fmt: skip
    model = Community(scenario, arm=TRANSPLANTED)
    model.run_for(scenario.settings.weeks)
    c, present = model.town.columns, model.town.world.partners.pair_present
    for area in range(1, len(scenario.areas)):
        held = int(c.sessions_in_all[area, 0])
        trust = c.between[area, present[area], 0]
        expected = 1.0 - (1.0 - start) * (1.0 - gain) ** held
        sheet.some(f"sessions held, {scenario.areas[area].id}", held)
        sheet.near(f"trust between partners, {scenario.areas[area].id}", np.abs(trust - expected).max(), 0.0, 1e-9)


CASES = (
    Case("1", "Nothing moves: Poisson around everybody's own rate", background_is_poisson),
    Case("2", "One incident triggers others: bursts of the size of a branching process", incidents_come_in_bursts),
    Case("3", "Joining in one wave: a truncated binomial", joins_are_truncated_binomial),
    Case("4", "Trust: the ratio of expected experience", trust_settles),
    Case("5", "Interests: exactly as far apart as asked", match_of_what_is_transplanted),
    Case("6", "Design meetings: their renewal law", meetings_follow_their_renewal_law),
    Case("7", "Friends: a group's sum is kept, its gaps close", friends_conserve_their_sum),
    Case("8", "Endless honest signals: the true top interests", endless_honest_signals_give_the_true_top),
    Case("9", "No honesty: what professionals expected", without_honesty_the_menu_is_the_professionals),
    Case("10", "Joining through closed groups: a chain", joining_spreads_through_closed_groups),
    Case("11", "No effect: none is invented", no_effect_is_invented),
    Case("12", "Hours: conserved, heading by heading", hours_are_conserved),
    Case(
        "13",
        "Re-co-produced with the transplanted content: the same, bit for bit",
        made_like_the_transplanted_it_is_the_same,
    ),
    Case("15", "No trend: nothing drifts", nothing_drifts),
    Case("16", "Reporting and seeing: binomial thinning", reporting_is_binomial),
    Case("17", "An area that never starts: untouched", an_area_without_a_programme_is_untouched),
    Case("18", "Targeting on what was seen: regression to the mean", those_chosen_fall_back),
    Case("19", "What is built up: tells over months, lost over years", what_is_built_up_comes_and_goes),
    Case("20", "Shared participants: trust between partners", shared_participants_bring_partners_together),
)
