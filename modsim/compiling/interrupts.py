"""Ctrl-C and the order to end wait until compiled code has returned.

A signal that arrives inside a compiled loop makes Python believe that the loop failed (SystemError), and what was
finished would be lost with it. So a stretch of work that is not to be broken into hears signals at its end. Compiling
itself, which may take many seconds, is plain Python and can be stopped at once, and so can anything by a second Ctrl-C.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_WAITING = (signal.SIGINT, signal.SIGTERM)


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
        if heard or _is_compiling(frame):
            before[number](number, frame)
        heard.append(number)

    wait.waits = True  # type: ignore[attr-defined]
    for number, handler in before.items():
        if callable(handler):  # anything else ends or ignores by itself
            signal.signal(number, wait)
    try:
        yield
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)
    if heard:
        before[heard[0]](heard[0], None)


def was_interrupted(error: BaseException | None) -> bool:
    """Whether an error is only what became of Ctrl-C inside compiled code."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_compiling(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).split(".")[0] in ("numba", "llvmlite"):
            return True
        frame = frame.f_back
    return False
