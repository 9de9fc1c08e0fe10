"""The oracle: the whole model a second time, coarsely, by somebody who has only read the documents.

Who lives in a town, who is listed, asked, joins and comes is drawn; what happens to them (trust, propensity,
incidents, fear) is worked out as an expectation: friends are the mean of a group and of the town, residents are one.
Nothing of the model's code is used, only its parameter values. It knows one town with one core group, an anchor
organisation that leads, and no change of workers, no lapse and no negotiation in a course.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import poisson

from modsim.inputs.levers import Levers
from modsim.inputs.scenario import Scenario
from modsim.verification.townspeople import HISTORY, Townspeople, patterns

MEMORY = 26  # weeks for which services remember
_EVER = 10_000


def _logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


@dataclass
class Round:
    """A town's programme: where it stands, what it has, and its present round."""

    purse: float = 0.0
    stage: str = "idle"
    week: int = 0
    number: int = 0
    knowledge: float = 0.0
    setup: int = 0
    meetings: float = 0.0
    needed: float = 0.0
    effort: float = 1.0
    places: int = 0
    quality: float = 1.0
    held: int = 0


class Oracle:
    """An arm in many like towns, week by week; `incidents` (towns,) is what is expected to occur from week 0."""

    def __init__(self, scenario: Scenario, levers: Levers, people: Townspeople, luck: np.random.Generator):
        self.s, self.levers, self.people, self.luck = scenario, levers, people, luck
        self.area = scenario.areas[0]
        towns, number = people.support.shape
        self.towns = range(towns)
        ids = scenario.activity_ids
        origin = np.array([{a.id: a.origin_share for a in scenario.activities}[i] for i in ids])
        self.theta = patterns(scenario, towns, scenario.world.dissimilarity, luck)
        self.origin_menu = np.array([i in scenario.origin_menu for i in ids])
        p = scenario.listening
        self.prior = p.prior_origin_share * origin + (1 - p.prior_origin_share) / len(ids)
        of_group = self._dirichlet(self.theta[:, None, :], scenario.world.group_concentration, len(people.group_size))
        mine, of_those_who_come = (
            self._dirichlet(of_group[:, people.group], scenario.world.person_concentration) for _ in range(2)
        )
        self.wishes, self.wishes_to_come = mine, of_those_who_come
        c = scenario.commitment
        strength = c.mean * (1 - c.mean) / c.sd**2 - 1
        self.commitment = luck.beta(c.mean * strength, (1 - c.mean) * strength, (towns, 6))
        self.lead = 2  # the landlord is the third at the table
        self.regard = np.full(towns, c.regard_start)
        self.round = [Round() for _ in self.towns]
        shape = towns, number
        self.good, self.bad = np.zeros((3, *shape)), np.zeros((3, *shape))  # lead, police, any of the four others
        self.d, self.lasting, self.lasting_to = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.excited = np.zeros((towns, len(people.group_size)))
        self.fear, self.efficacy = np.full(towns, 0.5), np.full(towns, 0.5)
        self.resident_good, self.resident_bad = np.zeros(towns), np.zeros(towns)
        self.recent: list[np.ndarray] = []  # expected reports of each, week by week
        self.ever_in, self.completed = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        self.completed_at, self.dropped_at = np.full(shape, -_EVER), np.full(shape, -_EVER)
        self.completed_match = np.zeros(shape)
        self.rapport = np.zeros(shape)
        self.signals = np.zeros((towns, len(ids)))
        self.meant = np.zeros((*shape, len(ids)), dtype=bool)  # in this round
        self.never = luck.random(shape) < scenario.joining.never_share
        self.menu = np.zeros((towns, len(ids)), dtype=bool)
        self.listed: list[np.ndarray] = [np.empty(0, dtype=int) for _ in self.towns]
        self.asked = [np.empty(0, dtype=bool) for _ in self.towns]
        self.inside = [np.empty(0, dtype=int) for _ in self.towns]
        self.came = [np.empty(0, dtype=int) for _ in self.towns]
        self.incidents = np.zeros(towns)
        t, four = scenario.trust, ("fire_and_rescue", "youth_work", "employability", "social_work")
        bonus = {"fire_and_rescue": t.bonus_housing_or_fire, "youth_work": t.bonus_youth_work_or_third_sector}
        self.start = np.array([t.start + t.bonus_anchor, t.start + t.bonus_police, t.start])
        self.start_of_four = np.array([t.start + bonus.get(kind, 0.0) for kind in four])
        self.mean_start = (self.start[0] + self.start[1] + self.start_of_four.sum()) / 6
        for week in range(-HISTORY, scenario.settings.weeks):
            self._live(week)

    def _dirichlet(self, centre: np.ndarray, strength: float, rows: int = 0) -> np.ndarray:
        shape = (centre.shape[0], rows, centre.shape[2]) if rows else centre.shape
        parts = self.luck.gamma(np.maximum(np.broadcast_to(centre, shape) * strength, 1e-9))
        return parts / np.maximum(parts.sum(axis=-1, keepdims=True), 1e-300)

    # --- what is worked out as an expectation ----------------------------------------------------------------------

    def trust(self, kind: int) -> np.ndarray:
        s0 = self.s.trust.prior_strength
        return (self.start[kind] * s0 + self.good[kind]) / (s0 + self.good[kind] + self.bad[kind])

    def _trust_gained(self) -> np.ndarray:
        s0 = self.s.trust.prior_strength
        weight = s0 + self.good[2] + self.bad[2]
        four = (self.start_of_four.sum() * s0 + 4 * self.good[2]) / weight
        return (self.trust(0) + self.trust(1) + four) / 6 - self.mean_start

    def _friends(self, values: np.ndarray) -> np.ndarray:
        """Sum over the friends of each: those of the group who were not rewired, and strangers."""
        people, away = self.people, self.s.population.rewired_share
        total = np.zeros((len(self.towns), len(people.group_size)))
        for town in self.towns:
            total[town] = np.bincount(people.group, values[town], len(people.group_size))
        others = total[:, people.group] - values
        strangers = (people.group_size[people.group] - 1) * values.mean(axis=1, keepdims=True)
        return (1 - away) * others + away * strangers

    def _live(self, week: int) -> None:
        s, people, at = self.s, self.people, week + HISTORY
        new = people.newcomer[at]
        self._forget(new)
        shape = new.shape
        self.events_good, self.events_bad = np.zeros((3, *shape)), np.zeros((3, *shape))
        self.benefit, self.in_course = np.zeros(shape), np.zeros(shape, dtype=bool)
        self.session = np.zeros(len(self.towns), dtype=bool)
        self.good_contacts = np.zeros(len(self.towns))
        if week >= 0 and self.levers.spends_on == "programme":
            self._programmes(week)
        self._destinations(week)
        self._stops()
        self._trust_moves()
        gained = self._trust_gained()
        e, o = s.effect, s.order
        back = math.log(2) / e.half_life_weeks
        slowed = 1 - np.where(self.d > 0, -1, 1) * o.persistence * gained / (1 - self.mean_start)
        self.lasting_to *= (1 - e.slow_lost_per_year) ** (1 / 52)
        comes = math.log(2) / e.slow_half_time_weeks if e.slow_half_time_weeks else back
        self.lasting += comes * (self.lasting_to - self.lasting)
        age = people.age[at]
        near = np.clip((s.peers.gone_by - age) / (s.peers.gone_by - s.peers.strongest_until), 0, 1)
        degree = people.group_size[people.group] - 1
        pull = s.peers.pull * near * (self._friends(self.d) / degree - self.d)
        self.d = self.d - back * np.clip(slowed, 0.3, 1.7) * self.d + pull - self.benefit
        held = o.legitimacy * gained + o.efficacy * (self.efficacy - 0.5)[:, None]
        groups = len(people.group_size)
        part = np.where(people.quiet[at], math.exp(-s.offending.abstaining_shift), 1.0)  # of those who hardly offend
        size = np.stack([np.bincount(g, w, groups) for g, w in zip(people.h_group[at], part, strict=True)])
        excited = part * np.take_along_axis(self.excited / size, people.h_group[at], 1)
        settled = people.weekly_rate[at] * (1 - s.excitation.offspring) * np.exp(self.d + self.lasting - held)
        mean = settled * np.where(self.in_course, 1 - e.course_time_share, 1.0) + excited
        by_group = np.stack([np.bincount(g, m, size.shape[1]) for g, m in zip(people.h_group[at], mean, strict=True)])
        k = s.excitation
        self.excited = k.memory * self.excited + k.offspring * (1 - k.memory) * by_group
        if week >= 0:
            self.incidents += mean.sum(axis=1)
        self._reports_and_residents(mean)
        c = s.commitment
        self.regard += c.regard_reverts * (c.regard_start - self.regard) + c.regard_step * self.good_contacts
        self.regard = np.clip(self.regard, 0, 1)

    def _forget(self, new: np.ndarray) -> None:
        if new.any():
            self.good[:, new] = self.bad[:, new] = 0
            for column in (self.d, self.lasting, self.lasting_to, self.rapport):
                column[new] = 0
            for flags in (self.ever_in, self.completed):
                flags[new] = False
            self.completed_at[new] = self.dropped_at[new] = -_EVER
            self.wishes[new] = self.wishes_to_come[new]
            for old in self.recent:
                old[new] = 0
            for town in np.nonzero(new.any(axis=1))[0]:
                rows = np.nonzero(new[town])[0]
                stay = ~np.isin(self.inside[town], rows)
                self.inside[town], self.came[town] = self.inside[town][stay], self.came[town][stay]
                self.asked[town] |= np.isin(self.listed[town], rows)

    def _destinations(self, week: int) -> None:
        p = self.s.afterwards
        due = self.completed_at == week - p.destination_weeks
        self.lasting_to[due] -= p.destination_effect * p.destination_chance * self.completed_match[due]

    def _stops(self) -> None:
        p = self.s.policing
        known = np.sum(self.recent, axis=0) if self.recent else np.zeros_like(self.d)
        people = known.shape[1]
        hours = p.patrol_hours * people / 1000
        stops = p.stops_per_hour * hours * (known + p.stop_floor)
        stops /= known.sum(axis=1, keepdims=True) + p.stop_floor * people
        self.events_good[1] += stops * p.stop_good
        self.events_bad[1] += stops * (1 - p.stop_good)
        self.benefit -= p.labelling * stops * (1 - p.stop_good)

    def _trust_moves(self) -> None:
        p = self.s.trust
        for memory, events, weight in (
            (self.good, self.events_good, 1.0), (self.bad, self.events_bad, p.loss_to_gain),
        ):  # fmt: skip
            both = events.sum(axis=0)
            for kind in range(3):
                told = self._friends(events[kind]) if events[kind].any() else 0.0
                felt = events[kind] + p.spill_over * (both - events[kind]) + p.talk_weight * told
                memory[kind] = p.memory * memory[kind] + weight * p.event_weight * felt

    def _reports_and_residents(self, mean: np.ndarray) -> None:
        s = self.s
        r, q, t = s.reporting, s.residents, s.trust
        s0 = t.prior_strength
        trust = (q.start_trust * s0 + self.resident_good) / (s0 + self.resident_good + self.resident_bad)
        odds = math.log(r.share / (1 - r.share)) + r.trust_effect * (trust - q.start_trust)
        share = _logistic(odds + r.fear_effect * (self.fear - 0.5))
        reports = mean * share[:, None]
        self.recent = [*self.recent, r.identified * reports][-MEMORY:]  # of known authors
        usual = s.reported_per_week(self.area) * q.sees
        known = reports.sum(axis=1) * q.sees
        counts = np.arange(80)
        chance = poisson.pmf(counts, known[:, None])  # of each count of incidents that a resident comes to know of
        stir = (chance * np.minimum(counts / usual, 3)).sum(axis=1)
        seen, neighbours = self.session * q.sees, s.population.neighbours
        told = 1 + t.talk_weight * neighbours
        self.fear += q.fear_rises * stir * (1 - self.fear) - q.fear_fades * self.fear
        self.resident_good = t.memory * self.resident_good + q.event_weight * (known + seen) * told
        self.resident_bad = t.memory * self.resident_bad + q.event_weight * t.loss_to_gain * known * told
        trust = (q.start_trust * s0 + self.resident_good) / (s0 + self.resident_good + self.resident_bad)
        target = 0.5 - q.efficacy_fear * (self.fear - 0.5) + q.efficacy_trust * (trust - q.start_trust)
        self.efficacy = np.clip(self.efficacy + q.efficacy_moves * (target - self.efficacy), 0, 1)

    # --- what is drawn, town by town -------------------------------------------------------------------------------

    def _programmes(self, week: int) -> None:
        p = self.s.purse
        c = self.s.commitment
        self.ready = ready = self.commitment.copy()  # regard for young people moves with contacts, so for the lead
        ready[:, self.lead] = np.minimum(ready[:, self.lead] * (1 + self.regard / c.regard_start) / 2, 1.0)
        said = self.levers.power_design if self.levers.menu == "learned" else 0.0
        self.power = np.minimum(said * (ready[:, self.lead] + ready.mean(axis=1)) / 2 / c.reference, 1.0)
        trust, friends = self.trust(0), None
        for town in self.towns:
            r = self.round[town]
            r.purse += p.budget + (p.grant if week == 0 else 0.0)
            if week == 0:
                r.knowledge = self.levers.process_knowledge * self.s.learning.travels
            if r.stage == "idle":
                self._plan(town, r, week)
            if r.stage == "setup":
                self._prepare(town, r, trust[town], week)
            elif r.stage == "recruiting":
                friends = self._friends(self.ever_in.astype(float)) if friends is None else friends
                self._recruit(town, r, trust[town], friends[town])
            elif r.stage == "course":
                self._session(town, r, trust[town], week)

    def _plan(self, town: int, r: Round, week: int) -> None:
        s, arm = self.s, self.levers
        d, programme = s.designing, s.programme
        learned = arm.menu == "learned"
        r.effort = 1.0 if r.number == 0 or (learned and not arm.keeps_learning) else d.refresh
        knowledge = r.knowledge if arm.keeps_learning else arm.process_knowledge * s.learning.travels
        shortest = arm.setup_weeks * (1 - d.knowledge_saves_weeks * knowledge) * r.effort
        each = programme.contacts_each if arm.contacts is None else arm.contacts
        setup = max(math.ceil(shortest - 1e-9), each)
        needed = d.meetings * r.effort if learned else 0.0
        present = min(self.ready[town].mean(), 1.0)
        quality = present + (1 - present) * d.knowledge_adds_quality * knowledge
        likely = max(setup, 2 * math.ceil(needed / quality - 1e-9))
        weeks = likely + programme.recruitment_waves + programme.course_weeks
        links = 5 * d.link_hours * r.effort if learned else 0.0
        design = (1 - d.knowledge_saves_hours * knowledge) * (6 * d.meeting_hours * needed + likely * links)
        contacts = programme.contacted * each * programme.contact_hours
        bespoke = d.bespoke_cost if learned else 1.0 if arm.menu == "origin" else d.bespoke_cost
        place = programme.course_weeks * (programme.hours_per_place * bespoke + programme.mentor_hours)
        in_sight = r.purse + s.purse.budget * (weeks - 1) + 1e-9
        left = s.settings.weeks - week
        places = programme.places if contacts + design + place * programme.places <= in_sight else 0
        if not places and weeks == left:
            fewer = int((in_sight - contacts - design) / place)
            places = min(fewer, programme.places - 1) if fewer >= programme.minimum_places else 0
        if places < 1 or weeks > left:
            return
        r.stage, r.week, r.setup, r.meetings, r.needed, r.places, r.held = "setup", 0, setup, 0.0, needed, places, 0
        r.knowledge = knowledge
        above = self.ready[town, self.lead] - s.commitment.reference
        fails = self.luck.random() < s.effect.failing_share * math.exp(-s.effect.commitment_prevents * above)
        r.quality = 0.0 if fails else 1 / (1 - s.effect.failing_share)
        if not arm.keeps_learning:
            self.signals[town] = 0
        self._list(town, week)

    def _list(self, town: int, week: int) -> None:
        s, people, area = self.s, self.people, self.area
        age = people.age[week + HISTORY][town]
        rested = week - self.dropped_at[town] >= s.programme.retry_after_weeks
        may = (age >= area.eligible_youngest) & (age < area.eligible_oldest + 1) & ~self.completed[town] & rested
        known = np.sum([old[town] for old in self.recent], axis=0) * s.reporting.seen_by("housing")
        seen = self.luck.poisson(known)
        group = people.h_group[week + HISTORY][town]
        total, number = np.bincount(group, seen), np.bincount(group)
        record = np.sqrt(seen + (total[group] - seen) / np.maximum(number[group] - 1, 1))
        rows = np.nonzero(may)[0]
        spread = record[rows].std()
        standard = (record[rows] - record[rows].mean()) / spread if spread > 1e-3 else np.zeros(len(rows))
        c = s.targeting.accuracy
        score = c * standard + math.sqrt(1 - c * c) * self.luck.normal(size=len(rows))
        self.listed[town] = rows[np.argsort(-score)[: s.programme.list_length]]
        self.asked[town] = np.zeros(len(self.listed[town]), dtype=bool)
        self.inside[town] = self.came[town] = np.empty(0, dtype=int)
        self.meant[town] = False

    def _prepare(self, town: int, r: Round, trust: np.ndarray, week: int) -> None:
        p, t = self.s.programme, self.s.trust
        each = p.contacts_each if self.levers.contacts is None else self.levers.contacts
        listed = self.listed[town][: p.contacted]
        visits = [
            (row, n)
            for n in range(each)
            for k, row in enumerate(listed)
            if (k + p.contacted * n) * r.setup // (p.contacted * each) == r.week and not self._gone(town, k)
        ]
        hours = len(visits) * p.contact_hours
        moves = r.purse + 1e-9 >= hours
        if moves:
            r.purse -= hours
            chance = min(max(t.contact_good + t.bonus_anchor + t.contact_power * self.power[town], 0.0), 1.0)
            for row, _ in visits:
                self.events_good[0, town, row] += chance
                self.events_bad[0, town, row] += 1 - chance
                self.good_contacts[town] += chance
                if self.levers.menu == "learned":
                    self._hear(town, row, trust[row], r.knowledge)
                self.rapport[town, row] += 1
        if r.meetings + 1e-9 < r.needed:
            self._meet(town, r)
        r.week += moves
        if r.week >= r.setup and r.meetings + 1e-9 >= r.needed:
            self._choose(town, r)
            r.stage, r.week = "recruiting", 0

    def _gone(self, town: int, k: int) -> bool:
        return bool(self.asked[town][k])  # only those who grew out are struck off before anybody is asked

    def _hear(self, town: int, row: int, trust: float, knowledge: float) -> None:
        p = self.s.listening  # the landlord, who leads, has no statutory powers
        rapport = 1 - math.exp(-self.rapport[town, row] / p.rapport_weeks)
        silent = (1 - p.honest_without_trust) * (1 - trust * rapport) * (1 - p.knowledge_adds_honesty * knowledge)
        honest = self.luck.random() < 1 - silent
        said = self.wishes[town, row] if honest else self.prior
        named = self.luck.choice(len(said), p=said / said.sum())
        self.signals[town, named] += 1
        self.meant[town, row, named] |= honest

    def _meet(self, town: int, r: Round) -> None:
        d = self.s.designing
        saved = 1 - d.knowledge_saves_hours * r.knowledge
        links = 5 * d.link_hours * r.effort * saved
        present = int((self.luck.random(6) < self.ready[town]).sum())
        meeting = present * d.meeting_hours * saved if r.week % 2 == 1 else 0.0
        if r.purse + 1e-9 >= links + meeting:
            r.purse -= links + meeting
            if r.week % 2 == 1:
                share = present / 6
                r.meetings += share + (1 - share) * d.knowledge_adds_quality * r.knowledge

    def _choose(self, town: int, r: Round) -> None:
        p, size = self.s.listening, self.s.programme.menu_size
        self.menu[town] = False
        if self.levers.menu == "origin":
            self.menu[town] = self.origin_menu
        elif self.levers.menu == "learned":
            heard = self.signals[town]
            believed = (heard + p.prior_strength * self.prior) / (heard.sum() + p.prior_strength)
            voice = min(self.power[town] + p.knowledge_adds_voice * r.knowledge, 1.0)
            self.menu[town, np.argsort(-(voice * believed + (1 - voice) * self.prior), kind="stable")[:size]] = True
            if not self.menu[town, np.argmax(believed)] and self.levers.power_design > 0:
                ill = self.s.sharing.tokenism_chance
                self.events_bad[0, town, self.listed[town][: self.s.programme.contacted]] += ill
            if self.levers.keeps_learning:
                r.knowledge += self.s.designing.practice_adds * (1 - r.knowledge)

        visited = self.listed[town][: self.s.programme.contacted]
        spoken, heard = self.meant[town, visited].any(axis=1), self._heard(town, visited)
        self.events_bad[0, town, visited[spoken & ~heard]] += self.s.sharing.ignored_chance

    def _heard(self, town: int, rows: np.ndarray) -> np.ndarray:
        return (self.meant[town, rows] & self.menu[town]).any(axis=1)

    def _recruit(self, town: int, r: Round, trust: np.ndarray, friends: np.ndarray) -> None:
        p = self.s.joining
        left = r.places - len(self.inside[town])
        wave = min(-(-len(self.listed[town]) // 3), 2 * left)
        k = np.nonzero(~self.asked[town])[0][:wave]
        self.asked[town][k] = True
        rows = self.luck.permutation(self.listed[town][k])
        degree = self.people.group_size[self.people.group[rows]] - 1
        match = self.wishes[town, rows][:, self.menu[town]].sum(axis=1)
        odds = p.baseline + p.match_effect * match + p.trust_effect * (trust[rows] - p.reference_trust)
        odds += p.friends_effect * friends[rows] / degree + p.support_effect * (self.people.support[town, rows] - 0.5)
        odds += p.rapport_effect * (1 - np.exp(-self.rapport[town, rows] / self.s.listening.rapport_weeks))
        odds += p.heard_effect * self._heard(town, rows)
        yes = rows[(self.luck.random(len(rows)) < _logistic(odds)) & ~self.never[town, rows]]
        joins, missed = yes[:left], yes[left:]
        self.events_bad[0, town, missed] += 1
        self.inside[town] = np.concatenate([self.inside[town], joins]).astype(int)
        self.came[town] = np.concatenate([self.came[town], np.zeros(len(joins))]).astype(int)
        self.ever_in[town, joins] = True
        r.week += 1
        if r.week >= self.s.programme.recruitment_waves:
            r.stage, r.week = ("course", 0) if len(self.inside[town]) else ("idle", 0)
            r.number += r.stage == "idle"

    def _counts(self, match: np.ndarray) -> np.ndarray:
        e = self.s.effect
        return e.match_reference + e.match_weight * (match - e.match_reference)

    def _session(self, town: int, r: Round, trust: np.ndarray, week: int) -> None:
        s, rows = self.s, self.inside[town]
        p, a, t, e = s.programme, s.attending, s.trust, s.effect
        menu = self.menu[town]
        new = float((menu & ~self.origin_menu).sum() / max(menu.sum(), 1)) if menu.any() else 0.0
        delivery = r.places * p.hours_per_place * (1 + (s.designing.bespoke_cost - 1) * new)
        hours = delivery + len(rows) * p.mentor_hours
        if r.purse + 1e-9 < hours:
            return
        r.purse -= hours
        r.held += 1
        self.session[town] = True
        self.in_course[town, rows] = True
        match = self.wishes[town, rows][:, menu].sum(axis=1)
        comes = self.luck.random(len(rows)) < np.clip(a.attends + a.attends_match * match, 0, 1)
        self.came[town] = self.came[town] + comes
        enjoys = np.clip(t.session_good + t.session_match * match + t.session_power * self.power[town], 0, 1)
        self.events_good[0, town, rows] += comes * enjoys
        self.events_bad[0, town, rows] += comes * (1 - enjoys)
        faithful = 1 - e.fidelity_loss * new
        counts = self._counts(match)
        benefit = r.quality * (faithful * e.session_effect * counts * (1 + e.mentor_adds) + e.adult_effect)
        self.lasting_to[town, rows] -= e.slow_ratio * comes * benefit * p.dose
        lasting, quiet = (each[week + HISTORY][town] for each in (self.people.lasting, self.people.quiet))
        excess = max(lasting[rows[comes]].mean() - lasting[~quiet].mean(), 0.0) if comes.any() else 0.0
        worse = s.peers.deviancy * excess * (1 - 0.5 * counts - 0.5)
        self.benefit[town, rows] += comes * (benefit - worse) * p.dose
        r.week += 1
        if r.week < p.course_weeks:
            hazard = a.dropout_per_week * np.exp(
                -a.dropout_match * (match - 0.5) - a.dropout_trust * (trust[rows] - a.dropout_reference_trust)
                - a.dropout_mentor
            )  # fmt: skip
            leaves = self.luck.random(len(rows)) < hazard
            self.dropped_at[town, rows[leaves]] = week
            self.inside[town], self.came[town] = rows[~leaves], self.came[town][~leaves]
        if r.week >= p.course_weeks or not len(self.inside[town]):
            rows = self.inside[town]
            done = self.came[town] >= a.completion_share * r.held
            self.completed[town, rows[done]], self.completed_at[town, rows[done]] = True, week
            match = self.wishes[town, rows][:, menu].sum(axis=1)
            self.completed_match[town, rows] = self._counts(match)
            self.dropped_at[town, rows[~done]] = week
            self.inside[town] = np.empty(0, dtype=int)
            r.stage, r.week = "idle", 0
            r.number += 1
