"""Young people's interests: an area's pattern, exactly as far from the original site's as asked, and each person's."""

import numpy as np

from modsim.inputs.scenario import Area, Scenario
from modsim.world.draws import Luck


def area_pattern(
    scenario: Scenario, area: Area, dissimilarity: float, luck: Luck, stacked_area: int, moved_on: float = 0.0
) -> np.ndarray:
    """Share of interests by activity in an area, in the order of `scenario.activity_ids`; adds up to 1.

    The original site has its own pattern, an area with its own `interests` has those. Elsewhere the pairs of
    activities that swap are laid in random order round a circle of length 1, each as long as its share at the
    origin; what lies on an arc of length `dissimilarity` from a random point moves to the other activity of
    the pair. So the total variation distance to the original site is the dissimilarity, exactly, and how diverse the
    interests are hardly changes.
    """
    ids = scenario.activity_ids
    by_id = {a.id: a for a in scenario.activities}
    if area.interests is not None:
        return np.array([area.interests.get(i, 0.0) for i in ids])
    pattern = {i: by_id[i].origin_share for i in ids}
    if area.role == "origin":
        return np.array([pattern[i] for i in ids])
    wanted = [i for i in ids if by_id[i].origin_share > 0.0]
    wanted.sort(key=lambda i: luck.uniform(f"place on the circle: {i}", stacked_area))
    arc_start = (luck.uniform("start of the arc", stacked_area) + moved_on) % 1.0
    arc_end = arc_start + dissimilarity
    position = 0.0
    for i in wanted:
        share = by_id[i].origin_share
        moved = sum(
            max(0.0, min(position + share, arc_end - turn) - max(position, arc_start - turn)) for turn in (0.0, 1.0)
        )
        pattern[i] -= moved
        pattern[by_id[i].swaps_with] += moved
        position += share
    return np.maximum(np.array([pattern[i] for i in ids]), 0.0)


def dirichlet(process: str, concentration: float, centre: np.ndarray, ids: list[str], luck: Luck, **key) -> np.ndarray:
    """Shares around `centre` (..., n, K), one row for each entity of the key, adding up to 1 (..., n, K).

    Each activity has its own draw, named by its id, so that the order of activities is only a label.
    """
    parts = luck.gammas(process, ids, concentration * centre, **key)
    total = np.zeros(parts.shape[:-1])
    for k in range(len(ids)):  # one stated order of adding
        total = total + parts[..., k]
    return parts / total[..., None]


def match(interests, menu):
    """Share of interests that a menu serves: the sum over activities in one stated order.

    `interests` (K, ...) and `menu` (K, ...) of zeros and ones, broadcast against each other.
    """
    served = interests[0] * menu[0]
    for k in range(1, len(interests)):
        served = served + interests[k] * menu[k]
    return served
