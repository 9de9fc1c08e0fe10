"""Fourth floor: what we learn. Paired comparisons, costs, verdicts, figures and the results folder."""
