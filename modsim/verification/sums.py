"""What must add up in any run: hours, people and incidents."""

import numpy as np

from modsim.simulation.runs import Outcome
from modsim.verification.checks import Sheet


def adding_up(sheet: Sheet, outcome: Outcome) -> None:
    """What must hold for the figures of any run: hours, people and incidents."""
    totals, spent = outcome.totals, outcome.spent
    incident = next(name for name in totals if name.endswith("_occurred")).removesuffix("_occurred")
    hours = sum(spent.values())
    off = np.abs(totals["hours"] - hours).max(), np.abs(totals["hours_arrived"] - hours - totals["hours_left"]).max()
    sheet.near("hours that are lost or made", float(max(off)), 0.0, 1e-6)
    sheet.none("purses below nothing", (totals["hours_left"] < -1e-6).sum())
    paid = sum(spent[heading] for heading in ("contacts", "delivery", "negotiation"))
    given = sum(spent[heading] for heading in ("meetings", "links", "mentoring"))
    worked = sum(figures for name, figures in totals.items() if name.startswith("hours_of_"))
    sheet.near(
        "hours worked by nobody", float(np.abs(worked - paid - given - totals["hours_in_kind"]).max()), 0.0, 1e-6
    )
    for less, more in (
        (f"{incident}_reported", f"{incident}_occurred"), (f"{incident}_seen", f"{incident}_reported"),
        (f"{incident}_serious", f"{incident}_occurred"), (f"never_listed_{incident}", f"{incident}_occurred"),
        ("completed", "joined"), ("participants", "joined"), ("own_goals", "completed"), ("destinations", "completed"),
        ("slots_young_people_chose", "slots_learned"),
    ):  # fmt: skip
        sheet.none(f"more {less} than {more}".replace("_", " "), (totals[less] > totals[more]).sum())
    sheet.none(
        "more joined or missed than invited", (totals["joined"] + totals["missed_promises"] > totals["invited"]).sum()
    )
    by_age = sum(totals[f"joined_{age}"] for age in ("under_16", "16_to_17", "18_and_over"))
    sheet.same("joiners by age", by_age, totals["joined"])
    states = (
        "fear",
        "efficacy",
        "regard",
        "trust_residents",
        "process_knowledge",
        "trust_between_partners",
        "trust_youth",
    )
    sheet.none("states below 0 or above 1", sum(int(((totals[s] < 0) | (totals[s] > 1)).sum()) for s in states))
