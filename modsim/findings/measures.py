"""The measures of a comparison: names, units, which way is better, and how each is taken from the runs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from modsim.findings.spreading import recipients, spread_by_replicate
from modsim.inputs.scenario import Scenario
from modsim.simulation.runs import Outcome

Better = Literal["lower", "higher", "neither"]

_COUNTS = (
    "invited", "joined", "attended", "completed", "own_goals", "destinations", "wishes_granted", "wishes_refused",
    "tokenism", "breaches", "staff_left", "missed_promises", "rounds", "weeks_open", "open_at_the_end",
    "hours_in_kind", "hours_left", "ties_made",
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A figure of an arm against the reference arm, one for each replicate."""

    name: str
    label: str
    unit: str
    better: Better

    @property
    def unit_of_difference(self) -> str:
        """The unit of one arm minus another."""
        return "points" if "%" in self.unit else self.unit


def measures(scenario: Scenario) -> list[Measure]:
    """The measures of a scenario, in its vocabulary, in the order they are shown."""
    incident, incidents = scenario.vocabulary.incident, scenario.vocabulary.incidents
    people = scenario.vocabulary.people
    change, money = "% against no programme", f"GBP, prices of {scenario.purse.price_year}"
    spreads = [
        Measure("taken_up", "taken up", "areas", "neither"),
        Measure("lapsed", "lapsed", "areas", "lower"),
        Measure("judged_adoptions", "adoptions that can be judged", "areas", "neither"),
        Measure("mistaken_adoptions", "of those judged, mistaken", "areas", "lower"),
        Measure("trust_left_behind_points", "trust left behind where it lapsed", "points of 100", "higher"),
    ]
    valued = Measure("value_less_cost_gbp", f"value of {incidents} averted, less cost", money, "higher")
    return [
        Measure(f"occurred_{incident}_change_percent", f"{incidents} in the areas", change, "lower"),
        Measure(f"reported_{incident}_change_percent", f"reported {incidents}", change, "lower"),
        Measure(f"participants_{incident}_change_percent", f"{incidents} of participants", change, "lower"),
        Measure(f"listed_{incident}_change_percent", f"{incidents} of those first listed", change, "lower"),
        Measure(f"apparent_{incident}_change_percent", "apparent effect, before against after", "%", "lower"),
        Measure(f"serious_{incident}_change_percent", f"serious {incidents}", change, "lower"),
        Measure(f"groups_{incident}_change_percent", f"{incidents} of participants' groups", change, "lower"),
        Measure(f"never_listed_{incident}_change_percent", f"{incidents} of those never listed", change, "lower"),
        Measure("first_time_offenders_change_percent", f"first-time {incidents}", change, "lower"),
        Measure("trust_youth_change_points", f"trust of {people} in the lead", "points of 100", "higher"),
        Measure("trust_listed_change_points", "trust of those first listed", "points of 100", "higher"),
        Measure("trust_residents_change_points", "trust of residents", "points of 100", "higher"),
        Measure("fear_change_points", "fear of residents", "points of 100", "lower"),
        Measure("efficacy_change_points", "collective efficacy", "points of 100", "higher"),
        Measure("regard_change_points", f"services' regard for {people}", "points of 100", "higher"),
        Measure("invited", "invitations", "in the areas", "neither"),
        Measure("joined", "joined", "in the areas", "higher"),
        Measure("take_up_percent", "take-up: joined, of those asked", "% of invitations", "neither"),
        Measure("attended", "sessions attended", "in the areas", "higher"),
        Measure("completed", "completed", "in the areas", "higher"),
        Measure("own_goals", "own goals reached", "in the areas", "higher"),
        Measure("destinations", "work or training found", "in the areas", "higher"),
        Measure("minority_share_percent", "of those who join, with a minority's wishes", "% of joiners", "neither"),
        Measure("core_share_percent", "of those who join, in a core group", "% of joiners", "neither"),
        Measure("area_gap_percent", "gap between areas in joiners per head", "% of the mean", "lower"),
        Measure("chosen_by_youth_percent", f"of menus, chosen by {people}", "% of places on menus", "neither"),
        Measure("led_by_youth_percent", f"of sessions, led by {people}", "% of sessions", "neither"),
        Measure("wishes_granted", "wishes in a course granted", "in the areas", "higher"),
        Measure("wishes_refused", "wishes in a course refused", "in the areas", "lower"),
        Measure("tokenism", "promised power missed", "in the areas", "lower"),
        Measure("breaches", "in a course broken off", "in the areas", "lower"),
        Measure("staff_left", "workers who left", "in the areas", "neither"),
        Measure("missed_promises", "said yes and got no place", "in the areas", "lower"),
        Measure("rounds", "rounds held", "in the areas", "neither"),
        Measure("weeks_open", "weeks open", "area-weeks", "neither"),
        Measure("open_at_the_end", "open at the end", "areas", "higher"),
        *(spreads if scenario.settings.spreads == "diffusion" else []),
        Measure("ties_made", "ties made between services of different sectors", "in the areas", "higher"),
        Measure("ties_at_the_end", "ties across sectors at the end", "in the areas", "higher"),
        Measure("weeks_a_tie_lasts", "weeks a tie across sectors lasts", "weeks", "neither"),
        Measure("hours", "staff hours spent", "hours", "lower"),
        Measure("hours_in_kind", "hours given in kind", "hours", "neither"),
        Measure("hours_left", "hours left unspent", "hours", "neither"),
        Measure("cost_gbp", "cost", money, "lower"),
        *([valued] if scenario.purse.gbp_per_incident is not None else []),
    ]


