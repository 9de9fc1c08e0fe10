"""What the world decides: one table per social process, each number with unit, range, evidence and source."""

from modsim.inputs.uncertainties.designing import Designing
from modsim.inputs.uncertainties.offending import Effect, Offending, Reporting
from modsim.inputs.uncertainties.place import Population, World
from modsim.inputs.uncertainties.services import Commitment, Partners, Turnover
from modsim.inputs.uncertainties.sharing import Afterwards, Sharing
from modsim.inputs.uncertainties.spreading import Learning, Spread
from modsim.inputs.uncertainties.streets import Excitation, Order, Peers, Policing, Residents
from modsim.inputs.uncertainties.taking_part import Attending, Joining
from modsim.inputs.uncertainties.trust import Listening, Trust

__all__ = [
    "Afterwards",
    "Attending",
    "Commitment",
    "Designing",
    "Effect",
    "Excitation",
    "Joining",
    "Learning",
    "Listening",
    "Offending",
    "Order",
    "Partners",
    "Peers",
    "Policing",
    "Population",
    "Reporting",
    "Residents",
    "Sharing",
    "Spread",
    "Trust",
    "Turnover",
    "World",
]
