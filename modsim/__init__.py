"""modsim: how a community programme spreads. Re-co-produce it in each area, or transplant it unchanged?"""

from typing import Any

__all__ = [
    "Community", "Comparison", "Rules", "Scenario", "ScenarioError", "__version__", "compare", "load_scenario",
    "load_study", "run_study",
]  # fmt: skip

_HOMES = {
    "Community": "modsim.simulation.community",
    "Comparison": "modsim.findings.comparison",
    "Rules": "modsim.simulation.rulebook",
    "Scenario": "modsim.inputs.scenario",
    "ScenarioError": "modsim.inputs.problems",
    "compare": "modsim.findings.comparison",
    "load_scenario": "modsim.inputs.reading",
    "load_study": "modsim.studies.loading",
    "run_study": "modsim.studies.results",
}


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used: `modsim --help` must not pay for Mesa and the rest."""
    if name == "__version__":
        from importlib.metadata import version

        return version("modsim")
    if name not in _HOMES:
        raise AttributeError(f"module 'modsim' has no attribute {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
