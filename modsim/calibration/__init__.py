"""Above the verification: which numbers of the model agree with what is known, and which nothing known can settle."""

from typing import Literal

# The layers of what is not known that a comparison may be asked for, beside chance. Here, so that `--help` is quick.
Uncertainty = Literal["chance", "parameters", "rules", "all"]