def by_replicate(scenario: Scenario, outcome: Outcome, arm: str, reference: str) -> dict[str, np.ndarray]:
    """Every measure of an arm against the reference: one value for each replicate, over all recipients.

    Changes in percent are 100 x (sum in the arm - sum in the reference) / sum in the reference. Participants are
    those with a session in that arm, followed for 52 weeks from their first one, against the same people and weeks
    in the reference. The apparent effect sets the same people's reported incidents per week in the 52 weeks before
    beside those after. Missing (NaN) where there is nothing to divide by.
    """
    recipient = recipients(scenario)
    people = np.array([scenario.young_people_in(area) for area in scenario.areas])[recipient]
    residents = np.array([area.population for area in scenario.areas])[recipient]
    incident = scenario.vocabulary.incident
    at, base = outcome.lane(arm), outcome.lane(reference)

    def figures(name: str, lane: int = at) -> np.ndarray:
        return outcome.totals[name][:, recipient, lane].astype(float)

    def change(name: str) -> np.ndarray:
        return _percent(figures(name).sum(axis=1), figures(name, base).sum(axis=1))

    def points(name: str) -> np.ndarray:
        return 100.0 * ((figures(name) - figures(f"{name}_reference")) * people).sum(axis=1) / people.sum()

    def residents_points(name: str) -> np.ndarray:
        return 100.0 * ((figures(name) - figures(name, base)) * residents).sum(axis=1) / residents.sum()

    def against_own_reference(name: str) -> np.ndarray:
        return _percent(figures(name).sum(axis=1), figures(f"{name}_reference").sum(axis=1))

    def share(part: str, whole: str) -> np.ndarray:
        return 100.0 * _ratio(figures(part).sum(axis=1), figures(whole).sum(axis=1))

    def mean_of_listed(name: str) -> np.ndarray:
        still_here = figures("listed_still_here")
        return _ratio(np.nansum(figures(name) * still_here, axis=1), still_here.sum(axis=1))

    before = _ratio(figures("reported_before").sum(axis=1), figures("weeks_before").sum(axis=1))
    after = _ratio(figures("reported_after").sum(axis=1), figures("weeks_after").sum(axis=1))
    per_head = figures("joined") / people
    hours = figures("hours").sum(axis=1)
    cost, worth = hours * scenario.purse.price_per_hour, scenario.purse.gbp_per_incident
    averted = incidents_occurred(scenario, outcome, base) - incidents_occurred(scenario, outcome, at)
    return {
        f"occurred_{incident}_change_percent": change(f"{incident}_occurred"),
        f"reported_{incident}_change_percent": change(f"{incident}_reported"),
        f"participants_{incident}_change_percent": against_own_reference(f"participants_{incident}"),
        f"listed_{incident}_change_percent": change(f"listed_{incident}"),
        f"apparent_{incident}_change_percent": _percent(after, before),
        f"serious_{incident}_change_percent": change(f"{incident}_serious"),
        f"groups_{incident}_change_percent": against_own_reference(f"groups_{incident}"),
        f"never_listed_{incident}_change_percent": against_own_reference(f"never_listed_{incident}"),
        "first_time_offenders_change_percent": change("first_time_offenders"),
        "trust_youth_change_points": points("trust_youth"),
        "trust_listed_change_points": 100.0
        * (mean_of_listed("trust_listed") - mean_of_listed("trust_listed_reference")),
        **{
            f"{name}_change_points": residents_points(name)
            for name in ("trust_residents", "fear", "efficacy", "regard")
        },
        **{name: figures(name).sum(axis=1) for name in _COUNTS},
        "take_up_percent": share("joined", "invited"),
        "minority_share_percent": share("joined_minority", "joined"),
        "core_share_percent": share("joined_core", "joined"),
        "area_gap_percent": 100.0 * _ratio(per_head.max(axis=1) - per_head.min(axis=1), per_head.mean(axis=1)),
        "chosen_by_youth_percent": share("slots_young_people_chose", "slots_learned"),
        "led_by_youth_percent": share("sessions_by_peers", "sessions_held"),
        **(spread_by_replicate(scenario, outcome, arm, reference) if scenario.settings.spreads == "diffusion" else {}),
        "ties_at_the_end": figures("ties_across_sectors").sum(axis=1),
        "weeks_a_tie_lasts": _ratio(figures("tie_weeks").sum(axis=1), figures("ties_made").sum(axis=1)),
        "hours": hours,
        "cost_gbp": cost,
        **({"value_less_cost_gbp": averted * worth - cost} if worth is not None else {}),
    }


def incidents_occurred(scenario: Scenario, outcome: Outcome, lane: int) -> np.ndarray:
    """Incidents that occurred in a lane, over recipients, by replicate."""
    occurred = outcome.totals[f"{scenario.vocabulary.incident}_occurred"]
    return occurred[:, recipients(scenario), lane].sum(axis=1).astype(float)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def _percent(now: np.ndarray, then: np.ndarray) -> np.ndarray:
    return 100.0 * _ratio(now - then, then)
