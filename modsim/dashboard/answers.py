"""Following a job from a page: what has come of it so far, and leaving it when the page wants something else."""

import threading
import time
from dataclasses import dataclass, replace

import solara

from modsim.dashboard.workshop import Answer, Job, TooLargeError, Workshop
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml

_SECONDS = 0.7  # between two drawings of the page for progress alone

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

    def follow():
        wanted = threading.Event()
        wanted.set()

        def show(**news) -> None:
            set_shown(lambda old: replace(old, asked=key, **news) if wanted.is_set() else old)

        def watch() -> None:
            try:
                job = workshop().ask(scenario, name)
            except TooLargeError as error:
                show(error=str(error), share=0.0, stopped=False)
                return
            try:
                _tell(job, wanted, key, show)
            finally:
                job.leave()

        show(error="", stopped=stopped == key)
        if stopped != key:
            threading.Thread(target=watch, daemon=True).start()
        return wanted.clear

    solara.use_effect(follow, [key, stopped == key, attempt])
    return (shown if shown.asked == key else replace(shown, asked=key, share=0.0, error="", stopped=False)), key


def _tell(job: Job, wanted: threading.Event, key: str, show) -> None:
    seen, last, shown_at = -1, None, 0.0
    while wanted.is_set():
        seen = job.next_change(seen, 0.2)
        finished, error, answer, now = job.finished, job.error, job.answer, job.share
        if answer is not last or error or finished or time.monotonic() - shown_at >= _SECONDS:
            shown_at = time.monotonic()
            last = answer
            news = {} if answer is None else {"answer": answer, "answered": key}
            show(**news, share=now, error=error or "", stopped=False)
        if finished or error:
            return
