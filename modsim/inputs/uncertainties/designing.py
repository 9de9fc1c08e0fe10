"""What it takes to design a menu together and to put it on."""

from modsim.inputs.fields import Table, number


class Designing(Table):
    """What it takes partners to design a menu together, and to put it on."""

    partners: int = number(
        6,
        "Services around the design table",
        unit="partners",
        allowed=(1, 30),
        plausible=(3, 10),
        evidence="C",
        source="partners named for Gorbals and Govan (Glasgow City Council, 2016)",
    )
    meeting_hours: float = number(
        2.0,
        "Hours of one partner for one design meeting",
        unit="hours",
        allowed=(0, 40),
        evidence="D",
        source="assumption",
    )
    meetings: float = number(
        6.0,
        "Full meetings needed to design a whole menu; one is held each fortnight",
        unit="meetings",
        allowed=(0, 60),
        evidence="D",
        source="assumption",
    )
    link_hours: float = number(
        1.0,
        "Hours a week to keep one link between two partners warm while they design",
        unit="hours",
        allowed=(0, 20),
        plausible=(0.3, 3),
        evidence="D",
        source="assumption",
    )
    knowledge_saves_hours: float = number(
        0.5,
        "Share of design hours saved when the co-production process is fully known",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    knowledge_saves_weeks: float = number(
        0.4,
        "Share of set-up weeks saved when the co-production process is fully known",
        unit="share",
        allowed=(0, 0.95),
        evidence="D",
        source="assumption",
    )
    refresh: float = number(
        0.5,
        "Design effort and set-up time of a later round against the first",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="assumption",
    )
    bespoke_cost: float = number(
        1.25,
        "Cost of delivering an activity that is not the origin's, against one that is",
        unit="ratio",
        allowed=(1, 5),
        plausible=(1, 1.5),
        evidence="D",
        source="assumption",
    )

    def links(self, has_anchor: bool) -> int:
        """Links to keep warm: a star round an anchor organisation, or every pair without one."""
        return self.partners - 1 if has_anchor else self.partners * (self.partners - 1) // 2
