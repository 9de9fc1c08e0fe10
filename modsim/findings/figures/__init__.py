"""Pictures of a comparison for print: SVG and PNG, each with a description in words beside it.

Arms are told apart by colour and dash, parts of a bar by hatch, so that they can be read without colour; the banner
is part of every picture.
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from modsim.findings.comparison import Comparison
from modsim.findings.figures import outcomes, services, spread
from modsim.findings.figures.style import MOST_PANELS, SETTINGS, finish

__all__ = ["SETTINGS", "draw_figures", "finish"]


def draw_figures(comparison: Comparison, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Draw every figure of a comparison into a folder: NAME.svg, NAME.png and NAME.txt, the description.

    Where the programme spreads by itself there are two more; those with a panel for each area are left out where there
    are more areas than can be read. `progress` is called with (figures drawn, figures in all).
    """
    by_area: dict[str, Callable[[Comparison], tuple[Figure, str]]] = {
        "trust-over-time": outcomes.trust_over_time,
        "asb-over-time": outcomes.incidents_over_time,
        "differences-by-area": outcomes.differences_by_area,
    }
    figures = by_area if len(comparison.scenario.recipients) <= MOST_PANELS else {}
    figures |= {
        "apparent-and-true-effect": outcomes.apparent_and_true,
        "both-outcomes": outcomes.both_outcomes,
        "ledger": services.ledger,
        "hours-by-service": services.hours_by_service,
        "regard-and-trust": services.regard_and_trust,
        "where-it-runs": services.where_it_runs,
    }
    if comparison.scenario.settings.spreads == "diffusion":
        figures |= {"how-it-spreads": spread.how_it_spreads, "where-it-lapses": spread.where_it_lapses}
    with matplotlib.rc_context(SETTINGS):
        for number, (name, draw) in enumerate(figures.items()):
            if progress is not None:
                progress(number, len(figures))
            figure, description = draw(comparison)
            finish(figure)
            metadata = {"Title": name.replace("-", " "), "Description": description, "Date": None}
            figure.savefig(folder / f"{name}.svg", metadata=metadata)
            figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Description": description})
            (folder / f"{name}.txt").write_text(description + "\n", encoding="utf-8")
