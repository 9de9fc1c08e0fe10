"""Ctrl-C and the order to end wait until compiled code has returned.

A signal that arrives inside a compiled loop makes Python believe that the loop failed (SystemError), and what was
finished would be lost with it; and one that arrives while Numba compiles or loads leaves its locks held. So a stretch
of work that is not to be broken into hears signals at its end, or where it says so on the way, or a second Ctrl-C.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_WAITING = (signal.SIGINT, signal.SIGTERM)
_listens = False  # on the way, just now
_hear: list[Callable[[], None]] = []  # what passes on a signal that arrived, within a block


@contextmanager
def not_broken_into() -> Iterator[None]:
    """Hear Ctrl-C and the order to end when the block is over; from the main thread only, others are never told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {number: signal.getsignal(number) for number in _WAITING}
    if any(getattr(handler, "waits", False) for handler in before.values()):  # a block within a block
        yield
        return
    heard: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:
        if heard or _listens:
            before[number](number, frame)
        heard.append(number)

    def hear() -> None:
        if heard:
            before[heard[0]](heard[0], None)

    wait.waits = True  # type: ignore[attr-defined]
    for number, handler in before.items():
        if callable(handler):  # anything else ends or ignores by itself
            signal.signal(number, wait)
    _hear.append(hear)
    try:
        yield
    finally:
        _hear.remove(hear)
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)
    hear()


def hear_what_arrived() -> None:
    """Hear, within a stretch that is not to be broken into, what has arrived so far; in the main thread only."""
    if threading.current_thread() is threading.main_thread():
        for hear in _hear:
            hear()


@contextmanager
def listening() -> Iterator[None]:
    """The same, and hear at once what arrives until the block is over."""
    global _listens
    if threading.current_thread() is not threading.main_thread():  # others are never told
        yield
        return
    _listens = True
    try:
        hear_what_arrived()
        yield
    finally:
        _listens = False


def was_interrupted(error: BaseException | None) -> bool:
    """Whether an error is only what became of Ctrl-C inside compiled code."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
