"""Libraries that a calibration takes and the core of modsim does without."""

from importlib.util import find_spec

from modsim.inputs.problems import InputError


def check_library(module: str, name: str, what: str) -> None:
    """Refuse, before any work, what takes a library that is not installed.

    Raises
    ------
    InputError
        where it is missing.
    """
    if find_spec(module) is None:
        raise InputError([f"{what} needs {name}, which comes with the research extra: pip install 'modsim[research]'"])
