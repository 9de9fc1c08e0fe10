"""The policymaker's page. Start it with `uv run modsim dashboard`; `uv run solara run app.py` opens the same page."""

from modsim.dashboard.app import Layout, Page
from modsim.dashboard.server import quieten

quieten()

__all__ = ["Layout", "Page"]
