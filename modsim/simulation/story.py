"""One future told as a story: what happened where, week by week, or what one young person lived through."""

from collections.abc import Iterator
from dataclasses import dataclass

from modsim.inputs.scenario import Scenario
from modsim.simulation.agents import Programme, YoungPerson
from modsim.simulation.columns import Stage, Standing
from modsim.simulation.community import Community

ONE_OF_MANY = "This is one simulated future of synthetic people; others are as likely."


@dataclass(frozen=True)
class Line:
    """Something that happened in a week, and where or to whom."""

    week: int
    who: str
    text: str
    area: str = ""  # its id


def story_of(community: Community, weeks: int | None = None) -> Iterator[Line]:
    """Live a community's weeks, by default to the horizon, and tell what happens in each area.

    Rounds planned, contacts, menus and whose interest they were, invitations, courses, what participants asked for and
    got, promises broken, workers who left, services under strain, work and training found, areas that take the
    programme up or let it go.
    """
    chroniclers = [_Chronicler(programme) for programme in community.programmes]
    for _ in range(community.scenario.settings.weeks if weeks is None else weeks):
        community.step()
        for chronicler in chroniclers:
            for text in chronicler.news():
                place = chronicler.programme.place
                yield Line(community.week, place.label, text, place.id)


def life_of(community: Community, person: YoungPerson, weeks: int | None = None) -> Iterator[Line]:
    """Live a community's weeks and tell what one young person lives through, until they grow out."""
    who = f"{person.place.label} {person.slot}"
    wanted = sorted(person.interests.items(), key=lambda pair: -pair[1])[:3]
    names = {a.id: a.name or a.id for a in community.scenario.activities}
    wishes = ", ".join(f"{names[i]} ({share:.0%})" for i, share in wanted)
    core = "in a core group" if person.in_core else f"with {len(person.friends)} friends"
    yield Line(
        community.week, who,
        f"aged {int(person.age)}, {core}; interests {wishes}; hopes for {person.goal}; trust in the lead partner "
        f"{person.trust:.2f}",
    )  # fmt: skip
    witness, quiet = _Witness(person), True
    for _ in range(community.scenario.settings.weeks if weeks is None else weeks):
        community.step()
        if community.person(person.row) is not person:
            yield Line(community.week, who, "grows out of the ages counted here; the story ends")
            return
        for text in witness.news():
            quiet = False
            yield Line(community.week, who, text)
    if quiet:
        yield Line(community.week, who, "was never on a referral list and in no incident, like most young people")


def person_called(community: Community, name: str) -> YoungPerson:
    """The young person of an area by their number in it, as in "govan:17"; refuses as `area_and_number` does."""
    area, number = area_and_number(community.scenario, name)
    return community.programmes[area].young_people[number]


def area_and_number(scenario: Scenario, name: str) -> tuple[int, int]:
    """Position of the area, and number of the young person in it, that "govan:17" names.

    Raises
    ------
    ValueError
        when the name has another form, or there is no such area or number.
    """
    area_id, colon, number = name.partition(":")
    ids = [area.id for area in scenario.areas]
    if not colon or area_id not in ids or not (number.isascii() and number.isdigit() and len(number) < 10):
        known = ", ".join(ids)
        raise ValueError(f"{name!r}: give an area and a number in it, as in {ids[-1]}:17; the areas are {known}")
    area = ids.index(area_id)
    people = scenario.young_people_in(scenario.areas[area])
    if int(number) >= people:
        raise ValueError(f"{name!r}: {area_id} has young people 0 to {people - 1}")
    return area, int(number)


