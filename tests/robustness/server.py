"""Gives each command line a process of its own, forked from one that has everything loaded: hundreds in seconds.

`python -m tests.robustness.server` reads a request a line, as JSON, and answers each with how the command ended. A
child that is stopped is left to end as a process of its own would, so that what is told at the very end is told here.
"""

import contextlib
import ctypes
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import sys
import time
import warnings

_SUBREAPER = 36  # prctl: whoever loses its parent becomes ours, so that we know when all have ended
_MOST_BYTES = 8_000_000_000  # of memory, so that what reads without end does not take the machine along
_TO_STOP = 30.0  # seconds in which a command must have ended after a signal
_GRACE = 5.0  # seconds in which helpers must have left after the command


def load_everything() -> None:
    """Import whatever a command may need, and load compiled loops, once for all children."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot

    import modsim.calibration.calibrating
    import modsim.calibration.writing
    import modsim.cli
    import modsim.findings.figures
    import modsim.studies.ablation
    import modsim.studies.reflecting
    import modsim.studies.reproducing
    import modsim.studies.results
    import modsim.validation.validating  # noqa: F401
    from modsim import Community
    from tests.conftest import small_scenario

    Community(small_scenario(), arm="recoproduce").run_for(2)
    gc.freeze()


def live(request: dict, told: int) -> None:
    """In the child: become the command, and end as it does."""
    os.setsid()
    for number, how in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        signal.signal(number, how)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for fd, path in ((1, request["out"]), (2, request["err"])):
        at = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(at, fd)
        os.close(at)
    os.chdir(request["cwd"])
    os.environ.update(request["env"])
    faulthandler.register(signal.SIGUSR1, all_threads=True)  # where it hangs, if it does
    sys.argv = ["modsim", *request["words"]]
    if request.get("stop"):
        tell_when(request["stop"], told)
    from modsim import cli

    if request.get("stop"):  # all that a process says at its very end is looked at; it takes a while
        cli.main()
    try:
        cli.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


def tell_when(stop: dict, told: int) -> None:
    """Write to `told` when so many weeks were lived, or so many tasks were given to worker processes."""
    left = stop["after"]

    def counted(work):
        def wrapper(*given, **named):
            nonlocal left
            if left == 0:
                os.write(told, b".")
            left -= 1
            return work(*given, **named)

        return wrapper

    if stop["of"] == "tasks":
        from modsim.simulation import parallel

        parallel._submitted = counted(parallel._submitted)
    elif stop["of"] == "weeks":
        from modsim.simulation import community, runs

        runs.live_one_week = counted(runs.live_one_week)
        community.live_one_week = counted(community.live_one_week)
    else:
        os.write(told, b".")


def watched(request: dict, child: int, listening: int) -> dict:
    """In the parent: signal the child when it is time, and say how it ended."""
    began = time.monotonic()
    ends = os.pidfd_open(child)
    stop = request.get("stop") or {}
    moment = began + request["patience"]
    due: float | None = began + request["enough"] if request.get("enough") else None
    number, group = signal.SIGINT, False
    hung = signalled = False
    waiting = [ends, listening] if stop else [ends]
    while True:
        until = min(moment, due if due is not None else moment)
        ready, _, _ = select.select(waiting, [], [], max(until - time.monotonic(), 0))
        if ends in ready:
            break
        now = time.monotonic()
        if listening in ready:
            waiting = [ends]
            if os.read(listening, 1):
                number, group = stop["signal"], stop["group"]
                due = now + stop["delay"]
        if due is not None and now >= due:
            signalled, due, moment = True, None, min(moment, now + _TO_STOP)
            (os.killpg if group else os.kill)(child, number)
        elif now >= moment:
            hung = True
            os.kill(child, signal.SIGUSR1)
            time.sleep(0.3)
            os.killpg(child, signal.SIGKILL)
            select.select([ends], [], [])
            break
    os.close(ends)
    seconds = time.monotonic() - began
    _, status = os.waitpid(child, 0)
    left_behind = not all_left(child)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": seconds,
        "hung": hung,
        "signalled": signalled,
        "left_behind": left_behind,
    }


def all_left(group: int) -> bool:
    """Whether every process that the command started has ended; what has not is ended now."""
    until = time.monotonic() + _GRACE
    left = True
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return left
        if time.monotonic() > until:
            left = False
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                return left
        time.sleep(0.01)


def serve() -> None:
    """Answer requests until there are no more; in a child, return when the command has been given."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    load_everything()
    answers.write("ready\n")
    answers.flush()
    while line := requests.readline():
        request = json.loads(line)
        listening, told = os.pipe()
        with warnings.catch_warnings(action="ignore"):  # of threads: none of them works while we wait
            child = os.fork()
        if child == 0:
            for fd in (requests.fileno(), answers.fileno(), listening):
                os.set_inheritable(fd, False)
            os.dup2(null, requests.fileno())
            os.dup2(null, answers.fileno())
            os.close(listening)
            live(request, told)
            return
        os.close(told)
        answer = watched(request, child, listening)
        os.close(listening)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
