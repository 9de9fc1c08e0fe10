"""The command line: a thin skin over the public names. Heavy imports wait until a command needs them."""

import io
import os
import shlex
import signal
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

from modsim import compiling
from modsim.cli import (
    ablate,
    calibrate,
    compare,
    dashboard,
    reflect,
    reproduce,
    run,
    scenario,
    sources,
    study,
    validate,
    verify,
)
from modsim.cli.common import BAD_INPUT, ENDED, STOPPED
from modsim.compiling.interrupts import was_interrupted

app = typer.Typer(
    name="modsim",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts twice as fast
    help="How a community programme spreads: re-co-produce it in each area, or transplant it unchanged?\n\n"
    "Start with: modsim compare scenarios/three-areas.toml",
)


def _version(asked: bool) -> None:
    if asked:
        print(f"modsim {_own_version()}")
        raise typer.Exit


def _own_version() -> str:
    from importlib.metadata import version

    return version("modsim")


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """The options before a command."""
    compiling.is_on()  # a switch that there is not is refused before any work


app.command(epilog=compare.EXAMPLES)(compare.compare)
app.command(epilog=run.EXAMPLES)(run.run)
app.command(epilog=ablate.EXAMPLES)(ablate.ablate)
app.command(epilog=dashboard.EXAMPLES)(dashboard.dashboard)
app.command(epilog=reproduce.EXAMPLES)(reproduce.reproduce)
app.command(epilog=sources.EXAMPLES)(sources.sources)
app.command(epilog=verify.EXAMPLES)(verify.verify)
app.command(epilog=calibrate.EXAMPLES)(calibrate.calibrate)
app.command(epilog=validate.EXAMPLES)(validate.validate)
app.add_typer(scenario.app, name="scenario")
app.add_typer(reflect.app, name="reflect")
app.add_typer(study.app, name="study")


def _usage(error: Any) -> str:
    """What is wrong with a command line: what was given, what is allowed, and whose help shows what there is."""
    said = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        return said
    if hasattr(error.__cause__, "errors"):  # of pydantic, which the message leaves the value out of
        wrong = error.__cause__.errors()[0]
        given = repr(wrong["input"])
        must = wrong["msg"].removeprefix("Value error, ").replace("Input should be", "must be").split(", unable")[0]
        said = said.replace(error.message, must if must.startswith(given) else f"{given} {must}")
    command = error.ctx.command_path if getattr(error, "ctx", None) else "modsim"
    said = said if len(said) <= 600 else f"{said[:400]} … {said[-100:]}"  # a value that was given may be long
    return f"{said} (`{command} --help` shows what there is)"


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if sys.stdout is None:  # closed by the caller: there is nobody to read, but results are still kept
        sys.stdout = io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character gets a question mark
    if any("\ud800" <= character <= "\udfff" for word in sys.argv for character in word):
        print("The command holds bytes that are not UTF-8; write it in UTF-8.", file=sys.stderr)
        sys.exit(BAD_INPUT)
    ended = _hear_the_order_to_end()
    try:
        command = typer.main.get_command(app)
        with command.make_context("modsim", sys.argv[1:]) as context:  # run by us: typer would swallow Ctrl-C
            command.invoke(context)
        code = 0
    except typer.Exit as stop:
        code = stop.exit_code
    except (KeyboardInterrupt, typer.Abort):  # the latter at a question
        print("\nStopped.", file=sys.stderr)
        code = STOPPED
    except compiling.SwitchError as error:
        print(error, file=sys.stderr)
        code = BAD_INPUT
    except BrokenPipeError:  # nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 1
    except OSError as error:
        if not (code := _wrong_with_output()):
            print(_report(error), file=sys.stderr)
            code = 1
    except Exception as error:
        if was_interrupted(error):
            print("\nStopped.", file=sys.stderr)
            code = STOPPED
        elif hasattr(error, "format_message"):  # a usage error of the command line
            print(_usage(error), file=sys.stderr)
            code = BAD_INPUT
        else:
            print(_report(error), file=sys.stderr)
            code = 1
    code = code or _wrong_with_output()
    sys.exit(ENDED if ended else code or 0)


def _wrong_with_output() -> int:
    """1 where standard output can no longer be written, such as on a full disk, and a line that says so; else 0."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        why = ""  # nobody reads on
    except (OSError, ValueError) as error:
        why = f"Standard output cannot be written ({getattr(error, 'strerror', None) or error})."
    else:
        return 0
    if why:
        print(why, file=sys.stderr)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 1


def _hear_the_order_to_end() -> list[int]:
    """Take SIGTERM as Ctrl-C without a word: workers end, what is finished is kept. The list then holds the signal.

    Not where a signal is told to somebody else already, or in another thread than the main one.
    """
    ended: list[int] = []

    def end(number: int, frame: object) -> None:
        ended.append(number)
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115  # for the rest of the process
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, end)
    return ended


def _report(error: Exception) -> str:
    """One line on an error that nobody foresaw, and the file that tells all of it."""
    what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    told = "".join(traceback.format_exception(error))
    head = f"modsim {_own_version()}, Python {sys.version.split()[0]}, {sys.platform}\n{shlex.join(sys.argv)}\n\n"
    place = None
    try:
        handle, place = tempfile.mkstemp(prefix="modsim-report-", suffix=".txt")
        with open(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(head + told)
    except OSError:
        if place is not None:
            Path(place).unlink(missing_ok=True)
        return f"modsim met an error it does not know ({what}), and could not save a report of it."
    return f"modsim met an error it does not know ({what}). Please send the report {place} to its makers."
