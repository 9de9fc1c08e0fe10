"""The tasks of a contributor: `uv run nox -l` lists them, `uv run nox -s check test` runs some."""

import nox

nox.options.default_venv_backend = "none"  # uv has made the environment already
nox.options.sessions = ["check", "test"]


@nox.session
def check(session: nox.Session) -> None:
    """Style, format and types: some twenty seconds."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")


@nox.session
def test(session: nox.Session) -> None:
    """The quick tests, as the README runs them; further arguments go to pytest."""
    session.run("pytest", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The tests that are left out of the quick set; each says why it is slow."""
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """The quick tests with the lines that they reach; compiled loops cannot be seen."""
    session.run("pytest", "--cov", "--cov-report=term", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Whether the documents hold: links, commands that exist, words, tables as published."""
    session.run("pytest", "tests/acceptance", "tests/test_words.py", "-m", "slow or not slow", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """How fast it is: some four minutes; `-- --quick` only shows that it works."""
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def screenshots(session: nox.Session) -> None:
    """Pictures of every state of the page, at desk and phone width, in results/screenshots/."""
    session.run("python", "-m", "tests.dashboard.screenshots", *session.posargs)
