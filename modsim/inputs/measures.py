"""The outcome measures: one row each says its name, label, unit, which way is better, and how it is worked out.

Everything else that knows measures reads these rows: `compare` and its tables, `settings.show` and
`settings.smallest_difference`, the contract, studies, and the page. A new measure is a new row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np

    from modsim.inputs.scenario import Scenario

Better = Literal["lower", "higher", "neither"]


class Figures(Protocol):
    """What a measure can be worked out from: an arm beside the reference arm, over all new areas.

    Every method returns one value for each replicate, NaN where there is nothing to divide by. `name` is that of a raw
    figure of the results folder.
    """

    def total(self, name: str) -> "np.ndarray":
        """The sum in the arm."""
        ...

    def change(self, name: str) -> "np.ndarray":
        """100 x (sum in the arm - sum in the reference arm) / sum in the reference arm."""
        ...

    def change_of_same_people(self, name: str) -> "np.ndarray":
        """The same for people whom only this arm defines: against them in the reference arm (`name`_reference)."""
        ...

    def before_after_change(self) -> "np.ndarray":
        """100 x (after - before) / before, of participants' reported incidents a week."""
        ...

    def points_of_youth(self, name: str) -> "np.ndarray":
        """100 x the mean difference over young people from the reference arm."""
        ...

    def points_of_listed(self, name: str) -> "np.ndarray":
        """100 x the mean difference over the young people first targeted who are still here."""
        ...

    def points_of_residents(self, name: str) -> "np.ndarray":
        """100 x the mean difference over residents from the reference arm."""
        ...

    def share(self, part: str, whole: str) -> "np.ndarray":
        """100 x the sum of one figure / the sum of another."""
        ...

    def mean(self, part: str, whole: str) -> "np.ndarray":
        """The sum of one figure / the sum of another."""
        ...

    def gap_between_areas(self, name: str) -> "np.ndarray":
        """100 x (most - least per young person) / the mean over areas."""
        ...

    def cost(self) -> "np.ndarray":
        """Staff hours times their price, in GBP."""
        ...

    def value_less_cost(self) -> "np.ndarray":
        """Incidents averted times what one is worth, less the cost, in GBP."""
        ...

    def spread(self, name: str) -> "np.ndarray":
        """A figure of how the programme spread (see `modsim.findings.spreading`)."""
        ...


@dataclass(frozen=True)
class Measure:
    """A figure of an arm against the reference arm, one for each replicate.

    `of` works it out. `smallest` is the usual smallest difference that matters, None where nobody has set one.
    """

    name: str
    label: str
    unit: str
    better: Better
    of: Callable[[Figures], "np.ndarray"]
    smallest: float | None = None

    @property
    def unit_of_difference(self) -> str:
        """The unit of one arm minus another."""
        return "percentage points" if "%" in self.unit else self.unit


