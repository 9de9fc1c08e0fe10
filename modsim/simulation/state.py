"""What there is to know of everybody at the end of a week: each attribute of each entity, declared once.

From a declaration come the column, the attribute of the Mesa agent and its help text, and what is put at rest for a
newcomer. An entity's attributes lie side by side, one record for each entity and lane (`Entity.records`); only those of
young people and residents that everybody's loops run over every week are columns of their own.
"""

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

# of the ledger; those of a round come before learning
HEADINGS = ("contacts", "meetings", "links", "delivery", "mentoring", "negotiation", "learning", "patrol")
NEVER = -10_000  # a week before any other
NOT_YET = 1_000_000  # a week after any other
PARTICIPANT_WINDOW_WEEKS = 52


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


# the same as plain numbers, for acts
IDLE, SETUP, RECRUITING, COURSE = (int(stage) for stage in Stage)
NOT_ASKED, DECLINED, IN, DROPPED, COMPLETED, GONE = (int(standing) for standing in Standing)
CONTACTS, MEETINGS, LINKS, DELIVERY, MENTORING, NEGOTIATION, LEARNING, PATROL = range(len(HEADINGS))


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

    def records(self, *shape: int) -> Any:
        """So many entities at the start, each a record: an attribute of the array is the column of that name."""
        return np.full(shape, self._start).view(np.recarray)

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
    let_down=(yes, "Whether a course was broken off while they were in it."),
    reported_in_window=(small, "Reported incidents of the last 52 weeks known as theirs.", "incidents"),
)
# what everybody's loops run over, each a column of its own
YOUNG_PERSON_WEEKLY = Entity(
    inclination=(number, "Deviation from the lasting log-rate; below 0 is calmer.", "log-rate"),
    lasting=(number, "What was built up, or work found, has changed slowly in the log-rate, so far.", "log-rate"),
    lasting_target=(number, "And what it will have changed.", "log-rate"),
    benefit=(number, "How far this week's session lowers the log-rate.", "log-rate", 0, True),
    in_course=(yes, "Whether they are in a course this week.", "", 0, True),
    occurred=(small, "Incidents they caused this week.", "incidents", 0, True),
    reported=(small, "Those of them that were reported, and known as theirs.", "incidents", 0, True),
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
    rounds=(whole, "Rounds finished.", "rounds"),
    places=(whole, "Places of this round.", "places"),
    setup_weeks=(whole, "Weeks of set-up of this round at least.", "weeks", 1),
    sessions_held=(whole, "Sessions of this round's course held so far.", "sessions"),
    idle_weeks=(whole, "Weeks in a row in which the course could not be paid.", "weeks"),
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
    ignored=(whole, "Times that somebody took it ill to be asked and offered nothing of it.", "times"),
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
    effects_found=(number, "Effects on participants that evaluations found here, added up.", "share"),
    evaluations=(whole, "How many evaluations these are.", "evaluations"),
    level_before=(number, "Expected incidents to background, in the year before it opened.", "ratio", 1),
    reported_before=(whole, "Incidents reported in the year before it opened.", "incidents"),
)
# of this week only
PROGRAMME_WEEKLY = Entity(
    answered_share=(number, "Share of the hours of calls that waited this week which partners answered.", "share", 1),
    patrol_bought=(number, "Hours of patrol bought this week.", "hours"),
    begins=(yes, "Whether a round begins this week."),
    broker_paid=(yes, "Whether this week a researcher between areas was paid, here or elsewhere."),
    session_held=(yes, "Whether there was a session this week."),
    good_contacts=(whole, "Good contacts of this week with the lead.", "contacts"),
    knows_less=(yes, "Whether some area knows more of the process."),
    takes_part=(yes, "Whether it takes part in an exchange with other areas."),
)
# somebody on the referral list of the present round; the last four are known from the day it is drawn up
LISTED = Entity(
    listed=(whole, "Row of the young person; -1 where the list ends.", "", -1),
    standing=(np.int8, "How they stand, a `Standing`.", "", Standing.NOT_ASKED),
    attended=(small, "Sessions attended.", "sessions"),
    serving=(number, "Sessions attended that served their own goal.", "sessions"),
    mentor=(small, "Position of the mentor's service; -1 without one.", "", -1),
    wants_more=(yes, "Whether they asked for what is on the menu when participants were last heard."),
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
    failed=(
        number,
        "How far it is known here that it failed: fewer asked for it, once it was on, than expected.",
        "0-1",
    ),
    tried=(yes, "Whether that is known from participants here, not from elsewhere."),
)
WISH = Entity(  # one activity of somebody on the list
    named=(small, "How often they named it.", "times"),
    meant=(small, "How often they named it because they want it.", "times"),
    plan=(yes, "Whether it is on their own plan, where there is no shared menu."),
    share=(number, "Its share of their interests.", "share"),
)
GROUP = Entity(
    group_followed_until=(whole, "Week until which the group of a new participant is followed.", "week", NEVER),
    excitement=(number, "Incidents it expects from what happened before.", "incidents"),
)

