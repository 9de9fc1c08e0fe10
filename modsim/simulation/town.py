"""One world with its lanes: what the stages of the week read and change."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from modsim import compiling
from modsim.inputs.levers import Levers
from modsim.inputs.scenario import Scenario
from modsim.inputs.uncertainties.services import commitment_at
from modsim.rules import partnering, trusting
from modsim.simulation.columns import PARTICIPANT_WINDOW_WEEKS, Columns, Stage, Standing, entries
from modsim.simulation.crowds.tiles import BEYOND, WIDTH, laid_out, unsigned
from modsim.simulation.lanes import columns_of
from modsim.simulation.rulebook import Rules, rules_stand, what_all_do
from modsim.simulation.state import EXPERIENCE, PARTNER_WEEKLY, PROGRAMME_WEEKLY, State
from modsim.simulation.surroundings import surroundings
from modsim.world.draws import draw
from modsim.world.young_people import FIXED_POINT, World

if TYPE_CHECKING:
    from modsim.simulation.community import Community
    from modsim.simulation.records import Records


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
        rules: Rules | None = None,
    ):
        self.world = world
        self.rules = (rules or Rules()).checked()
        self.own_rules = (rules or Rules()).compilable  # those that are not the model's, by name
        self.scenario = scenario = scenarios[0]
        self.records = records
        self.model: Community | None = None  # the Mesa model, where there is one
        self.laid_out: tuple[Any, ...] = ()  # for a stage in which they do
        self._do = what_all_do(self.rules)
        self.keys_of_seeing = np.array([draw(f"seeing: {kind}") for kind in world.partners.kinds])
        self.fixed = surroundings(world, scenarios, arms)
        self.levers = self.fixed["levers"]
        self.lanes = len(arms)
        self.p = columns_of(self.fixed["p"])  # the numbers of every lane's rules
        self._dissimilarities = list(dict.fromkeys(s.world.dissimilarity for s in scenarios))
        self._point_of_lane = np.array([self._dissimilarities.index(s.world.dissimilarity) for s in scenarios])
        self.lanes_by_dissimilarity = [
            np.nonzero(self._point_of_lane == k)[0].tolist() for k in range(len(self._dissimilarities))
        ]
        self.listed_in = np.array([area.opens_week for area in world.areas])  # week from which lists are followed
        if scenario.settings.spreads == "diffusion":
            self.listed_in[[area.role == "recipient" for area in world.areas]] = 0
        self.trust_start = self.fixed["trust_start"]
        self.seen_share = np.array([scenario.reporting.seen_by(kind) for kind in world.partners.kinds])  # (services,)
        self.columns = columns or Columns(world, scenarios)
        if columns is None:
            self._begin()
        self._settle_surroundings()
        self._areas = np.arange(len(world.areas))[:, None]
        self._state: State | None = None
        self._place_of_state, self._is_laid_down = None, False
        self._rules_stand = rules_stand()
        self.now = PROGRAMME_WEEKLY.records(len(world.areas), self.lanes)
        c = self.columns
        row, lane = entries(c.occurred)  # of those with incidents this week, how many, and how many were expected
        self.caused: tuple[np.ndarray, ...] = (row, lane, c.occurred[row, lane], np.zeros(len(row)))
        self.changed = ((c.lasting != 0.0) | (c.lasting_target != 0.0)).any(axis=1)  # rows: for good, in some lane
        self.completers = c.completed.any(axis=1)  # rows: in some lane
        self.touched = ((c.benefit != 0.0) | c.in_course).any(axis=1)  # rows: by a session or a stop, this week
        self.spare = np.zeros(c.inclination.size + BEYOND)  # inclination as it was
        self.reports = np.zeros((len(world.areas), self.lanes), dtype=np.int64)  # reported incidents of this week
        self.serious = np.zeros((len(world.areas), self.lanes), dtype=np.int64)  # incidents of this week
        self.trust_gained = np.zeros((world.rows, self.lanes))  # in services, on average, since the start
        self.trust_sums = np.zeros(self.trust_start.shape, dtype=np.int64)  # by area, of 1/FIXED_POINT
        self.expected = np.empty((0, self.lanes))  # incidents of everybody this week (rows, lanes), where needed
        self.residents_mean: dict[str, np.ndarray] = {}  # their trust, fear and efficacy (areas, lanes)
        self.experiences = EXPERIENCE.records(0)
        self.partners_now = PARTNER_WEEKLY.records(len(world.areas), self.lanes, world.partners.most)

    @property
    def state(self) -> State:
        """What acts look at and change, this week."""
        if self._state is None:
            c, world = self.columns, self.world
            records = {name: c.records[name] for name in ("people", "partners", "pair_trust", "programmes", "listing",
                                                         "choices", "wishes", "votes", "spent", "in_kind")}  # fmt: skip
            self._state = State(
                **self.fixed, **records, first_row=unsigned(world.first_row), age=world.age,
                ties=unsigned(world.ties.start), tied=unsigned(world.ties.friends), inclination=c.inclination,
                lasting=c.lasting, trust_gained=self.trust_gained,
                mean_start=self.mean_start, first_resident=unsigned(world.residents.first_row),
                neighbour_ties=unsigned(world.residents.ties.start),
                neighbours=unsigned(world.residents.ties.friends), usually_known=self.usually_known, fear=c.fear,
                efficacy=c.efficacy, resident_good=c.resident_good, resident_bad=c.resident_bad,
                partners_now=self.partners_now, trust_sums=self.trust_sums, generation=world.generation,
                log_rate=world.whole_log_rates, log_rate_sums=world.log_rate_sums, active=world.active_people,
                lasting_target=c.lasting_target, benefit=c.benefit, in_course=c.in_course, changed=self.changed,
                completers=self.completers,
                touched=self.touched, remembered=c.experience.common, apart=c.experience.apart,
                remembered_apart=c.experience.own, experiences=self.experiences, now=self.now, reports=self.reports,
                year_of_reports=c.year_of_reports, years_of_expected=c.years_of_expected,
            )  # fmt: skip
        return self._state

    @property
    def place_of_state(self) -> Any:
        """Where compiled drivers find it."""
        if not self._is_laid_down:
            from modsim.compiling import jit  # only here: Numba is not imported where nothing is compiled

            self._place_of_state = jit.laid_down(self.state, self._place_of_state)
            self._is_laid_down = True
        return self._place_of_state

    def columns_changed_places(self) -> None:
        """Some of the columns are others now."""
        self._state, self._is_laid_down = None, False

    @property
    def do(self) -> SimpleNamespace:
        """How everybody behaves: the rules, and the verbs of young people and partners, by name."""
        return self.model.do if self.model and self.by_agents else self._do

    @property
    def is_compiled(self) -> bool:
        """Whether loops may be compiled: not where agents act by their own verbs, or a rule was changed where it is."""
        return self._rules_stand and not self.by_agents and compiling.is_on()

    @property
    def by_agents(self) -> bool:
        """Whether the agents of the Mesa model act by their own verbs."""
        return bool(self.fixed["scene"].by_agents[0])

    def go_by_agents(self, by_agents: bool) -> None:
        """From now on agents act by their own verbs, one after another; or no longer."""
        self.fixed["scene"].by_agents[:] = by_agents
        width = 1 if by_agents else WIDTH  # by agents, each is gone through alone
        self.fixed["numbers"] = laid_out(self.fixed["p"], width)
        self.columns_changed_places()

    def begin_week(self, week: int) -> None:
        """Set the clock of the acts, and see that there is room for all experiences of a week."""
        scene, c = self.fixed["scene"][0], self.columns
        scene.week, self._rules_stand = week, rules_stand()
        own = self.world.rows if self.by_agents else 1  # verbs of somebody's own may write down more
        self.make_room(4 * c.listed.size + int(c.joined.sum()) + own)

    def make_room(self, number: int) -> None:
        """See that so many more experiences of this week can be written down."""
        room = self.fixed["scene"][0].experiences + number
        if len(self.experiences) < room:
            larger = EXPERIENCE.records(2 * room)
            larger[: len(self.experiences)] = self.experiences
            self.experiences = larger
            self.columns_changed_places()

    def experienced(self) -> tuple[np.ndarray, ...]:
        """This week's experiences, once: kind, row, lane, good and bad ones."""
        scene = self.fixed["scene"][0]
        now = self.experiences[: scene.experiences].copy()
        scene.experiences = 0
        return tuple(np.ascontiguousarray(now[name]) for name in ("kind", "row", "lane", "good", "bad"))

    def know_listed(self, areas: np.ndarray, lanes: np.ndarray) -> None:
        """Look up what the world knows of those on new referral lists, of some areas in some lanes."""
        c, world = self.columns, self.world
        which, n = np.nonzero(c.listed[areas, :, lanes] >= 0)
        at = areas[which], n, lanes[which]
        rows, back = np.unique(c.listed[at], return_inverse=True)  # many are on the lists of several lanes
        c.support[at], c.territory[at] = world.support_of(rows)[back], world.territory_of(rows)[back]
        c.goal[at] = world.goal_of(rows)[back]
        self._know_wishes(*at)

    def _know_wishes(self, area: np.ndarray, n: np.ndarray, lane: np.ndarray) -> None:
        if len(area):
            found = self.interests(self.columns.listed[area, n, lane], lane)
            self.columns.records["wishes"]["share"][area, lane, n] = found

    def know_wishes(self) -> None:
        """Where wishes drift, look up those of everybody on a list at the turn of a year."""
        c, settled = self.columns, (Standing.GONE, Standing.DROPPED, Standing.COMPLETED)
        if self.week < PARTICIPANT_WINDOW_WEEKS or self.week % PARTICIPANT_WINDOW_WEEKS:
            return
        if self.scenario.world.drift_per_year:
            kept = (c.listed >= 0) & ~np.isin(c.standing, settled) & (c.stage != Stage.IDLE)[:, None]
            self._know_wishes(*np.nonzero(kept))

    def _settle_surroundings(self) -> None:
        """Patrol, what residents start from and usually come to know, and the mean trust young people start with."""
        world = self.world
        self.youths = np.diff(world.first_row)[:, None]
        self.police = world.partners.kinds.index("police") if "police" in world.partners.kinds else None
        self.usual_patrol = self.youths * self.p.policing.patrol_hours / 1000.0
        sees = self.p.residents.sees
        self.usually_known = self.fixed["areas"].expected_reports[:, None] * sees  # incidents a week (areas, lanes)
        has = world.partners.has_kind.T[..., None]  # (services, areas, 1)
        total = np.zeros(self.trust_start.shape[1:])
        for kind in range(len(has)):
            total = total + has[kind] * self.trust_start[kind]
        self.mean_start = total / has.sum(axis=0)

    def _begin(self) -> None:
        """Who works for each service, and who would lead, before the history begins."""
        c, partners = self.columns, self.world.partners
        for position in range(partners.most):
            areas = np.nonzero(partners.present[:, position])[0]
            for lane in range(self.lanes):
                self.new_worker(areas, np.full(len(areas), position), np.full(len(areas), lane))
        score = partnering.lead_score(
            self.effective_commitment,
            np.take_along_axis(np.moveaxis(self.trust_start, 0, 1), partners.kind[..., None], 1),
        )
        c.lead[:] = np.argmax(np.where(self.fixed["seats"].may_lead[..., None], score, -1.0), axis=1)

    def welcome(self, rows: np.ndarray) -> None:
        """Put the rows of people who grew out at rest, for the newcomers who now hold them."""
        self.columns_changed_places()  # those of the world
        if not rows.size:
            return
        self.columns.forget_rows(rows)
        self.changed[rows] = self.completers[rows] = False
        now = self.experiences[: self.fixed["scene"][0].experiences]
        gone = np.isin(now.row, rows)
        now.good[gone] = now.bad[gone] = 0

    def settle_residents_mean(self, sums: Sequence[np.ndarray] | np.ndarray) -> None:
        """Means of residents' trust, fear and efficacy by area, from their sums (areas, lanes) in whole numbers."""
        people = np.diff(self.world.residents.first_row)[:, None] * FIXED_POINT
        self.residents_mean = {k: each / people for k, each in zip(("trust", "fear", "efficacy"), sums, strict=True)}

    def sum_by_area(self, row: np.ndarray, lane: np.ndarray, number: np.ndarray | None = None) -> np.ndarray:
        """Whole numbers of some people (n,), each in its lane, or one each, added up by area (areas, lanes)."""
        areas = len(self.world.areas)
        found = np.bincount(self.world.area[row] * self.lanes + lane, number, areas * self.lanes)
        return found.astype(np.int64).reshape(areas, self.lanes)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_state": None, "_place_of_state": None, "_is_laid_down": False}

    def new_worker(self, area, position, lane) -> None:
        """Give these partners the commitment of the worker who now stands for them."""
        c, number = self.columns, self.world.partners.number[area, position]
        u = self.world.luck.uniform("commitment", area, 0, number, c.worker[area, position, lane])
        p = self.p.commitment
        c.commitment[area, position, lane] = commitment_at(u, p.mean[lane], p.sd[lane])

    @property
    def effective_commitment(self) -> np.ndarray:
        """Commitment of every partner as regard lets it work out (areas, partners, lanes); 0 where there is none."""
        c = self.columns
        found = partnering.effective_commitment(c.commitment, c.regard, self.p.commitment)
        return found * self.world.partners.present[..., None]

    @property
    def patrol_displaces(self) -> bool:
        """Whether patrol that was bought this week moves incidents to other areas."""
        return bool(np.any(self.p.policing.displacement)) and bool(self.now.patrol_bought.any())

    @property
    def expected_by_area_is_needed(self) -> bool:
        """Whether everybody's expected incidents are added up this week."""
        return self.scenario.settings.spreads == "diffusion" or self.patrol_displaces

    def mean_of_partners(self, each: np.ndarray) -> np.ndarray:
        """Mean of a figure of partners (areas, partners, lanes) by area, added in the order of their numbers.

        It must be 0 where there is no partner.
        """
        return summed(each) / self.world.partners.size[:, None]

    @property
    def together(self) -> np.ndarray:
        """Mean trust between the partners of an area (areas, lanes); where it started if there is only one partner."""
        present = self.world.partners.pair_present
        total = summed(self.columns.between * present[..., None])
        number = present.sum(axis=1)[:, None]
        return np.where(number > 0, total / np.maximum(number, 1), self.p.commitment.together_start)

    def ties_across_sectors(self) -> np.ndarray:
        """Pairs of partners of different sectors who trust each other enough to count as tied (areas, pairs, lanes)."""
        tied = self.columns.between >= self.p.commitment.tie_from
        return tied & self.world.partners.across_sectors[..., None]

    @property
    def lead_kind(self) -> np.ndarray:
        """The type of service that leads, as its position in `world.partners.kinds` (areas, lanes)."""
        return self.world.partners.kind[self._areas, self.columns.lead]

    def of_lead(self, each: np.ndarray) -> np.ndarray:
        """Of a figure of partners (areas, partners, lanes), that of the lead (areas, lanes)."""
        return each[self._areas, self.columns.lead, np.arange(self.lanes)]

    def trust(self, kind, row, lane) -> np.ndarray:
        """Trust of people in a type of service, each in its lane: all broadcast to each other."""
        start = self.trust_start[kind, self.world.area[row], lane]
        good, bad = self.columns.experience.of(kind, row, lane)
        return trusting.trust(start, good, bad, self.fixed["p"][lane].trust)

    def mean_trust_in(self, kind: np.ndarray, lanes: np.ndarray) -> np.ndarray:
        """Mean trust of an area's young people in a type of service, both (areas, ...), in these lanes."""
        areas = np.arange(len(self.world.areas)).reshape(-1, *[1] * (kind.ndim - 1))
        return self.trust_sums[kind, areas, lanes] / (self.youths.reshape(areas.shape) * FIXED_POINT)

    def interests(self, rows: np.ndarray, lanes: np.ndarray) -> np.ndarray:
        """Shares of wishes (n, K) of the people at these rows, each in its lane."""
        if len(self._dissimilarities) == 1:
            return self.world.wishes_of(rows, self._dissimilarities[0])
        shares = np.empty((len(rows), len(self.world.activity_ids)))
        for k, dissimilarity in enumerate(self._dissimilarities):
            mine = self._point_of_lane[lanes] == k
            shares[mine] = self.world.wishes_of(rows[mine], dissimilarity)
        return shares

    def patterns(self, area: np.ndarray, lane: np.ndarray) -> np.ndarray:
        """Shares of wishes (n, K) of areas as a whole, each in a lane."""
        points, back = np.unique(self._point_of_lane[lane], return_inverse=True)
        return np.array([self.world.wishes(self._dissimilarities[k]).pattern for k in points])[back, area]

    @property
    def week(self) -> int:
        return self.world.week

    @property
    def is_open(self) -> np.ndarray:
        """Where there is a programme or the like by now, and it has not lapsed (areas, lanes)."""
        c = self.columns
        return self.levers.spends & (self.week >= c.opens) & (self.week < c.lapsed_week)

    @property
    def resident_trust(self) -> np.ndarray:
        """Trust of residents in services (residents, lanes)."""
        c = self.columns
        p, weight = self.p.residents, self.p.trust
        return trusting.trust(p.start_trust, c.resident_good, c.resident_bad, weight)


def summed(each: np.ndarray) -> np.ndarray:
    """A figure of partners (areas, partners, lanes) added up in the order of their numbers."""
    return np.add.accumulate(each, axis=1)[:, -1] if each.shape[1] else each.sum(axis=1)
