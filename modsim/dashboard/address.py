"""The address of the page: the browser has the last word on where the visitor is, and the page follows it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import reacton.core
import solara

from modsim.dashboard.parts import AddressBar

_STEPS_TOLD = 30  # of those that the browser was asked for last: more than can be under way


@dataclass(frozen=True)
class Place:
    """Where a visitor is: the query of the address, the last steps asked of the browser, and acts so far."""

    query: str
    steps: tuple[tuple[int, str], ...] = ()  # number and query of each
    acts: int = 0

    @property
    def last_step(self) -> int:
        return self.steps[-1][0] if self.steps else 0


@dataclass(frozen=True)
class Address:
    """The address as it stands, and how to change it. `bar` must be among what the page draws."""

    place: Place
    newest: Callable[[], str]  # the query, ahead of what is drawn: two quick changes must both count
    go: Callable[[str], None]
    bar: Any


def use_address(moved_by_hand: Callable[[], None]) -> Address:
    """The address of this page; `moved_by_hand` is called when the visitor goes Back or Forward.

    Steps are numbered, and the browser tells with each move how many it has taken. A move made before the last step
    had come is overtaken by that step, so the page leaves it. Solara's own router has no numbers, and takes the echo
    of a step for a move.
    """
    router = solara.use_router()
    at_once = reacton.core.get_render_context()  # what changes within it is drawn together
    series = solara.use_memo(lambda: uuid4().hex, [])
    place, set_place = solara.use_state(Place(router.search or ""))
    newest = solara.use_ref(place)

    def settle(new: Place) -> None:
        newest.current = replace(new, acts=newest.current.acts + 1)
        set_place(newest.current)

    def go(query: str) -> None:
        now = newest.current
        if query == now.query:
            settle(now)
        else:
            settle(replace(now, query=query, steps=(*now.steps, (now.last_step + 1, query))[-_STEPS_TOLD:]))

    def moved(to: dict) -> None:
        now = newest.current
        if to["taken"] == now.last_step and to["query"] != now.query:
            with at_once:
                moved_by_hand()
                settle(replace(now, query=str(to["query"])))

    bar = AddressBar(series=series, steps=[list(step) for step in place.steps], event_moved=moved)
    return Address(place, lambda: newest.current.query, go, bar)