# --- what no week changes, or what stands for all ------------------------------------------------------------------
SCENE = Entity(  # what is the same in every area and lane
    week=(whole, "The week that is being lived.", "week"),
    weeks=(whole, "The horizon.", "weeks"),
    history_weeks=(whole, "Weeks lived before week 0.", "weeks"),
    equal_activity=(yes, "Whether all arms hold their courses on the same dates, and hours are drawn as needed."),
    equal_start=(yes, "Whether all arms wait for the one with the longest set-up."),
    diffusion=(yes, "Whether areas take the programme up by themselves."),
    by_agents=(yes, "Whether agents act by their own verbs: then everybody is asked, whatever the model would skip."),
    longest_setup=(number, "Weeks of set-up of the arm that takes longest.", "weeks"),
    experiences=(whole, "How many of the entries of `experiences` are this week's."),
)
AREA = Entity(
    first=(whole, "Row of its first young person."),
    end=(whole, "Row after its last."),
    youths=(whole, "Young people.", "people"),
    first_area=(whole, "First area of the same replicate."),
    table=(whole, "Partners at the table.", "partners"),
    anchor=(whole, "Position of the anchor organisation; -1 without one."),
    links=(whole, "Links between partners to be kept warm.", "links"),
    usual_venue=(whole, "Territory in which services would hold the sessions."),
    is_recipient=(yes, "Whether the programme comes here from elsewhere."),
    expected_reports=(number, "Incidents reported a week, as the scenario says.", "incidents"),
)
SEAT = Entity(  # a place at the table of an area
    present=(yes, "Whether there is a partner."),
    number=(whole, "Stable number of the partner."),
    kind=(whole, "Type of service, by its position among those at the tables."),
    hours=(number, "Hours a week for the area's young people.", "hours"),
    may_lead=(yes, "Whether it may lead."),
    statutory=(yes, "Whether it has statutory powers over young people."),
    seen_share=(number, "Share of reported incidents that it sees.", "share"),
)
PAIR = Entity(  # every two partners
    one=(whole, "Position of the first."),
    other=(whole, "Position of the second."),
    present=(yes, "Whether both are there."),
    across_sectors=(yes, "Whether they are of two sectors."),
    with_anchor=(yes, "Whether one of them is the anchor organisation."),
)
LEVER = Entity(  # what an arm does in an area; see `modsim.inputs.levers`
    spends=(yes, "Whether anything is done."),
    runs=(yes, "Whether there is a programme."),
    patrols=(yes, "Whether the hours go into patrol."),
    signals=(whole, "How many wishes are written down.", "wishes"),
    individual=(yes, "Whether there is no shared menu but a plan for each."),
    learns=(yes, "Whether a menu is made from what young people say."),
    redesigns=(yes, "Whether it is made again each round."),
    places=(whole, "Places of a full round.", "places"),
    minimum_places=(whole, "Places of the smallest round.", "places"),
    contacts=(whole, "Outreach contacts with each of those visited in a round.", "contacts"),
    fixed_slots=(whole, "Activities that are given.", "activities"),
    power_design=(number, "Power over the design shared with young people.", "0-1"),
    power_deliver=(number, "Power over the running course shared with participants.", "0-1"),
    peer_delivery=(number, "Share of sessions that young people lead.", "share"),
    learns_venue=(yes, "Whether sessions are held where young people say."),
    keeps_learning=(yes, "Whether what was learned in a round is kept for the next."),
    compulsory=(yes, "Whether those who are asked may not say no."),
    guide=(yes, "Whether a guide is given at the start."),
    visits=(yes, "Whether services visit the area that knows most."),
    community_of_practice=(yes, "Whether services of all areas meet."),
    shared_worker=(yes, "Whether a worker is shared with the area that knows most."),
    broker=(yes, "Whether a researcher between areas is paid."),
    process_knowledge=(number, "How well the process is known at the start.", "0-1"),
    setup_weeks=(number, "Weeks of set-up of a first round.", "weeks"),
    learned_share=(number, "Share of the menu that is made from what young people say.", "share"),
)
EXPERIENCE = Entity(  # good and bad experiences of this week
    kind=(whole, "Type of service."),
    row=(whole, "Of whom."),
    lane=(whole, "In which lane."),
    good=(whole, "Good ones.", "experiences"),
    bad=(whole, "Bad ones.", "experiences"),
)


