"""The policymaker's page. Start it with `uv run modsim dashboard`; `uv run solara run app.py` opens the same page."""

import matplotlib  # noqa: F401  imported here and not in a visitor's thread
import pandas  # noqa: F401

from modsim.dashboard.page import Layout, Page
from modsim.dashboard.server import quieten

quieten()

__all__ = ["Layout", "Page"]
