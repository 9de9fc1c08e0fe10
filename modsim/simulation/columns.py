"""All that an arm can change, as columns with lanes innermost.

People are (rows, lanes), programmes (areas, lanes), partners (areas, partners, lanes), those listed (areas, places on
the list, lanes). A lane is one arm at one parameter point.
"""

from collections.abc import Sequence
from copy import copy
from enum import IntEnum

import numpy as np

from modsim.inputs.scenario import Scenario
from modsim.simulation.experience import BAD, GOOD, Experience
from modsim.world.young_people import World

ROUND_HEADINGS = ("contacts", "meetings", "links", "delivery", "mentoring", "negotiation")
HEADINGS = (*ROUND_HEADINGS, "learning", "patrol")
NEVER = -10_000  # a week before any other
NOT_YET = 1_000_000  # a week after any other
PARTICIPANT_WINDOW_WEEKS = 52


def entries(where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and lanes (n,) where a column (rows, lanes) is not zero, in order; quicker than `nonzero` on it."""
    row, lane = np.divmod(np.flatnonzero(where), where.shape[1])
    return row, lane


class Stage(IntEnum):
    """Where an area's programme stands."""

    IDLE = 0
    SETUP = 1
    RECRUITING = 2
    COURSE = 3


class Standing(IntEnum):
    """Where somebody on the referral list of the present round stands."""

    NOT_ASKED = 0
    DECLINED = 1
    IN = 2
    DROPPED = 3
    COMPLETED = 4
    GONE = 5


class Columns:
    """The state of all lanes, one for each scenario. Columns start empty or at rest; `spread` makes more lanes."""

    def __init__(self, world: World, scenarios: Sequence[Scenario]):
        lanes = len(scenarios)
        rows, areas, activities = world.rows, len(world.areas), len(world.activity_ids)
        services, table = len(world.partners.kinds), world.partners.most
        programme = world.scenario.programme

        def column(*shape, of=float, start: float = 0):
            return np.full((*shape, lanes), start, dtype=of)

        # people
        self.experience = Experience(services, rows, lanes)  # with services
        self.inclination = column(rows)
        self.lasting = column(rows)  # what work or training has changed for good in the log-rate, so far
        self.lasting_target = column(rows)  # and what it will have changed
        self.contact_weeks = column(rows, of=np.int16)
        self.ever_in = column(rows, of=bool)
        self.completed = column(rows, of=bool)
        self.completed_week = column(rows, of=np.int16, start=NEVER)
        self.completed_match = column(rows)
        self.stayed_on = column(rows, of=bool)
        self.dropped_week = column(rows, of=np.int16, start=NEVER)
        self.first_session = column(rows, of=np.int16, start=NEVER)
        self.ever_listed = column(rows, of=bool)
        self.has_offended = column(rows, of=bool)
        self.seen_in_memory = column(services, rows, of=np.int16)
        self.reported_in_window = column(rows, of=np.int16)
        self.sightings: dict[int, Sightings] = {}  # by week, for as long as anybody remembers
        # people, this week only
        self.benefit = column(rows)
        self.in_course = column(rows, of=bool)
        self.occurred = column(rows, of=np.int16)
        self.reported = column(rows, of=np.int16)
        # partners
        self.worker = column(areas, table, of=np.int64)  # generation of the programme worker
        self.commitment = column(areas, table)
        self.regard = np.ones((areas, table, 1)) * np.array([s.commitment.regard_start for s in scenarios])
        self.queue = column(areas, table)
        self.free_hours = column(areas, table)
        self.strained = column(areas, table, of=bool)
        self.seen = column(areas, table, of=np.int64)
        self.worked = column(areas, table)  # programme hours, charged or not
        # programmes
        self.lead = column(areas, of=np.int64)  # position of the partner who leads
        pairs = world.partners.pairs.shape[1]
        self.between = np.ones((areas, pairs, 1)) * np.array([s.commitment.together_start for s in scenarios])
        self.ties_made = column(areas, of=np.int64)  # between partners of different sectors
        self.knowledge = column(areas)
        self.stage = column(areas, of=np.int8, start=Stage.IDLE)
        self.stage_week = column(areas, of=np.int64)
        self.moves_on = column(areas, of=bool)
        self.round = column(areas, of=np.int64)
        self.places = column(areas, of=np.int64)
        self.setup_weeks = column(areas, of=np.int64, start=1)
        self.sessions_held = column(areas, of=np.int64)
        self.negotiates = column(areas, of=bool)
        self.heard_in_week = column(areas, of=np.int64, start=-1)  # of the course: its last negotiation
        self.course_weeks = column(areas, of=np.int64, start=1)
        self.round_hours = column(areas)  # what the round under way still takes, as planned
        self.round_ends = column(areas, of=np.int64)
        self.effort = column(areas)
        self.meetings_needed = column(areas)
        self.meetings_held = column(areas)
        self.quality = column(areas)
        self.venue = column(areas, of=np.int64)
        self.venue_votes = column(int(world.territories.max()), areas, of=np.int64)
        self.menu = column(activities, areas)
        self.designed = column(activities, areas)  # the menu as it was last designed, before anybody asked for a change
        self.named = column(activities, areas, programme.list_length, of=np.int16)  # by each of those listed
        self.plan = column(activities, areas, programme.list_length, of=bool)  # of each, where there is no shared menu
        self.signals = column(activities, areas, of=np.int64)
        self.purse = column(areas)
        self.arrived = column(areas)
        self.bridged = column(areas, of=bool)
        self.spent = {heading: column(areas) for heading in HEADINGS}
        self.in_kind = {heading: column(areas) for heading in HEADINGS}
        (
            self.invited, self.joined, self.sessions, self.completions, self.missed_promises, self.waited,
            self.tokenism, self.breaches, self.granted, self.refused, self.goals, self.destinations, self.staff_left,
            self.designs, self.slots_chosen, self.slots_wished,
        ) = (column(areas, of=np.int64) for _ in range(16))  # fmt: skip
        self.sessions_by_peers = column(areas)
        self.sessions_in_all = column(areas, of=np.int64)
        self.group_followed_until = column(len(world.group_area), of=np.int64, start=NEVER)
        # groups and areas: what incidents stir up, and how the programme spreads
        self.excitement = column(len(world.group_area))  # incidents a group expects from what happened before
        self.displaced = column(areas)  # share by which last week's patrol elsewhere raises incidents here
        diffusion = world.scenario.settings.spreads == "diffusion"
        opens = [NOT_YET if diffusion and a.role == "recipient" else a.opens_week for a in world.areas]
        self.opens = column(areas, of=np.int64) + np.array(opens)[:, None]
        self.lapsed_week = column(areas, of=np.int64, start=NOT_YET)
        self.lead_lost_week = column(areas, of=np.int64, start=NEVER)
        self.reported_last_year = column(areas, of=np.int64)
        self.level_before = column(areas, start=1)  # expected incidents to background, in the year before it opened
        self.reported_before = column(areas, of=np.int64)  # in the year before it opened
        self.reported_weeks: dict[int, np.ndarray] = {}  # by week of the last year (areas, lanes)
        self.expected_weeks: dict[int, np.ndarray] = {}  # and their background (2, areas, lanes)
        # residents
        self.fear = column(world.residents.rows, start=0.5)
        self.efficacy = column(world.residents.rows, start=0.5)
        self.resident_good = column(world.residents.rows)
        self.resident_bad = column(world.residents.rows)
        # those on the referral list of the present round
        self.listed = column(areas, programme.list_length, of=np.int64, start=-1)
        self.standing = column(areas, programme.list_length, of=np.int8, start=Standing.NOT_ASKED)
        self.attended = column(areas, programme.list_length, of=np.int16)
        self.serving = column(areas, programme.list_length)  # sessions attended that served their own goal
        self.mentor = column(areas, programme.list_length, of=np.int16, start=-1)  # position of the mentor's service

    @property
    def good(self) -> np.ndarray:
        """Remembered good experience with each type of service (services, rows, lanes), worked out again."""
        return self.experience.of_rows()[GOOD]

    @property
    def bad(self) -> np.ndarray:
        """Remembered bad experience with each type of service (services, rows, lanes), worked out again."""
        return self.experience.of_rows()[BAD]

    def spread(self, lanes: Sequence[int]) -> "Columns":
        """Columns of a new set of lanes, each a copy of the lane named for it; these stay as they are."""
        new = copy(self)
        for name, column in vars(self).items():
            if isinstance(column, Experience):
                setattr(new, name, column.spread(lanes))
            elif name == "sightings":
                new.sightings = {week: seen.spread(lanes) for week, seen in self.sightings.items()}
            elif isinstance(column, dict):
                setattr(new, name, {key: np.take(value, lanes, axis=-1) for key, value in column.items()})
            else:
                setattr(new, name, np.take(column, lanes, axis=-1))
        return new

    def forget_rows(self, rows: np.ndarray) -> None:
        """Put the rows of people who left at rest, for the newcomers who now hold them."""
        for column in (
            self.inclination, self.lasting, self.lasting_target, self.contact_weeks, self.ever_in, self.completed,
            self.completed_match,
            self.stayed_on, self.reported_in_window, self.ever_listed, self.has_offended,
        ):  # fmt: skip
            column[rows] = 0
        self.experience.forget(rows)
        self.seen_in_memory[:, rows] = 0
        self.dropped_week[rows] = self.first_session[rows] = self.completed_week[rows] = NEVER
        gone = np.zeros(len(self.inclination) + 1, dtype=bool)  # the last stands for nobody, -1 on the referral list
        gone[rows] = True
        self.standing[gone[self.listed]] = Standing.GONE


class Sightings:
    """The reported incidents of one week, and how many of them each type of service saw: few, so kept as a list.

    Columns over entries: `row` and `generation` of who caused them, `lane`, `reported`, and `seen` (services, entries).
    """

    def __init__(self, row, lane, generation, reported, seen):
        self.row, self.lane, self.generation, self.reported, self.seen = row, lane, generation, reported, seen

    def spread(self, lanes: Sequence[int]) -> "Sightings":
        """The same for a new set of lanes, each a copy of the lane named for it."""
        at = [np.nonzero(self.lane == lane)[0] for lane in lanes]
        which = np.concatenate([np.empty(0, dtype=np.int64), *at])
        lane = np.repeat(np.arange(len(lanes)), [len(found) for found in at])
        return Sightings(self.row[which], lane, self.generation[which], self.reported[which], self.seen[:, which])
