"""What there is to know of everybody at the end of a week: each attribute of each entity, declared once.

From a declaration come the column, the attribute of the Mesa agent and its help text, and what is put at rest for a
newcomer. An entity's attributes lie side by side, one record for each entity and lane (`Entity.records`); only those of
young people and residents that everybody's loops run over every week are columns of their own.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

ROUND_HEADINGS = ("contacts", "meetings", "links", "delivery", "mentoring", "negotiation")
HEADINGS = (*ROUND_HEADINGS, "learning", "patrol")
NEVER = -10_000  # a week before any other
NOT_YET = 1_000_000  # a week after any other
PARTICIPANT_WINDOW_WEEKS = 52


class Heading(IntEnum):
    """Headings of the ledger, in the order of `HEADINGS`; those of a round come first."""

    CONTACTS = 0
    MEETINGS = 1
    LINKS = 2
    DELIVERY = 3
    MENTORING = 4
    NEGOTIATION = 5
    LEARNING = 6
    PATROL = 7


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


class Attribute(NamedTuple):
    """What one attribute holds: its type, meaning and unit, where it starts, and whether it outlives who holds it.

    `stays` is said of what belongs to this week only, or to the row rather than to the person.
    """

    kind: type
    meaning: str
    unit: str = ""
    start: float = 0
    stays: bool = False


class Entity:
    """A kind of entity and its attributes by name."""

    def __init__(self, **attributes: tuple):
        self.attributes = {name: Attribute(*said) for name, said in attributes.items()}
        self.dtype = np.dtype([(name, said.kind) for name, said in self.attributes.items()])
        self._start = np.array(tuple(said.start for said in self.attributes.values()), dtype=self.dtype)

    def records(self, *shape: int) -> np.ndarray:
        """So many entities at the start, each a record."""
        return np.full(shape, self._start)

    def columns(self, *shape: int) -> dict[str, np.ndarray]:
        """The same as a column for each attribute."""
        return {name: np.full(shape, said.start, dtype=said.kind) for name, said in self.attributes.items()}

    def start_of_newcomer(self, name: str) -> float | None:
        """What an attribute is put to for a newcomer; None if it stays."""
        said = self.attributes[name]
        return None if said.stays else said.start


small, whole, number, yes = np.int16, np.int64, np.float64, np.bool_

YOUNG_PERSON = Entity(
    contact_weeks=(small, "Weeks in which the lead's worker visited them.", "weeks"),
    ever_in=(yes, "Whether they are or were in the programme."),
    completed=(yes, "Whether they completed a course."),
    completed_week=(small, "Week in which they completed it.", "week", NEVER),
    completed_match=(number, "Share of their interests that its last menu served.", "share"),
    stayed_on=(yes, "Whether that course went on with more of the same."),
    dropped_week=(small, "Week in which they last left a course early.", "week", NEVER),
    first_session=(small, "Week of their first session.", "week", NEVER),
    ever_listed=(yes, "Whether they were ever on a referral list."),
    has_offended=(yes, "Whether they caused an incident since they are here."),
    reported_in_window=(small, "Reported incidents of the last 52 weeks.", "incidents"),
)
# what everybody's loops run over, each a column of its own
YOUNG_PERSON_WEEKLY = Entity(
    inclination=(number, "Deviation from the lasting log-rate; below 0 is calmer.", "log-rate"),
    lasting=(number, "What work or training has changed for good in the log-rate, so far.", "log-rate"),
    lasting_target=(number, "And what it will have changed.", "log-rate"),
    benefit=(number, "How far this week's session lowers the log-rate.", "log-rate", 0, True),
    in_course=(yes, "Whether they are in a course this week.", "", 0, True),
    occurred=(small, "Incidents they caused this week.", "incidents", 0, True),
    reported=(small, "Those of them that were reported.", "incidents", 0, True),
)
RESIDENT = Entity(
    fear=(number, "Fear of young people's incidents, 0-1; one half is usual.", "0-1", 0.5),
    efficacy=(number, "Belief that neighbours would step in, 0-1.", "0-1", 0.5),
    resident_good=(number, "Remembered good experience with services.", "experiences"),
    resident_bad=(number, "Remembered bad experience with services.", "experiences"),
)
PARTNER = Entity(
    worker=(whole, "How many programme workers it has had before this one.", "workers"),
    commitment=(number, "Commitment of its worker, 0-1.", "0-1"),
    regard=(number, "How highly it thinks of young people, 0-1.", "0-1"),
    queue=(number, "Hours of calls that wait.", "hours"),
    free_hours=(number, "Hours of this week that calls leave free.", "hours"),
    strained=(yes, "Whether more than a week's calls wait."),
    seen=(whole, "Incidents it saw in the week behind it.", "incidents"),
    worked=(number, "Hours it has worked for the programme, charged or not.", "hours"),
)
# of this week only
PARTNER_WEEKLY = Entity(
    waiting=(number, "Hours of calls at the start of this week.", "hours"),
    answered=(number, "Those answered.", "hours"),
    worker_left=(yes, "Whether its worker left this week."),
    comes=(yes, "Whether it comes to this week's design meeting."),
    mentees=(whole, "Participants whom its staff would see this week.", "people"),
)
PROGRAMME = Entity(
    lead=(whole, "Position of the partner who leads."),
    ties_made=(whole, "Ties made between partners of different sectors.", "ties"),
    knowledge=(number, "How well the process of co-producing is known here, 0-1.", "0-1"),
    stage=(np.int8, "Where the programme stands, a `Stage`.", "", Stage.IDLE),
    stage_week=(whole, "Weeks of the stage that are behind it.", "weeks"),
    moves_on=(yes, "Whether this week's work was done."),
    round=(whole, "Rounds finished.", "rounds"),
    places=(whole, "Places of this round.", "places"),
    setup_weeks=(whole, "Weeks of set-up of this round at least.", "weeks", 1),
    sessions_held=(whole, "Sessions of this round's course held so far.", "sessions"),
    negotiates=(yes, "Whether this week's session is given to what participants asked for."),
    heard_in_week=(whole, "Week of the course in which participants were last heard.", "week", -1),
    course_weeks=(whole, "Weeks of this round's course.", "weeks", 1),
    round_hours=(number, "Hours that the round under way still takes, as planned.", "hours"),
    round_ends=(whole, "Week in which it ends, as planned.", "week"),
    effort=(number, "Design effort of this round against a first one.", "share"),
    meetings_needed=(number, "Full design meetings this round takes.", "meetings"),
    meetings_held=(number, "Design meetings held, counted as full ones.", "meetings"),
    quality=(number, "Quality with which this round is delivered, 1 on average.", "share"),
    venue=(whole, "Territory in which the sessions are held."),
    purse=(number, "Hours at hand.", "hours"),
    arrived=(number, "Hours that have arrived.", "hours"),
    bridged=(yes, "Whether the anchor organisation has bridged a shortage."),
    invited=(whole, "Invitations made.", "invitations"),
    joined=(whole, "Young people who took a place.", "people"),
    sessions=(whole, "Sessions attended.", "sessions"),
    completions=(whole, "Courses completed.", "people"),
    missed_promises=(whole, "Young people who said yes and got no place.", "people"),
    waited=(whole, "Weeks in which the purse could not pay and work waited.", "weeks"),
    tokenism=(whole, "Times that power promised and not given was taken ill.", "times"),
    breaches=(whole, "Participants whose course was broken off.", "people"),
    granted=(whole, "Requests of participants that were granted.", "requests"),
    refused=(whole, "Requests of participants that were refused.", "requests"),
    goals=(whole, "Own goals reached.", "goals"),
    destinations=(whole, "Work or training found.", "people"),
    staff_left=(whole, "Programme workers who left.", "workers"),
    designs=(whole, "Menus designed.", "menus"),
    slots_chosen=(whole, "Places of menus that were learned.", "places"),
    slots_wished=(whole, "Those that went to what services alone would not have chosen.", "places"),
    sessions_by_peers=(number, "Sessions led by young people.", "sessions"),
    sessions_in_all=(whole, "Sessions held in all rounds.", "sessions"),
    displaced=(number, "Share by which last week's patrol elsewhere raises incidents here.", "share"),
    opens=(whole, "Week in which the area takes the programme up.", "week"),
    lapsed_week=(whole, "Week in which the programme lapsed.", "week", NOT_YET),
    lead_lost_week=(whole, "Week in which the lead last lost its worker.", "week", NEVER),
    reported_last_year=(whole, "Incidents reported in the last 52 weeks.", "incidents"),
    level_before=(number, "Expected incidents to background, in the year before it opened.", "ratio", 1),
    reported_before=(whole, "Incidents reported in the year before it opened.", "incidents"),
)
# of this week only
PROGRAMME_WEEKLY = Entity(
    answered_share=(number, "Share of the hours of calls that waited this week which partners answered.", "share", 1),
    patrol_bought=(number, "Hours of patrol bought this week.", "hours"),
    broker_paid=(yes, "Whether this week a researcher between areas was paid, here or elsewhere."),
    session_held=(yes, "Whether there was a session this week."),
    good_contacts=(whole, "Good contacts of this week with the lead.", "contacts"),
    takes_part=(yes, "Whether it takes part in an exchange with other areas."),
)
# somebody on the referral list of the present round; the last four are known from the day it is drawn up
LISTED = Entity(
    listed=(whole, "Row of the young person; -1 where the list ends.", "", -1),
    standing=(np.int8, "How they stand, a `Standing`.", "", Standing.NOT_ASKED),
    attended=(small, "Sessions attended.", "sessions"),
    serving=(number, "Sessions attended that served their own goal.", "sessions"),
    mentor=(small, "Position of the mentor's service; -1 without one.", "", -1),
    support=(number, "Support they have from others, 0-1.", "0-1"),
    territory=(whole, "Territory in which they are at home."),
    goal=(whole, "What they want for themselves, by its position among the goals."),
    luck=(number, "Where they stand in the order of joining; above 1 if they said no.", "", 2),
    mentored=(yes, "Whether their mentor has the time this week."),
    comes=(yes, "Whether they come to this week's session."),
)
CHOICE = Entity(  # one activity of a programme
    menu=(number, "1 if it is on the menu, else 0."),
    designed=(number, "The same of the menu as it was last designed, before anybody asked for a change."),
    signals=(whole, "How often it was named by those visited.", "times"),
    score=(number, "How strongly it is wanted, for whatever is being chosen."),
    votes=(whole, "How often participants ask for it this week.", "times"),
)
WISH = Entity(  # one activity of somebody on the list
    named=(small, "How often they named it.", "times"),
    plan=(yes, "Whether it is on their own plan, where there is no shared menu."),
    share=(number, "Its share of their interests.", "share"),
)
GROUP = Entity(
    group_followed_until=(whole, "Week until which the group of a new participant is followed.", "week", NEVER),
    excitement=(number, "Incidents it expects from what happened before.", "incidents"),
)
