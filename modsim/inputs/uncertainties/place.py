"""Where interests come from, who lives in an area and how they are tied."""

from modsim.inputs.fields import Table, number
from modsim.inputs.units import weekly_chance


class World(Table):
    """Where interests come from and how far areas differ."""

    dissimilarity: float = number(
        0.5,
        "How far young people's interests in each new area differ from the original site's: the share that "
        "lies on other activities",
        unit="share, 0 = same interests, 1 = nothing in common",
        allowed=(0, 1),
        evidence="D",
        source="nobody has measured it; the default is an assumption",
    )
    dissimilarity_low: float = number(
        0.0,
        "Lower end of a survey's interval for the dissimilarity",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="nobody has measured it",
    )
    dissimilarity_high: float = number(
        1.0,
        "Upper end of a survey's interval for the dissimilarity",
        unit="share",
        allowed=(0, 1),
        evidence="D",
        source="nobody has measured it",
    )
    drift_per_year: float = number(
        0.0,
        "Share a year by which the activities that differ move on; the dissimilarity stays",
        unit="share a year",
        allowed=(0, 0.5),
        plausible=(0, 0.15),
        evidence="D",
        source="assumption; 0 by default",
    )
    group_concentration: float = number(
        20.0,
        "How closely the interests of a peer group follow those of the area (Dirichlet)",
        unit="pseudo-count",
        allowed=(0.5, 10_000),
        plausible=(5, 60),
        evidence="D",
        source="assumption",
    )
    person_concentration: float = number(
        6.0,
        "How closely a young person's interests follow the peer group's (Dirichlet); low means individual interests",
        unit="pseudo-count",
        allowed=(0.5, 10_000),
        plausible=(2, 20),
        evidence="D",
        source="assumption",
    )


class Population(Table):
    """How many young people live in an area, and how they are tied to each other."""

    share_aged_12_to_17: float = number(
        0.057,
        "Share of an area's population aged 12 to 17",
        unit="share",
        allowed=(0.001, 0.5),
        plausible=(0.05, 0.065),
        evidence="B",
        source="Understanding Glasgow profiles: 6 % in a deprived East End area, 5.3-5.5 % in the city",
    )
    share_aged_18_to_24: float = number(
        0.10,
        "Share of an area's population aged 18 to 24 (ages above are taken at the same share a year)",
        unit="share",
        allowed=(0.001, 0.5),
        plausible=(0.08, 0.12),
        evidence="B",
        source="Understanding Glasgow profiles: 9 % in a deprived area, about 12 % in the city",
    )
    peer_group_size: int = number(
        9,
        "Young people in a peer group, all tied to each other before some ties are rewired",
        unit="people",
        allowed=(2, 60),
        plausible=(6, 12),
        evidence="B",
        source="gives about 8 ties each; UK school networks show 7.3-8.6 (Northern Ireland schools, 2023)",
    )
    people_per_resident: int = number(
        10,
        "People that one simulated resident stands for",
        unit="people",
        allowed=(1, 10_000),
        evidence="D",
        source="a choice, for speed",
    )
    neighbours: int = number(
        6, "Neighbours a resident talks to", unit="people", allowed=(2, 60), evidence="D", source="assumption"
    )
    rewired_neighbours: float = number(
        0.1, "Share of a resident's neighbours who live elsewhere in the area", unit="share", allowed=(0, 1),
        evidence="D", source="assumption",
    )  # fmt: skip
    rewired_share: float = number(
        0.25,
        "Share of peer ties that lead to someone elsewhere in the area",
        unit="share",
        allowed=(0, 1),
        plausible=(0.15, 0.35),
        evidence="B",
        source="leaves transitivity near 0.42, as in UK school networks (0.37-0.45)",
    )
    core_exit_per_year: float = number(
        0.282,
        "Share of a core group's members who leave it within a year, programme or not",
        unit="share a year",
        allowed=(0, 0.99),
        plausible=(0.20, 0.35),
        evidence="B",
        source="Edinburgh Study: gang membership falls from 20 % at 13 to 5 % at 17",
        calibrated=False,
    )

    core_youngest: int = number(
        14,
        "Youngest age at which somebody enters a core group",
        unit="years",
        allowed=(8, 30),
        evidence="D",
        source="assumption",
    )
    core_oldest_newcomer: int = number(
        16,
        "Oldest age at which somebody enters a core group",
        unit="years",
        allowed=(8, 30),
        evidence="D",
        source="assumption",
    )
    core_oldest_at_start: int = number(
        19,
        "Oldest age of a core group's members when the history begins",
        unit="years",
        allowed=(8, 30),
        evidence="D",
        source="assumption",
    )
    support_shape: float = number(
        2.0,
        "How alike young people are in the support they have behind them (both shapes of a beta distribution)",
        unit="shape",
        allowed=(0.1, 1000),
        evidence="D",
        source="assumption",
    )

    @property
    def chance_of_leaving_core_per_week(self) -> float:
        return weekly_chance(self.core_exit_per_year)
