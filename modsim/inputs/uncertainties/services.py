"""The partners round the table: their hours, their people, and how they work together."""

from typing import Annotated

import numpy as np
from pydantic import Field
from scipy.special import betaincinv

from modsim.inputs.fields import PartnerType, Table, choice, number


class Partners(Table):
    """Which services there are, and what fills their weeks."""

    at_the_table: int = number(
        6,
        "Partners round the table: the first ones of an area's list, so many",
        unit="partners",
        allowed=(1, 30),
        plausible=(3, 10),
        evidence="C",
        source="partners named for Gorbals and Govan (Glasgow City Council, 2016)",
    )
    lead_pool: Annotated[list[PartnerType], Field(max_length=30)] = choice(
        [], "Types of partner that may lead; all of them if empty"
    )
    hours_police: float = number(
        60.0,
        "Hours a week of the police for an area's young people",
        unit="hours a week",
        allowed=(0, 10_000),
        evidence="D",
        source="assumption",
    )
    hours_others: float = number(
        20.0,
        "Hours a week of any other partner for an area's young people",
        unit="hours a week",
        allowed=(0, 10_000),
        evidence="D",
        source="assumption",
    )
    hours_per_incident: float = number(
        2.0,
        "Hours it takes a partner to answer one incident that it sees",
        unit="hours",
        allowed=(0, 1000),
        evidence="D",
        source="assumption",
    )

    def hours_of(self, kind: PartnerType) -> float:
        """Hours a week of a service of this type."""
        return self.hours_police if kind == "police" else self.hours_others


class Commitment(Table):
    """How committed the people are who stand for their services, and how these come to trust each other."""

    mean: float = number(
        0.788,
        "Mean commitment of a partner's programme worker",
        unit="0-1",
        allowed=(0.01, 1),
        plausible=(0.6, 0.95),
        evidence="D",
        source="assumption; accounts stress individual leadership and commitment (What Works Scotland)",
        calibrated=False,
    )
    sd: float = number(
        0.12,
        "Spread of commitment between workers (beta distribution)",
        unit="sd",
        allowed=(0, 0.45),
        plausible=(0.05, 0.2),
        evidence="D",
        source="assumption",
    )
    reference: float = number(
        0.8,
        "Commitment at which shared power over the design is worth what it says",
        unit="0-1",
        allowed=(0.01, 1),
        evidence="D",
        source="the first guess of the mean, fixed",
    )
    regard_start: float = number(
        0.5,
        "How highly professionals think of young people at the start",
        unit="0-1",
        allowed=(0.01, 1),
        evidence="D",
        source="assumption",
    )
    regard_step: float = number(
        0.002,
        "Change in regard from one good contact, or one incident more than usual",
        unit="0-1",
        allowed=(0, 1),
        plausible=(0, 0.01),
        evidence="D",
        source="assumption: the contacts of a round move it by about a sixth, and not to its end",
    )
    regard_reverts: float = number(
        0.015,
        "Share of the way back to the start that regard goes in a week",
        unit="share a week",
        allowed=(0, 1),
        evidence="D",
        source="assumption: as slow as young people's forgetting",
    )
    together_start: float = number(
        0.5, "Trust between partners at the start", unit="0-1", allowed=(0, 1), evidence="D", source="assumption"
    )
    together_gain: float = number(
        0.05,
        "Share of the missing trust between partners that a full meeting adds",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    together_loss: float = number(
        0.02,
        "Share of two partners' trust lost when one of them misses a meeting",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    shared_premises: bool = choice(
        False,
        "Whether partners share premises, so that all see each other in every week with a session; else those do "
        "whose staff mentor participants, and the lead",
    )
    shared_clients_gain: float = number(
        0.0,
        "Share of the missing trust between partners that a week adds in which they serve the same participants",
        unit="share",
        allowed=(0, 1),
        plausible=(0, 0.02),
        evidence="C",
        source="a third more new collaborations in one building, of academics; for services the size is assumed",
    )
    spanner_adds: float = number(
        0.0,
        "Extra growth of trust between other partners in meetings with the anchor's worker (boundary spanner)",
        unit="ratio",
        allowed=(0, 20),
        plausible=(0, 3),
        evidence="D",
        source="assumption; Building Connections tells of one person who started many partnerships (Sinclair 2017)",
    )
    tie_from: float = number(
        0.6,
        "Trust between two partners from which they count as tied",
        unit="0-1",
        allowed=(0.01, 1),
        evidence="D",
        source="assumption",
    )


class Turnover(Table):
    """Programme workers come and go, and what they know goes with them."""

    leaving_per_week: float = number(
        0.00646,
        "Chance that a partner's programme worker leaves in a week",
        unit="per week",
        allowed=(0, 1),
        plausible=(0.002, 0.012),
        evidence="C",
        source="about 30 % a year, as in US child welfare (Casey Family Programs)",
        calibrated=False,
    )
    strain_adds: float = number(
        0.5,
        "Rise in the chance that a worker leaves while over a week's calls wait",
        unit="share",
        allowed=(0, 20),
        evidence="D",
        source="assumption",
    )
    ties_lost: float = number(
        0.5,
        "Share of the trust between a partner and each of the others that goes with its worker",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    ties_lost_with_spanner: float = number(
        0.0,
        "Share of the trust between any two others that goes with the anchor's worker, the boundary spanner",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    knowledge_lost_with_anchor: float = number(
        0.15,
        "Share of process knowledge lost when the lead's worker leaves, in an area with an anchor organisation",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    knowledge_lost_without_anchor: float = number(
        0.30,
        "Share of process knowledge lost when the lead's worker leaves, in an area without an anchor organisation",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )


def commitment_at(u, mean, sd):
    """Commitment of a worker at quantile u: beta distributed with this mean and standard deviation."""
    known = np.maximum(sd, 1e-6)
    strength = mean * (1.0 - mean) / (known * known) - 1.0
    drawn = betaincinv(np.maximum(mean * strength, 1e-6), np.maximum((1.0 - mean) * strength, 1e-6), u)
    return np.where(sd > 0.0, drawn, mean)
