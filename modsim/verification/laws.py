"""Laws that hold for any parameters: labels, order and company change nothing; both implementations agree."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modsim.inputs.problems import ScenarioError, field_at, plausible_ranges
from modsim.inputs.scenario import Scenario
from modsim.simulation.community import Community
from modsim.simulation.lanes import LANE_TABLES, Lane
from modsim.simulation.runs import Outcome, run
from modsim.simulation.town import Town
from modsim.verification.checks import Case, Dice, Sheet
from modsim.verification.setting import ADULTS, NOTHING, RECOPRODUCED, TRANSPLANTED, three_towns
from modsim.verification.sums import adding_up

_ARMS = [NOTHING, ADULTS, TRANSPLANTED, RECOPRODUCED]
_KEPT = {"population.share_aged_12_to_17", "population.share_aged_18_to_24", "population.people_per_resident"}
_DRAWN = 14  # numbers of the scenario that differ from their defaults


def _lanes(arms: Sequence[str], point: int = 0) -> list[Lane]:
    return [Lane(arm, point) for arm in arms]


def _changes(dice: Dice, tables: Sequence[str] | None = None) -> list[str]:
    """Some numbers of the scenario, drawn from what is plausible for them; of some tables only where they are named."""
    ranges = plausible_ranges()
    keys = sorted(
        key for key in ranges
        if key not in _KEPT and (tables is None or key.split(".")[0] in tables) and not key.endswith("memory_weeks")
    )  # fmt: skip
    chosen = dice.generator().permutation(len(keys))[:_DRAWN].tolist()
    found = []
    for key in (keys[k] for k in chosen):
        low, high = ranges[key]
        whole = field_at(tuple(key.split("."))).annotation is int
        found.append(f"{key}={dice.whole(key, round(low), round(high))}" if whole else dice.set(key, low, high))
    return found


def _random_towns(dice: Dice, *changes: str, tables: Sequence[str] | None = None) -> Scenario:
    """Three towns with numbers drawn afresh, drawn again where they contradict each other."""
    for _ in range(200):
        dice.drawn.clear()
        try:
            return three_towns(f"settings.seed={dice.world_seed}", *_changes(dice, tables), *changes)
        except ScenarioError:
            continue
    raise RuntimeError("no numbers that go together were found in 200 draws")


def _same_outcome(sheet: Sheet, one: Outcome, other: Outcome) -> None:
    sheet.same("weekly figures", one.weekly, other.weekly)
    for figures, theirs in ((one.totals, other.totals), (one.spent, other.spent)):
        apart = sum(not np.array_equal(figures[name], theirs[name], equal_nan=True) for name in figures)
        sheet.none("figures of the whole run that differ", apart)


def labels_and_order_are_only_labels(dice: Dice, sheet: Sheet, more: int) -> None:
    """Areas, activities and arms in reverse order and under other names: outputs are permuted, and nothing else."""
    scenario = _random_towns(dice)
    renamed: dict[str, Any] = {
        "areas": [a.model_copy(update={"name": f"Place {k}"}) for k, a in enumerate(reversed(scenario.areas))],
        "activities": [a.model_copy(update={"name": a.id[::-1]}) for a in reversed(scenario.activities)],
        "arms": {name: arm.model_copy(update={"label": name.upper()}) for name, arm in reversed(scenario.arms.items())},
    }
    one = run(scenario, _lanes(_ARMS), [0, 1])
    other = run(scenario.model_copy(update=renamed), _lanes(_ARMS[::-1]), [0, 1])
    sheet.same("weekly figures", one.weekly, other.weekly[:, :, ::-1, ::-1])
    for name, figures in one.totals.items():
        sheet.same(name.replace("_", " "), figures, other.totals[name][:, ::-1, ::-1])
    copied = scenario.model_copy(update={"arms": {**scenario.arms, "mine": scenario.arms[RECOPRODUCED]}})
    twice = run(copied, _lanes([NOTHING, RECOPRODUCED, "mine"]), [0])
    sheet.same("an arm under another name", twice.weekly[..., 1, :], twice.weekly[..., 2, :])


def company_shifts_nobodys_luck(dice: Dice, sheet: Sheet, more: int) -> None:
    """More areas, replicates or processes that draw, in any order: nobody's random numbers move."""
    scenario = _random_towns(dice, "learning.travels=0")
    one = run(scenario, _lanes(_ARMS), [0, 1, 2])
    parts = [run(scenario, _lanes(_ARMS), numbers) for numbers in ([2, 0], [1])]
    _same_outcome(sheet, one, Outcome.joined(parts))
    fewer = scenario.model_copy(update={"areas": scenario.areas[:2]})
    sheet.same("without the third area", one.weekly[:, :, :2], run(fewer, _lanes(_ARMS), [0, 1, 2]).weekly)

    def meddle(town: Town) -> None:
        world = town.world
        world.luck.uniform("something new", world.area, town.week, world.slot, world.generation)
        world.luck.weekly_uniform("something else", world.area, town.week, world.slot, world.generation)

    sheet.same("with one more process", one.weekly[:1], run(scenario, _lanes(_ARMS), [0], look=meddle).weekly)
    sheet.some("another future is another", (one.weekly[0] != one.weekly[1]).sum())


def points_side_by_side_are_what_each_is_alone(dice: Dice, sheet: Sheet, more: int) -> None:
    """Parameter points run as lanes of one world give what each gives alone."""
    points = [_random_towns(dice, "settings.seed=5", tables=(*LANE_TABLES, "none")) for _ in range(2)]
    together = run(points, [*_lanes(_ARMS), *_lanes(_ARMS, 1)], [0])
    for k, point in enumerate(points):
        _same_outcome(sheet, together.only(_lanes(_ARMS, k)), run(point, _lanes(_ARMS), [0]))


def any_town_adds_up(dice: Dice, sheet: Sheet, more: int) -> None:
    """Numbers drawn afresh: hours, people and incidents add up, and every programme gets the same hours."""
    for _ in range(3 * more):
        outcome = run(_random_towns(dice), _lanes(_ARMS), [0, 1])
        adding_up(sheet, outcome)
        sheet.none("hours spent where nothing is done", sum((h[:, 1:, 0] != 0).sum() for h in outcome.spent.values()))


def both_faces_agree(dice: Dice, sheet: Sheet, more: int) -> None:
    """Agents who act one by one by their own verbs end where the columns do, bit for bit."""
    for _ in range(more):
        scenario = _random_towns(dice, "settings.weeks=34")
        agents, columns = (Community(scenario, arm=RECOPRODUCED, pace=pace) for pace in ("agent", "week"))
        agents.run_for(34)
        columns.run_for(34)
        sheet.same("weekly figures", agents.town.records.weekly, columns.town.records.weekly)
        mine, theirs = agents.town.columns, columns.town.columns
        for name in ("good", "bad", *vars(mine)):
            if isinstance(getattr(mine, name), np.ndarray):
                sheet.same(f"column {name}".replace("_", " "), getattr(mine, name), getattr(theirs, name))


LAWS = (
    Case("14", "Labels and order: outputs are permuted, nothing else", labels_and_order_are_only_labels),
    Case("luck", "Company: nobody's random numbers move", company_shifts_nobodys_luck),
    Case("lanes", "Points side by side: what each is alone", points_side_by_side_are_what_each_is_alone),
    Case("sums", "Any parameters: hours, people and incidents add up", any_town_adds_up),
    Case("faces", "Agents one by one: the columns, bit for bit", both_faces_agree),
)
