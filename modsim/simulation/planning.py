"""What the next round of a programme would take: weeks and hours, and who would lead it."""

import numpy as np

from modsim.rules import designing, partnering, sharing
from modsim.simulation.town import Town, bespoke_share
from modsim.world.young_people import FIXED_POINT


class RoundPlan:
    """What the next round of each programme would take, as columns (areas, lanes)."""

    def __init__(self, town: Town):
        c, levers, scenario = town.columns, town.levers, town.scenario
        p, programme = town.numbers.designing, scenario.programme
        carried_on = levers.keeps_learning | ~levers.learns  # what was found out is not found out again
        self.effort = np.where((c.round == 0) | ~carried_on, 1.0, p.refresh)
        designed_share = np.where(town.designs_menu, levers.learned_share, 0.0)
        self.knowledge = np.where(levers.keeps_learning, c.knowledge, town.first_knowledge)
        self.meetings = designing.full_meetings_needed(designed_share, self.effort, p)
        given = np.where(c.round == 0, 1.0, p.refresh)  # what is not designed is only put up again
        effort = designed_share * self.effort + (1.0 - designed_share) * given
        weeks = np.full(c.round.shape, town.levers.longest_setup) if self._starts_equal(town) else levers.setup_weeks
        known = 0.0 if self._starts_equal(town) else self.knowledge
        shortest = designing.shortest_setup_weeks(weeks, effort, known, p)
        # the small number keeps 8.000000001 weeks from becoming 9; at most one contact a week with each, and all made
        self.setup_weeks = np.maximum(np.ceil(shortest - 1e-9), max(programme.contacts_each, 1)).astype(np.int64)
        present = np.where(p.meetings_are_full, 1.0, np.minimum(town.mean_commitment(), 1.0))
        quality = partnering.meeting_quality(present, self.knowledge, p)
        meetings = np.ceil(self.meetings / np.maximum(quality, 0.05) - 1e-9)  # one a fortnight, as good as expected
        likely = np.maximum(self.setup_weeks, 2 * meetings.astype(np.int64))
        self.weeks = likely + programme.recruitment_waves + programme.course_weeks
        self.weeks_to_course = likely + programme.recruitment_waves
        links = town.world.partners.links[:, None]
        in_meetings = town.world.partners.size[:, None] * p.meeting_hours * self.meetings
        linking = likely * designing.linking_hours(links, designed_share, self.effort, p)
        charged = town.numbers.purse.charge_inkind
        self.design_hours = charged * designing.hours_saved(in_meetings + linking, self.knowledge, p)
        self.contact_hours = programme.contacted * programme.contacts_each * programme.contact_hours
        bespoke_if_given = bespoke_share(levers.given_menu, town.origin_menu)
        self.bespoke_share = np.where(levers.learns, levers.learned_share, bespoke_if_given)
        known = levers.learns & ~town.designs_menu
        self.bespoke_share = np.where(known, bespoke_share(c.menu, town.origin_menu), self.bespoke_share)
        self._mentoring = charged * programme.mentor_hours
        self._programme, self._numbers, self._levers = programme, town.numbers, levers

    @staticmethod
    def _starts_equal(town: Town) -> bool:
        return town.scenario.settings.comparison == "equal_start"

    def session_hours(self, places):
        """Hours of one week of the course, mentors included, if every learned activity turned out to be a new one."""
        p, each = self._numbers.designing, self._programme.hours_per_place
        hours = delivery_hours(places, self.bespoke_share, self._levers.individual, each, p)
        return (
            sharing.hours_with_peers(hours, self._levers.peer_delivery, self._numbers.sharing)
            + places * self._mentoring
        )

    def cost(self, places):
        """Hours of the whole round."""
        return self.contact_hours + self.design_hours + self._programme.course_weeks * self.session_hours(places)


def delivery_hours(places, bespoke_share, individual, hours_per_place, p):
    """Staff hours of one week of a course: shared, or a plan for each."""
    shared = designing.delivery_hours(places, bespoke_share, hours_per_place, p)
    return np.where(individual, designing.hours_of_own_plans(places, hours_per_place, p), shared)


def course_dates(town: Town) -> np.ndarray:
    """Where all arms hold their courses on the same dates: the week in which that of the next round begins."""
    programme = town.scenario.programme
    first = np.ceil(town.levers.longest_setup) + programme.recruitment_waves
    cycle = first + programme.course_weeks
    return town.columns.opens + first + town.columns.round * cycle


def chosen_lead(town: Town, area: int, lane: int) -> int:
    """Position of the partner who leads the next round: the most committed and trusted of those who may."""
    trust = town.mean_trust_in(town.world.partners.kind, np.array(lane))[area]
    score = partnering.lead_score(town.effective_commitment[area, :, lane], trust)
    return int(np.argmax(np.where(town.may_lead[area], score, -1.0)))


def mean_trust(values: np.ndarray) -> float:
    """Mean of trust over people, added as whole numbers so that no order matters."""
    return float(np.rint(values * FIXED_POINT).astype(np.int64).sum() / (len(values) * FIXED_POINT))
