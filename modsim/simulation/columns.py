"""All that an arm can change, as columns with lanes innermost: people (rows, lanes), programmes (areas, lanes).

A lane is one arm at one dissimilarity. The lanes of a `Town` live in one `World`: they share its people, ties and luck.
"""

from collections.abc import Sequence
from copy import copy
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from modsim.inputs.levers import Levers
from modsim.inputs.scenario import Scenario
from modsim.rules import designing
from modsim.simulation.lanes import LaneNumbers
from modsim.world.young_people import World

if TYPE_CHECKING:
    from modsim.simulation.community import Community
    from modsim.simulation.records import Records

HEADINGS = ("contacts", "design", "delivery")
NEVER = -10_000  # a week before any other
PARTICIPANT_WINDOW_WEEKS = 52
_MOST_OCCASIONS = 128  # contacts, waves or sessions in one round, each with its own luck


class Stage(IntEnum):
    """Where an area's programme stands."""

    IDLE = 0
    SETUP = 1
    RECRUITING = 2
    COURSE = 3


class Standing(IntEnum):
    """Where somebody on the list of the present round stands."""

    NOT_ASKED = 0
    DECLINED = 1
    IN = 2
    DROPPED = 3
    COMPLETED = 4
    GONE = 5


class LaneLevers:
    """The levers of every lane in every area, as columns (areas, lanes); the origin has its own in every lane."""

    def __init__(self, world: World, arms: Sequence[Levers]):
        scenario = world.scenario
        origin = scenario.origin.levers
        grid = [[origin if area.role == "origin" else arm for arm in arms] for area in world.areas]

        def column(value, dtype):
            return np.array([[value(levers) for levers in row] for row in grid], dtype=dtype)

        size = scenario.programme.menu_size
        self.runs = column(lambda x: x.spends_on == "programme", bool)
        self.signals = column(lambda x: {"none": 0, "all": 10**9}.get(x.signals, x.signals), np.int64)
        self.learns = column(lambda x: x.menu == "learned", bool)
        self.fixed_slots = column(lambda x: x.fixed_slots, np.int64)
        self.power_design = column(lambda x: x.power_design, float)
        self.process_knowledge = column(lambda x: x.process_knowledge, float)
        self.setup_weeks = column(lambda x: x.setup_weeks, float)
        self.learned_share = column(lambda x: (size - x.fixed_slots) / size if x.menu == "learned" else 0.0, float)
        self.given_menu = np.moveaxis(column(lambda x: given_menu(scenario, x), float), 2, 0)
        self.is_recipient = np.array([area.role == "recipient" for area in world.areas])


def given_menu(scenario: Scenario, levers: Levers) -> list[float]:
    """The menu known before anybody is asked, as zeros and ones by activity id: all of it, or the fixed slots."""
    if levers.menu == "origin":
        chosen = scenario.origin_menu
    elif levers.menu == "learned":
        chosen = scenario.origin_menu[: levers.fixed_slots]
    else:
        chosen = [] if levers.menu == "none" else levers.menu
    return [1.0 if i in chosen else 0.0 for i in scenario.activity_ids]