def measures(scenario: "Scenario") -> list[Measure]:
    """The measures of a scenario, in its vocabulary, in the order in which they are shown."""
    incident, incidents = scenario.vocabulary.incident, scenario.vocabulary.incidents
    people = scenario.vocabulary.people
    percent, points, here = "% against no programme", "points (0–100)", "in the new areas"
    money = f"GBP, prices of {scenario.purse.price_year}"

    def change(who: str, label: str, of: Any, smallest: float | None = None) -> Measure:
        return Measure(f"{who}_{incident}_change_percent", label, percent, "lower", of, smallest)

    def count(name: str, label: str, better: Better, unit: str = here) -> Measure:
        return Measure(name, label, unit, better, lambda f: f.total(name))

    def of_spread(name: str, label: str, better: Better, unit: str = "areas") -> Measure:
        return Measure(name, label, unit, better, lambda f: f.spread(name))

    spreads = [
        of_spread("taken_up", "areas that adopt the programme", "neither"),
        of_spread("lapsed", "areas that discontinue it", "lower"),
        of_spread("judged_adoptions", "adoptions long enough ago to judge", "neither"),
        of_spread("mistaken_adoptions", "of those judged, mistaken", "lower"),
        of_spread("trust_left_behind_points", "trust left behind where it is discontinued", "higher", points),
    ]
    valued = Measure(
        "value_less_cost_gbp",
        f"value of {incidents} averted, less cost",
        money,
        "higher",
        lambda f: f.value_less_cost(),
    )
    return [
        change("occurred", f"{incidents} in the new areas", lambda f: f.change(f"{incident}_occurred"), 0.5),
        change("reported", f"reported {incidents}", lambda f: f.change(f"{incident}_reported"), 0.5),
        change("participants", f"{incidents} of participants",
               lambda f: f.change_of_same_people(f"participants_{incident}"), 3.0),
        change("listed", f"{incidents} of {people} first targeted", lambda f: f.change(f"listed_{incident}"), 3.0),
        Measure(f"apparent_{incident}_change_percent", f"before–after change in participants' {incidents}", "%",
                "lower", lambda f: f.before_after_change()),
        change("serious", f"serious {incidents}", lambda f: f.change(f"{incident}_serious")),
        change("groups", f"{incidents} of participants' groups",
               lambda f: f.change_of_same_people(f"groups_{incident}")),
        change("never_listed", f"{incidents} of {people} never targeted",
               lambda f: f.change_of_same_people(f"never_listed_{incident}")),
        Measure("first_time_offenders_change_percent", f"first-time {incidents}", percent, "lower",
                lambda f: f.change("first_time_offenders")),
        Measure("trust_youth_change_points", f"trust of {people} in the lead partner", points, "higher",
                lambda f: f.points_of_youth("trust_youth"), 2.0),
        Measure("trust_listed_change_points", f"trust of {people} first targeted", points, "higher",
                lambda f: f.points_of_listed("trust_listed"), 2.0),
        Measure("trust_residents_change_points", "trust of residents", points, "higher",
                lambda f: f.points_of_residents("trust_residents"), 2.0),
        Measure("fear_change_points", "fear of residents", points, "lower", lambda f: f.points_of_residents("fear")),
        Measure("efficacy_change_points", "collective efficacy", points, "higher",
                lambda f: f.points_of_residents("efficacy")),
        Measure("regard_change_points", f"professionals' regard for {people}", points, "higher",
                lambda f: f.points_of_residents("regard")),
        count("invited", "invited", "neither"),
        count("joined", "joined", "higher"),
        Measure("take_up_percent", "uptake: joined, of those invited", "% of invitations", "neither",
                lambda f: f.share("joined", "invited")),
        count("attended", "sessions attended", "higher"),
        count("completed", "completed", "higher"),
        count("own_goals", "own goals reached", "higher"),
        count("destinations", "work or training found", "higher"),
        Measure("minority_share_percent", "of those who join, with a minority's interests", "% of joiners", "neither",
                lambda f: f.share("joined_minority", "joined")),
        Measure("core_share_percent", "of those who join, in a core group", "% of joiners", "neither",
                lambda f: f.share("joined_core", "joined")),
        Measure("area_gap_percent", "gap between areas in joiners per head", "% of the mean", "lower",
                lambda f: f.gap_between_areas("joined")),
        Measure("chosen_by_youth_percent", f"of menus, chosen by {people}", "% of places on menus", "neither",
                lambda f: f.share("slots_young_people_chose", "slots_learned")),
        Measure("led_by_youth_percent", f"of sessions, led by {people}", "% of sessions", "neither",
                lambda f: f.share("sessions_by_peers", "sessions_held")),
        count("wishes_granted", "requests in a course granted", "higher"),
        count("wishes_refused", "requests in a course refused", "lower"),
        count("tokenism", "times that promised power was not given", "lower"),
        count("ignored", "times that somebody asked was offered nothing of it and took it ill", "lower"),
        count("breaches", "participants whose course was broken off", "lower"),
        count("staff_left", "workers who left", "neither"),
        count("missed_promises", "said yes and got no place", "lower"),
        count("rounds", "rounds held", "neither"),
        count("weeks_open", "weeks open", "neither", "area-weeks"),
        count("open_at_the_end", "sustained to the end", "higher", "areas"),
        *(spreads if scenario.settings.spreads == "diffusion" else []),
        count("ties_made", "ties made between partners of different sectors", "higher"),
        Measure("ties_at_the_end", "ties across sectors at the end", here, "higher",
                lambda f: f.total("ties_across_sectors")),
        Measure("weeks_a_tie_lasts", "weeks a tie across sectors lasts", "weeks", "neither",
                lambda f: f.mean("tie_weeks", "ties_made")),
        Measure("hours", "staff hours spent", "hours", "lower", lambda f: f.total("hours")),
        count("hours_in_kind", "hours given in kind", "neither", "hours"),
        count("hours_left", "hours left unspent", "neither", "hours"),
        Measure("cost_gbp", "cost", money, "lower", lambda f: f.cost()),
        *([valued] if scenario.purse.gbp_per_incident is not None else []),
    ]  # fmt: skip
