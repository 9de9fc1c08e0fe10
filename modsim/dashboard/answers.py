"""Following a job from a page: what has come of it so far, and leaving it when the page wants something else."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import solara

from modsim.dashboard.workshop import Answer, Job, TooLargeError, Workshop
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml

_SECONDS = 0.7  # between two drawings of the page for progress alone
_SECONDS_AWAY = 5.0  # for which a page may be out of reach before its work is left

_workshop: Workshop | None = None
_lock = threading.Lock()


def workshop() -> Workshop:
    """The one workshop of this server; visitors share its answers and nothing else."""
    global _workshop
    with _lock:
        if _workshop is None:
            _workshop = Workshop()
        return _workshop


def use_workshop(one: Workshop) -> None:
    """Let this server use another workshop."""
    global _workshop
    with _lock:
        _workshop = one


@dataclass(frozen=True)
class Shown:
    """What a page has: the last answer, which question it belongs to, and how the present one stands."""

    asked: str = ""
    answered: str = ""
    answer: Answer | None = None
    share: float = 0.0
    error: str = ""
    stopped: bool = False
    refused: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the answer belongs to the question asked last."""
        return self.answer is not None and self.asked == self.answered and not self.refused

    @property
    def is_busy(self) -> bool:
        if self.error or self.stopped or self.refused:
            return False
        return not (self.is_current and self.answer is not None and self.answer.has_break_even)


def use_answer(scenario: Scenario, name: str, stopped: str, attempt: int = 0) -> tuple[Shown, str]:
    """What there is for a scenario, and its key, the resolved scenario as TOML.

    The key in `stopped` is not worked on; another `attempt` asks again.

    A hook: the page is drawn again whenever something new has come.
    """
    key = resolved_toml(scenario)
    shown, set_shown = solara.use_state(Shown())

    visitor, is_there = _visit()

    def follow():
        left = threading.Event()

        def show(**news) -> None:
            set_shown(lambda old: old if left.is_set() else replace(old, asked=key, **news))

        def watch() -> None:
            while not left.is_set():
                if not is_there():
                    left.wait(_SECONDS)
                    continue
                try:
                    job = workshop().ask(scenario, name, visitor)
                except TooLargeError as error:
                    show(error=str(error), share=0.0, stopped=False)
                    return
                try:
                    if _tell(job, left, is_there, key, show):
                        return
                finally:
                    job.leave(visitor)

        show(error="", stopped=stopped == key)
        if stopped != key:
            threading.Thread(target=watch, daemon=True).start()
        return left.set

    solara.use_effect(follow, [key, stopped == key, attempt])
    return (shown if shown.asked == key else replace(shown, asked=key, share=0.0, error="", stopped=False)), key


def _visit() -> tuple[str, Callable[[], bool]]:
    """Who looks at this page, and how to ask whether a browser still shows it.

    Solara keeps a page without a browser for a while, in case the browser comes back.
    """
    from solara.server import kernel_context

    if not kernel_context.has_current_context():
        return "", lambda: True
    context = kernel_context.get_current_context()

    def is_there() -> bool:
        pages = tuple(context.page_status.values())
        return not pages or kernel_context.PageStatus.CONNECTED in pages

    return context.session_id, is_there


def _tell(job: Job, left: threading.Event, is_there: Callable[[], bool], key: str, show) -> bool:
    """Show what comes of a job; whether all has come, or the page is left. False where nobody has been there."""
    seen, last, shown_at, there_at = -1, None, 0.0, time.monotonic()
    while not left.is_set():
        seen = job.next_change(seen, 0.2)
        finished, error, answer, now = job.finished, job.error, job.answer, job.share
        if answer is not last or error or finished or time.monotonic() - shown_at >= _SECONDS:
            shown_at = time.monotonic()
            last = answer
            news = {} if answer is None else {"answer": answer, "answered": key}
            show(**news, share=now, error=error or "", stopped=False)
        if finished or error:
            return True
        if is_there():
            there_at = time.monotonic()
        elif time.monotonic() - there_at > _SECONDS_AWAY:
            return False
    return True