class Columns:
    """The state of all lanes, one for each scenario. Columns start empty or at rest; `spread` makes more lanes."""

    def __init__(self, world: World, scenarios: Sequence[Scenario]):
        lanes = len(scenarios)
        rows, areas, activities = world.rows, len(world.areas), len(world.activity_ids)
        programme, memory = world.scenario.programme, world.scenario.targeting.memory_weeks

        def people(dtype, start=0):
            return np.full((rows, lanes), start, dtype=dtype)

        def programmes(dtype, start=0):
            return np.full((areas, lanes), start, dtype=dtype)

        def listed(dtype, start=0):
            return np.full((areas, programme.list_length, lanes), start, dtype=dtype)

        # where experience starts: (rows, lanes), or (rows, 1) where all lanes start alike
        tables = [scenario.trust for scenario in scenarios]
        tables = tables[:1] if all(table == tables[0] for table in tables) else tables
        start = np.array([[p.start_in(area.lead, area.anchor) for p in tables] for area in world.areas])[world.area]
        strength = np.array([p.prior_strength for p in tables])
        self.start_good = start * strength
        self.start_bad = (1.0 - start) * strength
        # people
        self.good = people(float) + self.start_good
        self.bad = people(float) + self.start_bad
        self.inclination = people(float)
        self.contact_weeks = people(np.int16)
        self.ever_in = people(bool)
        self.completed = people(bool)
        self.dropped_week = people(np.int16, NEVER)
        self.first_session = people(np.int16, NEVER)
        self.seen_in_memory = people(np.int16)
        self.seen_weeks = np.zeros((memory, rows, lanes), dtype=np.uint8)
        self.reported_in_window = people(np.int16)
        self.reported_weeks = np.zeros((PARTICIPANT_WINDOW_WEEKS, rows, lanes), dtype=np.uint8)
        # people, this week only
        self.good_events = people(np.int16)
        self.bad_events = people(np.int16)
        self.benefit = people(float)
        self.in_course = people(bool)
        self.occurred = people(np.int16)
        self.reported = people(np.int16)
        self.seen = people(np.int16)
        # programmes
        self.stage = programmes(np.int8, Stage.IDLE)
        self.stage_week = programmes(np.int64)
        self.moves_on = programmes(bool)
        self.round = programmes(np.int64)
        self.places = programmes(np.int64)
        self.setup_weeks = programmes(np.int64, 1)
        self.design_hours = programmes(float)
        self.menu = np.zeros((activities, areas, lanes))
        self.signals = np.zeros((activities, areas, lanes), dtype=np.int64)
        self.purse = programmes(float)
        self.arrived = programmes(float)
        self.spent = {heading: programmes(float) for heading in HEADINGS}
        self.invited, self.joined, self.sessions, self.completions, self.missed_promises, self.waited = (
            programmes(np.int64) for _ in range(6)
        )
        # those on the list of the present round
        self.listed = listed(np.int64, -1)
        self.standing = listed(np.int8, Standing.NOT_ASKED)
        self.attended = listed(np.int16)

    def spread(self, lanes: Sequence[int]) -> "Columns":
        """Columns of a new set of lanes, each a copy of the lane named for it; these stay as they are."""
        new = copy(self)
        for name, column in vars(self).items():
            if isinstance(column, dict):
                setattr(new, name, {key: np.take(value, lanes, axis=-1) for key, value in column.items()})
            elif name not in ("start_good", "start_bad") or column.shape[-1] > 1:
                setattr(new, name, np.take(column, lanes, axis=-1))
        return new

    def forget_rows(self, rows: np.ndarray) -> None:
        """Put the rows of people who left at rest, for the newcomers who now hold them."""
        self.good[rows] = self.start_good[rows]
        self.bad[rows] = self.start_bad[rows]
        for column in (self.inclination, self.contact_weeks, self.ever_in, self.completed):
            column[rows] = 0
        self.dropped_week[rows] = self.first_session[rows] = NEVER
        self.seen_in_memory[rows] = self.reported_in_window[rows] = 0
        self.seen_weeks[:, rows] = self.reported_weeks[:, rows] = 0
        self.standing[np.isin(self.listed, rows)] = Standing.GONE


