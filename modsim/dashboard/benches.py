"""Benches: processes that each do one piece of work at a time, and serve their visitors in turn."""

import itertools
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from modsim.simulation.parallel import children_leave_stopping_to_parent

_VISITORS_REMEMBERED = 1000
_numbers = itertools.count(1)  # every turn has its own: an order to stop must not reach another


@dataclass(eq=False)
class Turn:
    """One piece of work, and who waits for it."""

    visitors: Callable[[], Iterable[str]]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: Future[Any] = field(default_factory=Future)
    number: int = field(default_factory=lambda: next(_numbers))


class Bench:
    """One process and what waits for it: of those who wait, the visitor who was served least recently comes first.

    Work is called with its arguments, its number and the bench's place. It writes the weeks it has lived on the board,
    and ends when its number stands there: for each bench the board holds who must stop, then the weeks lived.
    """

    def __init__(self, make: Callable[[], Executor], board: Any, place: int):
        self._make, self._board, self._place = make, board, place
        self._executor: Executor | None = None
        self._broken: Executor | None = None  # the last whose process died
        self._waiting: list[Turn] = []
        self._running: Turn | None = None
        self._served: dict[str, int] = {}  # by visitor: the number of their last turn
        self._turns = 0
        self._is_closed = False
        self._lock = threading.Lock()

    def put(self, visitors: Callable[[], Iterable[str]], work: Callable[..., Any], *arguments: Any) -> Turn:
        """Let work wait for its turn; its future tells what came of it."""
        turn = Turn(visitors, work, arguments)
        with self._lock:
            self._waiting.append(turn)
        self._go_on()
        return turn

    def stop(self, turn: Turn) -> None:
        """Take work back: it never begins, or it ends within a week of its own."""
        turn.future.cancel()
        with self._lock:
            if self._running is turn:
                self._board[2 * self._place] = turn.number

    def weeks(self, turn: Turn) -> int:
        """How many weeks a turn has lived so far, while it runs."""
        with self._lock:
            return self._board[2 * self._place + 1] if self._running is turn else 0

    def close(self) -> Executor | None:
        """Begin nothing more and stop what runs; returns what is to be waited for."""
        with self._lock:
            self._is_closed = True
            waiting, self._waiting = self._waiting, []
            if self._running is not None:
                self._board[2 * self._place] = self._running.number
            executor, self._executor = self._executor, None
        for turn in waiting:
            turn.future.cancel()
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
        return executor

    # --- turn by turn --------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Begin whose turn it is, if nothing runs."""
        with self._lock:
            turn = self._next()
        if turn is None:
            return
        try:
            begun = self._submitted(turn)
        except Exception as error:
            self._end(turn, error=error)
            return
        begun.add_done_callback(lambda done: self._end(turn, done))

    def _next(self) -> Turn | None:
        while self._waiting and self._running is None and not self._is_closed:
            turn = min(self._waiting, key=self._last_served)
            self._waiting.remove(turn)
            if turn.future.set_running_or_notify_cancel():
                self._running = turn
                self._board[2 * self._place], self._board[2 * self._place + 1] = 0, 0
                self._note(turn)
                return turn
        return None

    def _last_served(self, turn: Turn) -> int:
        return min((self._served.get(visitor, 0) for visitor in turn.visitors()), default=0)

    def _note(self, turn: Turn) -> None:
        self._turns += 1
        for visitor in turn.visitors():
            self._served.pop(visitor, None)
            self._served[visitor] = self._turns
        for old in list(self._served)[:-_VISITORS_REMEMBERED]:
            del self._served[old]

    def _submitted(self, turn: Turn) -> Future[Any]:
        for last in (False, True):
            executor = None
            try:
                with self._lock, children_leave_stopping_to_parent():  # Ctrl-C ends them with the page
                    if self._is_closed:  # no process may begin that nobody would end
                        raise TimeoutError("stopped")
                    executor = self._executor = self._executor or self._make()
                    return executor.submit(turn.work, *turn.arguments, turn.number, self._place)
            except BrokenProcessPool:  # the process died while it had nothing to do
                self._give_up(executor)
                if last:
                    raise
        raise AssertionError

    def _give_up(self, executor: Executor | None) -> None:
        """Have a new process for the next turn.

        The broken pool tells of its end with its own lock held, so it must neither be shut down nor vanish here.
        """
        with self._lock:
            if self._executor is executor:
                self._broken, self._executor = executor, None

    def _end(self, turn: Turn, done: Future[Any] | None = None, error: BaseException | None = None) -> None:
        if done is not None:
            error = TimeoutError("stopped") if done.cancelled() else done.exception()
        if isinstance(error, BrokenProcessPool):
            self._give_up(self._executor)
        with self._lock:
            self._running = None
        if error is not None:
            turn.future.set_exception(error)
        else:
            assert done is not None
            turn.future.set_result(done.result())
        self._go_on()
