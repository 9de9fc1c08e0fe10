"""Where nearly all the time of a run goes: every young person and resident, every lane, every week.

Each of these functions stands twice: in NumPy (`plain`), to be read, and compiled (`compiled`), the same bits. Both
take the rules from `modsim.rules`, so each rule still stands once.
"""

from types import ModuleType

from modsim import compiling


def chosen() -> ModuleType:
    """The compiled ones, or the plain ones where `MODSIM_KERNELS=off`."""
    if compiling.is_on():
        from modsim.simulation.kernels import compiled

        return compiled
    from modsim.simulation.kernels import plain

    return plain