class _Chronicler:
    """Watches one programme from week to week."""

    def __init__(self, programme: Programme):
        self.programme = programme
        self._names = {a.id: a.name or a.id for a in programme.model.scenario.activities}
        self._remember()

    def _remember(self) -> None:
        p = self.programme
        self._stage, self._round, self._menu, self._open = p.stage, p.rounds, p.menu, p.is_open
        self._weeks = p.course_weeks
        counts = (
            "invited",
            "joined",
            "granted",
            "refused",
            "tokenism",
            "ignored",
            "breaches",
            "completions",
            "destinations",
        )
        self._counts = {name: getattr(p, name) for name in counts}
        self._workers = [partner.worker for partner in p.partners]
        self._strained = [partner.strained for partner in p.partners]
        self._lapsed = p.model.week >= p.lapsed_week
        self._contacts = p.model.town.columns.spent["contacts"][p.area, 0]

    def news(self) -> list[str]:
        """What happened in the week just lived."""
        p, told = self.programme, []
        since = {name: getattr(p, name) - before for name, before in self._counts.items()}
        told += self._of_staff()
        if p.is_open and not self._open:
            arrives = p.model.scenario.purse
            hours = f"{arrives.grant:g} hours arrive, and {arrives.budget:g} every week"
            told.append(f"opens; {'hours arrive as they are needed' if p.draws_as_needed else hours}")
        if p.stage == Stage.SETUP and self._stage != Stage.SETUP:
            self._first_contacts = self._contacts
            self._invited_before, self._joined_before = p.invited, p.joined
            self._promised_before = p.missed_promises
            told.append(
                f"round {p.rounds + 1} begins: {_service(p.lead.type)} leads and puts {len(p.on_list())} young people "
                "on the referral list"
            )
        if p.stage == Stage.RECRUITING and self._stage == Stage.SETUP:
            told.append(self._menu_chosen())
        if since["tokenism"] and not since["refused"]:
            told.append(f"{since['tokenism']} of those visited lose trust: the most wanted interest is not on the menu")
        if since["ignored"]:
            told.append(f"{since['ignored']} of those visited lose trust: nothing they asked for is on offer")
        if p.stage == Stage.COURSE and self._stage == Stage.RECRUITING:
            joined, asked = p.joined - self._joined_before, p.invited - self._invited_before
            more = p.missed_promises - self._promised_before
            full = f"; {more} more said yes, and there was no place" if more else ""
            told.append(f"the course begins; {joined} of {asked} invited join{full}")
        told += self._of_negotiation(since)
        if since["breaches"]:
            told.append(f"the course is broken off; a promise to {since['breaches']} participants is broken")
        elif p.stage == Stage.IDLE and self._stage == Stage.COURSE:
            told.append(f"the course ends; {since['completions']} completed")
        elif p.stage == Stage.IDLE and self._stage == Stage.RECRUITING and p.rounds > self._round:
            told.append("nobody joined; the round ends")
        if since["destinations"]:
            told.append(f"{since['destinations']} of those who completed half a year ago found work or training")
        if p.model.week >= p.lapsed_week and not self._lapsed:
            told.append("discontinues the programme")
        self._remember()
        return told

    def _of_staff(self) -> list[str]:
        told = []
        for partner, worker, strained in zip(self.programme.partners, self._workers, self._strained, strict=True):
            if partner.worker > worker and self.programme.is_open:
                role = ", which leads," if partner.leads else ""
                told.append(f"the programme worker of {_service(partner.type)}{role} leaves")
            if partner.strained and not strained:
                told.append(f"more than a week's calls wait at {_service(partner.type)}")
        return told

    def _menu_chosen(self) -> str:
        p = self.programme
        offered = [i for i, on_it in p.menu.items() if on_it]
        hours = p.model.town.columns.spent["contacts"][p.area, 0] - self._first_contacts
        contacts = round(hours / p.model.scenario.programme.contact_hours) if hours else 0
        if not offered:
            return f"after {contacts} contacts the offer is adult attention without activities"
        words = ", ".join(self._names[i] for i in offered)
        if p.levers.individual:
            return f"after {contacts} contacts each has a plan of what they named; there is no shared menu"
        if p.levers.learns and not p.designs_menu:
            return f"after {contacts} contacts the menu is that of the first round again: {words}"
        if not p.levers.learns:
            return f"after {contacts} contacts the menu is the one that was given: {words}"
        size = len(offered)
        expected = sorted(p.expectation, key=lambda i: (-p.expectation[i], i))[:size]
        wished = [self._names[i] for i in offered if i not in expected]
        shares = p.learned_shares
        first = max(shares, key=lambda i: shares[i])
        text = f"after {contacts} contacts the menu is {words}"
        text += f"; {_and(wished)} because young people said so" if wished else "; just what partners had expected"
        return text if p.menu[first] else f"{text}; {self._names[first]}, named most, is left out"

    def _of_negotiation(self, since: dict[str, int]) -> list[str]:
        p = self.programme
        if since["refused"]:
            ill = f"; {since['tokenism']} lose trust over it" if since["tokenism"] else ""
            return [f"participants request something else, or more of the same, and partners refuse{ill}"]
        if not since["granted"]:
            return []
        now = p.menu
        new = [self._names[i] for i in now if now[i] and not self._menu[i]]
        gone = [self._names[i] for i in now if self._menu[i] and not now[i]]
        if new:
            return [f"participants request {_and(new)} in place of {_and(gone)}, and get it"]
        return [f"participants request to go on with the same, and get {p.course_weeks - self._weeks} more weeks"]


