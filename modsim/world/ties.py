"""Ties between young people: peer groups in which everybody knows everybody, with a share of ties rewired."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from modsim.world.draws import Luck

if TYPE_CHECKING:
    import networkx as nx
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class Ties:
    """Undirected ties in compressed rows: the friends of row i are `friends[start[i]:start[i + 1]]`, in order."""

    start: np.ndarray
    friends: np.ndarray

    @classmethod
    def between(cls, one: np.ndarray, other: np.ndarray, rows: int) -> "Ties":
        """Ties from two columns of ends; a tie named twice counts once."""
        low, high = np.minimum(one, other), np.maximum(one, other)
        ends = np.unique(np.stack([low, high], axis=1)[low != high], axis=0)
        origin = np.concatenate([ends[:, 0], ends[:, 1]])
        target = np.concatenate([ends[:, 1], ends[:, 0]])
        order = np.lexsort((target, origin))
        start = np.zeros(rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(origin, minlength=rows), out=start[1:])
        return cls(start, target[order].astype(np.int32))

    @classmethod
    def from_networkx(cls, graph: "nx.Graph") -> "Ties":
        """Ties of a graph whose nodes are the rows 0 ... n-1.

        Raises
        ------
        ValueError
            when the nodes are something else.
        """
        rows = graph.number_of_nodes()
        if set(graph.nodes) != set(range(rows)):
            raise ValueError(f"the nodes of the graph must be the whole numbers 0 to {rows - 1}, one for each person")
        ends = np.array([(a, b) for a, b in graph.edges], dtype=np.int64).reshape(-1, 2)
        return cls.between(ends[:, 0], ends[:, 1], rows)

    def to_networkx(self) -> "nx.Graph":
        """The same ties as a NetworkX graph with nodes 0 ... n-1."""
        import networkx as nx  # only here: runs do not need it

        graph = nx.from_scipy_sparse_array(self.matrix)
        for _, _, attributes in graph.edges(data=True):
            attributes.clear()
        return graph

    @cached_property
    def matrix(self) -> "csr_array":
        """The ties as a sparse matrix (rows, rows) of ones."""
        from scipy.sparse import csr_array  # only here: compiled loops do not need it

        rows = len(self.start) - 1
        return csr_array((np.ones(len(self.friends)), self.friends, self.start), shape=(rows, rows))

    def of(self, row: int) -> np.ndarray:
        """The friends of one row."""
        return self.friends[self.start[row] : self.start[row + 1]]

    def of_each(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All friends of several rows, flat, and for each the position in `rows` it belongs to."""
        degree = self.start[rows + 1] - self.start[rows]
        owner = np.repeat(np.arange(len(rows)), degree)
        before = np.cumsum(degree) - degree
        return self.friends[np.arange(len(owner)) - before[owner] + self.start[rows][owner]], owner


def group_sizes(young_people: int, core_groups: int, core_size: int, group_size: int) -> list[int]:
    """Sizes of the groups of an area: core groups first, then peer groups, the last two evened out."""
    rest = young_people - core_groups * core_size
    full, left = divmod(rest, group_size)
    sizes = [group_size] * full
    if left:
        if full and left < group_size // 2:
            sizes[-1] += left
        else:
            sizes.append(left)
    return [core_size] * core_groups + sizes


def area_ties(sizes: list[int], rewired_share: float, luck: Luck, stacked_area: int) -> tuple[np.ndarray, np.ndarray]:
    """The two ends (slots) of each tie of one area: complete groups, of which a share is rewired.

    A rewired tie keeps one end, drawn, and gets another drawn from the whole area outside the group.
    """
    group = np.repeat(np.arange(len(sizes)), sizes)
    people = len(group)
    first = np.cumsum(sizes) - sizes
    pairs = [np.stack(np.triu_indices(size, 1)) + start for size, start in zip(sizes, first, strict=True)]
    one, other = np.concatenate(pairs, axis=1)

    def draw(index: int) -> np.ndarray:
        return luck.uniform("rewiring", np.full(len(one), stacked_area), other, one, index=index)

    keeper = np.where(draw(1) < 0.5, one, other)
    stranger = np.full(len(one), -1)
    for index in range(2, 8):
        drawn = np.minimum((draw(index) * people).astype(np.int64), people - 1)
        usable = (stranger < 0) & (group[drawn] != group[keeper])
        stranger = np.where(usable, drawn, stranger)
    rewired = (draw(0) < rewired_share) & (stranger >= 0)
    return np.where(rewired, keeper, one), np.where(rewired, stranger, other)
