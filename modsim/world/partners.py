"""The services of each area: who sits at the table, in which order, and how many links hold them together."""

from typing import get_args

import numpy as np

from modsim.inputs.fields import PartnerType
from modsim.inputs.scenario import Area, Scenario

PARTNER_TYPES: tuple[PartnerType, ...] = get_args(PartnerType)
_ANCHORS: tuple[PartnerType, ...] = ("housing", "third_sector")
_SECOND_COUNCIL = 16  # added to the stable number of a partner from a second council


def at_the_table(scenario: Scenario, area: Area) -> list[int]:
    """Stable numbers of the partners of an area, in their own order: the order in the file is only a label.

    The number of a partner is that of its type, plus 16 for a partner from a second council.
    """
    first = area.partners[: scenario.partners.at_the_table]
    second = [_SECOND_COUNCIL + PARTNER_TYPES.index(kind) for kind in area.second_council]
    return sorted([PARTNER_TYPES.index(kind) for kind in first] + second)


# Ties between services of different sectors are cross-sector ties.
SECTORS: dict[PartnerType, str] = {
    "police": "emergency", "fire_and_rescue": "emergency", "housing": "housing", "youth_work": "council",
    "social_work": "council", "school": "council", "employability": "work", "job_centre": "work", "health": "health",
    "gp_practice": "health", "third_sector": "third", "advice_agency": "third",
}  # fmt: skip


class Tables:
    """The partners of every stacked area, as columns (areas, partners) with room for the largest table.

    `number` is the stable number (-1 where there is none), `kind` the position of the type in `kinds`, `present`
    whether there is one; `anchor` (areas,) the position of the anchor organisation or -1, `links` (areas,) how many
    links between partners must be kept warm: a star round the anchor, or every pair, and twice for a pair from two
    councils. `pairs` (2, pairs) holds the positions of every two partners, `pair_present` (areas, pairs) whether both
    are there, `across_sectors` whether they are of two sectors, `with_anchor` whether one of them is the anchor.
    """

    def __init__(self, scenario: Scenario, areas: list[Area]):
        tables = [at_the_table(scenario, area) for area in areas]
        size = max(map(len, tables))
        self.number = np.array([table + [-1] * (size - len(table)) for table in tables])
        self.present = self.number >= 0
        types = sorted({number % _SECOND_COUNCIL for table in tables for number in table})
        self.kinds = [PARTNER_TYPES[k] for k in types]
        self.kind = np.array([[types.index(n % _SECOND_COUNCIL) if n >= 0 else 0 for n in row] for row in self.number])
        self.size = self.present.sum(axis=1)
        self.anchor = np.array([_anchor(area, table) for area, table in zip(areas, tables, strict=True)])
        self.links = np.array([_links(table, int(at)) for table, at in zip(tables, self.anchor, strict=True)])
        self.has_kind = np.array([[(row == k)[here].any() for k in range(len(types))]
                                  for row, here in zip(self.kind, self.present, strict=True)])  # fmt: skip
        self.anchor_kind = np.array([self.kind[a, at] if at >= 0 else -1 for a, at in enumerate(self.anchor.tolist())])

        self.pairs = (
            np.array([(i, j) for i in range(size) for j in range(i + 1, size)], dtype=np.int64).reshape(-1, 2).T
        )
        one, other = self.pairs
        self.pair_present = self.present[:, one] & self.present[:, other]
        sector = np.array([sorted(set(SECTORS.values())).index(SECTORS[kind]) for kind in self.kinds])[self.kind]
        self.across_sectors = self.pair_present & (sector[:, one] != sector[:, other])
        at = self.anchor[:, None]
        self.with_anchor = self.pair_present & (at >= 0) & ((one == at) | (other == at))

    @property
    def most(self) -> int:
        """Partners at the largest table."""
        return self.number.shape[1]

    def kind_of(self, area: int, position: int) -> PartnerType:
        """The type of one partner."""
        return self.kinds[int(self.kind[area, position])]


def _anchor(area: Area, table: list[int]) -> int:
    """Where the anchor organisation sits, -1 without one."""
    if area.anchor:
        for kind in _ANCHORS:
            if PARTNER_TYPES.index(kind) in table:
                return table.index(PARTNER_TYPES.index(kind))
    return -1


def _links(table: list[int], anchor: int) -> int:
    """Links of a star round the anchor, or of a mesh without one; a link between two councils counts twice."""
    pairs = [
        (a, b) for i, a in enumerate(table) for j, b in enumerate(table) if i < j and (anchor < 0 or anchor in (i, j))
    ]
    return sum(2 if (a < _SECOND_COUNCIL) != (b < _SECOND_COUNCIL) else 1 for a, b in pairs)