class Town:
    """One world with its lanes: what the stages of the week read and change.

    Each lane follows the levers in `arms` and the numbers of its scenario in `scenarios`, which may differ in the
    tables of `modsim.simulation.lanes.LANE_TABLES` and in the dissimilarity.
    """

    def __init__(
        self,
        world: World,
        arms: Sequence[Levers],
        scenarios: Sequence[Scenario],
        records: "Records",
        columns: Columns | None = None,
    ):
        self.world = world
        self.scenario = scenarios[0]
        self.records = records
        self.model: Community | None = None  # the Mesa model, where there is one
        self.levers = LaneLevers(world, arms)
        self.lanes = len(arms)
        self.numbers = LaneNumbers(scenarios)
        different = list(dict.fromkeys(s.world.dissimilarity for s in scenarios))
        self._wishes = [world.wishes(dissimilarity) for dissimilarity in different]
        self._wishes_of_lane = np.array([different.index(s.world.dissimilarity) for s in scenarios])
        self.columns = columns or Columns(world, scenarios)
        scenario = self.scenario
        self.opens = np.array([area.opens_week for area in world.areas])[:, None]
        self.links = np.array([[s.designing.links(area.anchor) for s in scenarios] for area in world.areas])
        self.lead_bonus = np.array([[s.trust.bonus(area.lead, area.anchor) for s in scenarios] for area in world.areas])
        self.seen_share = np.array([scenario.reporting.seen_by(area.lead) for area in world.areas])
        by_id = {a.id: a.origin_share for a in scenario.activities}
        shares = np.array([by_id[i] for i in world.activity_ids])
        # what professionals expect, (activities, lanes)
        self.prior = np.stack(
            [designing.professional_prior(shares, len(shares), s.listening) for s in scenarios], axis=-1
        )
        self.origin_menu = np.array([float(i in scenario.origin_menu) for i in world.activity_ids])

    def interests(self, rows: np.ndarray, lanes: np.ndarray) -> np.ndarray:
        """Shares of wishes (n, K) of the people at these rows, each in its lane."""
        if len(self._wishes) == 1:
            return self._wishes[0].of(rows)
        shares = np.empty((len(rows), len(self.world.activity_ids)))
        for k, wishes in enumerate(self._wishes):
            mine = self._wishes_of_lane[lanes] == k
            shares[mine] = wishes.of(rows[mine])
        return shares

    @property
    def week(self) -> int:
        return self.world.week


def occasion(round_number, ordinal):
    """The occasion, as a key of luck, of the n-th contact, wave or session of a round: the same in every arm."""
    return round_number * _MOST_OCCASIONS + ordinal


class RoundPlan:
    """What the next round of each programme would take: weeks and hours (areas, lanes)."""

    def __init__(self, town: "Town"):
        p, programme, levers = town.numbers.designing, town.scenario.programme, town.levers
        links, round_number = town.links, town.columns.round
        effort = np.where(round_number == 0, 1.0, p.refresh)
        meetings = designing.full_meetings_needed(levers.learned_share, effort, p)
        shortest = designing.shortest_setup_weeks(levers.setup_weeks, effort, levers.process_knowledge, p)
        # one meeting a fortnight; the small number keeps 8.000000001 weeks from becoming 9
        weeks = np.ceil(np.maximum(shortest, 2.0 * meetings) - 1e-9)
        fewest = max(programme.contacts_each, 1)  # at most one contact a week with each, and all of them made
        self.setup_weeks = np.maximum(weeks, fewest).astype(np.int64)
        self.weeks = self.setup_weeks + programme.recruitment_waves + programme.course_weeks
        self.design_hours = designing.design_hours(
            meetings, links, self.setup_weeks, levers.learned_share, effort, levers.process_knowledge, p
        )
        self.contact_hours = programme.contacted * programme.contacts_each * programme.contact_hours
        bespoke_if_given = bespoke_share(levers.given_menu, town.origin_menu)
        self.bespoke_share = np.where(levers.learns, levers.learned_share, bespoke_if_given)
        self._programme, self._designing = programme, p

    def cost(self, places):
        """Hours of the whole round, if every learned activity turned out to be a new one."""
        session = designing.delivery_hours(places, self.bespoke_share, self._programme.hours_per_place, self._designing)
        return self.contact_hours + self.design_hours + self._programme.course_weeks * session


def bespoke_share(menu, origin_menu):
    """Share of a menu (K, ...) that is not on the origin's; 0 for an empty menu. Counts are exact in any order."""
    new = (1.0 - origin_menu).reshape(-1, *[1] * (menu.ndim - 1)) * menu
    return new.sum(axis=0) / np.maximum(menu.sum(axis=0), 1.0)