class _Witness:
    """Watches one young person from week to week."""

    def __init__(self, person: YoungPerson):
        self.person = person
        self._remember()

    def _place_on_list(self) -> tuple[int, int] | None:
        """Position on the referral list of the present round and how they stand there."""
        c, person = self.person.model.town.columns, self.person
        for n, row in enumerate(c.listed[person.area, :, 0].tolist()):
            if row == person.row:
                return n, int(c.standing[person.area, n, 0])
        return None

    def _remember(self) -> None:
        p = self.person
        c = p.model.town.columns
        self._visits, self._trust, self._target, self._in_core = p.contact_weeks, p.trust, p.lasting_target, p.in_core
        self._listed, self._stage = self._place_on_list(), p.programme.stage
        self._attended = int(c.attended[p.area, self._listed[0], 0]) if self._listed else 0
        self._breaches = p.programme.breaches

    def news(self) -> list[str]:
        """What happened to them in the week just lived."""
        p, told = self.person, []
        c, trust = p.model.town.columns, f"trust in the lead partner {self._trust:.2f} to {p.trust:.2f}"
        listed = self._place_on_list()
        if p.in_core != self._in_core:
            told.append("joins a core group" if p.in_core else "leaves the core group")
        if listed and (not self._listed or (p.programme.stage == Stage.SETUP and self._stage != Stage.SETUP)):
            told.append("is put on the referral list")
        if p.contact_weeks > self._visits:
            told.append(f"is visited by a worker; {trust}")
        before = self._listed[1] if self._listed else Standing.NOT_ASKED
        now = listed[1] if listed else before
        new_breach = p.programme.breaches > self._breaches and before == Standing.IN
        if listed and self._listed and p.in_course:
            came = int(c.attended[p.area, listed[0], 0]) > self._attended
            told.append(f"comes to the session; {trust}" if came else "does not come to the session")
        if now == Standing.DROPPED and new_breach and not p.in_course:
            told.append(f"sees the course broken off; {trust}")
        elif now != before:
            told += {
                Standing.IN: ["is invited and joins"],
                Standing.DECLINED: ["is invited and takes no place"],
                Standing.DROPPED: [f"leaves the course early; {trust}"],
                Standing.COMPLETED: [f"completes the course; {trust}"],
            }.get(Standing(now), [])
        if p.lasting_target < self._target:
            told.append("finds work or training")
        if p.occurred:
            reported = f", {p.reported} of them reported" if p.reported else ""
            if p.occurred == p.reported == 1:
                reported = ", which is reported"
            told.append(f"is part of {p.occurred} incident{'s' if p.occurred > 1 else ''}{reported}")
        self._remember()
        return told


def _service(kind: str) -> str:
    return {"police": "the police", "fire_and_rescue": "the fire service", "housing": "the housing association"}.get(
        kind, kind.replace("_", " ")
    )


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
