"""Ties between people in compressed rows, to and from NetworkX and files."""

import io
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from modsim.inputs.files import read_bytes, read_text

if TYPE_CHECKING:
    import networkx as nx
    from scipy.sparse import csr_array


_LARGEST_FILE_BYTES = 1_000_000_000  # some ten million ties


@dataclass(frozen=True)
class Ties:
    """Undirected ties in compressed rows: the friends of row i are `friends[start[i]:start[i + 1]]`, in order."""

    start: np.ndarray
    friends: np.ndarray

    @classmethod
    def between(cls, one: np.ndarray, other: np.ndarray, rows: int) -> "Ties":
        """Ties from two columns of ends; a tie named twice counts once."""
        apart = one != other
        one, other = one[apart].astype(np.int64), other[apart].astype(np.int64)
        both = np.sort(np.concatenate([one * rows + other, other * rows + one]))  # each tie from either end
        origin, friends = np.divmod(both[np.diff(both, prepend=-1) > 0], rows)  # (unique takes 60 times as long)
        start = np.zeros(rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(origin, minlength=rows), out=start[1:])
        return cls(start, friends.astype(np.int32))

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

    @classmethod
    def read(cls, path: Path, rows: int) -> "Ties":
        """Ties between so many people from GraphML (`.graphml`), or from a list of edges (`.csv`).

        The list has a line of heads and then one tie a line: the rows of its two ends, with a comma between.

        Raises
        ------
        ValueError
            when the file is something else; the message says what and where.
        """
        if path.suffix.lower() == ".graphml":
            ties = cls.from_networkx(_graph_in(read_bytes(path, "GraphML file", most=_LARGEST_FILE_BYTES), path))
            if len(ties.start) - 1 != rows:
                raise ValueError(f"{path}: the graph has {len(ties.start) - 1} nodes; there are {rows} young people")
            return ties
        if path.suffix.lower() != ".csv":
            raise ValueError(f"{path}: must end in .graphml or .csv")
        text = read_text(path, "list of ties (.csv)", most=_LARGEST_FILE_BYTES)
        try:
            heads = text.split("\n", 1)[0].split(",")
            if len(heads) != 2 or heads[0].strip().isdecimal():
                raise ValueError("line 1 must be two heads, as in one,other")
            with warnings.catch_warnings(action="ignore"):  # no tie at all is fine
                ends = np.loadtxt(io.StringIO(text), np.int64, delimiter=",", skiprows=1, ndmin=2).reshape(-1, 2)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{path}: must hold heads, then two whole numbers a line, as in 3,17 ({error})") from None
        wrong = np.nonzero(((ends < 0) | (ends >= rows)).any(axis=1))[0]
        if wrong.size:
            pair = ",".join(map(str, ends[wrong[0]].tolist()))
            raise ValueError(f"{path}: tie {wrong[0] + 1} is {pair}; young people are numbered 0 to {rows - 1}")
        return cls.between(ends[:, 0], ends[:, 1], rows)

    def edges(self) -> np.ndarray:
        """The two ends of every tie (ties, 2), the lower first, in order."""
        one = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        return np.stack([one, self.friends], axis=1)[one < self.friends]

    def write_edges(self, path: Path) -> None:
        """Write a list of edges that `read` reads."""
        np.savetxt(path, self.edges(), fmt="%d", delimiter=",", header="one,other", comments="")

    def transitivity(self, rows: slice | None = None) -> float:
        """Share of the pairs of friends of somebody who are friends themselves; NaN where nobody has two.

        Only in a part of the network that no tie leaves, if `rows` are given.
        """
        part = self.matrix if rows is None else self.matrix[rows, rows]
        degree = np.diff(part.indptr)
        pairs = float((degree * (degree - 1)).sum())
        return float((part @ part).multiply(part).sum()) / pairs if pairs else float("nan")

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


def _graph_in(content: bytes, path: Path) -> "nx.Graph":
    """What a GraphML file holds, its nodes as whole numbers."""
    import networkx as nx  # only here: runs do not need it

    try:
        return nx.Graph(nx.read_graphml(io.BytesIO(content), node_type=int))
    except Exception as error:  # whatever the reader stumbles over: it raises more kinds than its documentation lists
        why = str(error).split("\n")[0][:200]
        raise ValueError(f"{path}: is not a graph in GraphML whose nodes are whole numbers ({why})") from None