class State(NamedTuple):
    """All that an act may look at or change, for all areas and lanes of a town."""

    scene: Any  # (1,) SCENE
    areas: Any  # (areas,) AREA
    seats: Any  # (areas, partners) SEAT
    pairs: Any  # (areas, pairs) PAIR
    levers: Any  # (areas, lanes) LEVER
    numbers: Any  # the numbers of the rules, each over a tile
    mean_start: Any  # (areas, lanes) mean trust in services at the start
    p: Any  # (lanes,) the numbers of the rules, a record with one for each table
    given_menu: Any  # (areas, lanes, activities) zeros and ones
    bespoke: Any  # (activities,) 1 where it is not on the original site's menu
    serves: Any  # (goals, activities) zeros and ones
    prior: Any  # (lanes, activities) what professionals expect
    keys: Any  # (draws, areas, 2) of luck
    replicate: Any  # (areas,)
    hears_from: Any  # (areas, areas of a replicate) weights
    has_kind: Any  # (areas, services) whether there is one
    trust_start: Any  # (services, areas, lanes)
    trust_bonus: Any  # (services, areas, lanes)
    trust_sums: Any  # (services, areas, lanes) of young people's trust, in parts of FIXED_POINT
    area: Any  # (rows,) of young people, as the next ones
    slot: Any
    generation: Any
    log_rate: Any  # lasting, in parts of FIXED_POINT
    log_rate_sums: Any  # (areas,) their sums, of those who are no near-abstainers
    active: Any  # (areas,) how many these are
    first_row: Any  # (areas + 1,) of areas' young people, unsigned
    age: Any  # (rows,)
    tie_start: Any  # (rows + 1,)
    friends: Any  # (ties,)
    ties: Any  # the same, unsigned
    tied: Any  # the same, unsigned
    first_resident: Any  # (areas + 1,) of areas' residents, unsigned
    neighbour_ties: Any  # (residents + 1,) unsigned
    neighbours: Any  # (ties,) unsigned
    usually_known: Any  # (areas, lanes) incidents a week that a resident comes to know of
    fear: Any  # (residents, lanes), as the next ones
    efficacy: Any
    resident_good: Any
    resident_bad: Any
    people: Any  # (rows, lanes) YOUNG_PERSON
    inclination: Any  # (rows, lanes), as the next ones
    lasting: Any
    lasting_target: Any
    trust_gained: Any
    benefit: Any
    in_course: Any
    changed: Any  # (rows,) whether somebody is changed slowly, in some lane
    completers: Any  # (rows,) whether somebody completed a course, in some lane
    touched: Any  # (rows,) whether somebody was in a session or stopped this week, in some lane
    remembered: Any  # (2, rows, lanes) good and bad experience with all services alike
    apart: Any  # (services, rows) whether a service is remembered apart from the others
    remembered_apart: Any  # (2, services, rows, lanes)
    experiences: Any  # (room,) EXPERIENCE
    partners: Any  # (areas, lanes, partners) PARTNER
    partners_now: Any  # (areas, lanes, partners) PARTNER_WEEKLY
    pair_trust: Any  # (areas, lanes, pairs)
    programmes: Any  # (areas, lanes) PROGRAMME
    now: Any  # (areas, lanes) PROGRAMME_WEEKLY
    listing: Any  # (areas, lanes, places on the list) LISTED
    choices: Any  # (areas, lanes, activities) CHOICE
    wishes: Any  # (areas, lanes, places on the list, activities) WISH
    votes: Any  # (areas, lanes, territories) for a venue
    spent: Any  # (areas, lanes, headings)
    in_kind: Any  # (areas, lanes, headings)
    reports: Any  # (areas, lanes) reported incidents of this week
    year_of_reports: Any  # (weeks of a year, areas, lanes)
    # (weeks, 6, areas, lanes) expected incidents and their background: of all, of those who ever joined a programme,
    # and of those who were listed and never did
    years_of_expected: Any
    error_of_evaluation: Any  # (areas,) of this year, standard normal
