"""Ground floor: the science. Plain arithmetic on one entity's numbers, no state, no loop, no randomness.

Every rule takes single values or whole columns and gives the same bits for both: it computes in float64
with + - * /, square roots, ``np.minimum``, ``np.maximum`` and the one `exponential` of `modsim.rules.arithmetic`.
The last argument of most rules, ``p``, is the scenario table that holds the rule's numbers, each with its unit,
range, evidence and source (see `modsim.inputs.uncertainties`).
"""
