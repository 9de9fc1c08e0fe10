"""The network of one area in one replicate: young people and their ties, and the partners round the table."""

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib
import networkx as nx
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modsim.findings.figures.style import SETTINGS, finish, put_title, wrapped
from modsim.inputs.saving import write_whole

if TYPE_CHECKING:
    from modsim.simulation.agents import Partner, Programme, YoungPerson

_LOW, _HIGH = 0.2, 0.8  # trust at the ends of the shades: the same in every picture, so that they compare
_RING = 1.35  # distance of the services from the middle
_TIE, _TABLE, _MENTOR = "#B5B5B5", "#7A7A7A", "#12436D"


def draw_network(programme: "Programme", file: Path) -> str:
    """Draw those who took part or were listed, their friends and the services, as they are now; returns it in words.

    The file's ending says what kind of picture it is (such as png, svg or pdf).
    """
    shown, why = _shown(programme)
    rows = [person.row for person in shown]
    graph = programme.model.friendships().subgraph(rows)
    place = nx.spring_layout(graph, k=2.5 / max(len(rows), 1) ** 0.5, iterations=120, seed=1)
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(9.6, 8.2), layout=ConstrainedLayoutEngine(rect=(0.012, 0.05, 0.976, 0.94)))
        axis = figure.subplots()
        axis.add_collection(
            LineCollection([(place[a], place[b]) for a, b in graph.edges], colors=_TIE, linewidths=0.6, zorder=1)
        )
        _draw_people(axis, shown, place)
        _draw_services(axis, programme, place)
        label, arm = programme.place.label, programme.model.scenario.arm_label(programme.model.arm)
        weeks = programme.model.week + 1
        put_title(figure, f"The network of {label} after {weeks} weeks of one simulated future")
        axis.set_title(wrapped(f"“{arm}”: {why}, their friends, and the partners round the table", 80))
        axis.legend(loc="upper left", bbox_to_anchor=(0.0, 0.0), ncols=5, fontsize=8.5)
        axis.set_axis_off()
        axis.set_aspect("equal")
        axis.margins(0.12)
        finish(figure)
        kind = Path(file).suffix.removeprefix(".") or "png"
        write_whole(Path(file), lambda place: figure.savefig(place, dpi=130, format=kind))
    inside = sum(person.ever_in for person in shown)
    return (
        f"{len(shown)} of {len(programme.young_people)} young people of {label} ({why}, and their friends), "
        f"{graph.number_of_edges()} ties; {inside} of them took part; {len(programme.partners)} partners"
    )


def _shown(programme: "Programme") -> tuple[list["YoungPerson"], str]:
    """Who is drawn, and why: those who took part, else were listed, the core groups, or all; and friends."""
    people = programme.young_people
    listed = programme.model.town.columns.ever_listed[:, 0]
    choices = {
        "those who took part": [person for person in people if person.ever_in],
        "young people on the referral list": [person for person in people if listed[person.row]],
        "core groups": [person for person in people if person.in_core],
    }
    why = next((words for words, who in choices.items() if who), "everybody")
    chosen = choices.get(why, list(people))
    rows = {person.row for person in chosen} | {friend.row for person in chosen for friend in person.friends}
    return [person for person in people if person.row in rows], why


def _draw_people(axis, shown: list["YoungPerson"], place: dict) -> None:
    """Shades say how far each trusts the lead; shapes, whether they took part or belong to a core group."""
    kinds = {
        "took part": ([one for one in shown if one.ever_in], "o", 75, 1.4),
        "in a core group": ([one for one in shown if one.in_core and not one.ever_in], "^", 55, 0.8),
        "friends": ([one for one in shown if not one.in_core and not one.ever_in], "o", 22, 0.3),
    }
    for label, (people, marker, size, edge) in kinds.items():
        if people:
            at = np.array([place[person.row] for person in people])
            dots = axis.scatter(
                at[:, 0], at[:, 1], c=[person.trust for person in people], cmap="YlGnBu", s=size, marker=marker,
                vmin=_LOW, vmax=_HIGH, edgecolors="#222222", linewidths=edge, label=label, zorder=2 + (edge > 1),
            )  # fmt: skip
    axis.figure.colorbar(dots, ax=axis, shrink=0.5, extend="both", label="Trust in the lead partner, from 0 to 1")


def _draw_services(axis, programme: "Programme", place: dict) -> None:
    """The table on a ring: who is linked to whom, who leads, and whom each mentors now."""
    partners, town = programme.partners, programme.model.town
    angle = np.pi / 2 + 2 * np.pi * np.arange(len(partners)) / len(partners)
    spot = dict(zip(partners, _RING * np.stack([np.cos(angle), np.sin(angle)], axis=1), strict=True))
    hub = programme.anchor.partner if programme.anchor else None
    pairs = [(a, b) for n, a in enumerate(partners) for b in partners[n + 1 :] if hub is None or hub in (a, b)]
    together = [(spot[a], spot[b]) for a, b in pairs]
    axis.add_collection(
        LineCollection(together, colors=_TABLE, linewidths=0.5, linestyles=":", zorder=0, label="work together")
    )
    mentors: list[tuple[Partner, int]] = []
    for position, person in programme.on_list():
        mentor = programme.mentor_of(position)
        if mentor is not None and town.columns.in_course[person.row, 0] and person.row in place:
            mentors.append((mentor, person.row))
    if mentors:
        lines = [(spot[mentor], place[row]) for mentor, row in mentors]
        axis.add_collection(LineCollection(lines, colors=_MENTOR, linewidths=0.7, alpha=0.6, label="mentors now"))
    for partner in partners:
        words = partner.type.replace("_", " ")
        roles = [role for role, is_so in (("leads", partner.leads), ("anchor", partner is hub)) if is_so]
        axis.annotate(
            words + (f"\n({', '.join(roles)})" if roles else ""), spot[partner], ha="center", va="center", fontsize=8.5,
            fontweight="bold" if partner.leads else "normal", zorder=4,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": "#222222"},
        )  # fmt: skip
