"""What Solara serves."""

import matplotlib  # noqa: F401  these two are imported before any visitor's thread might do so half-way
import pandas  # noqa: F401

from modsim.dashboard.page import Layout, Page

__all__ = ["Layout", "Page"]
