"""How fast the model is, against what, and how to measure it again: `python -m benchmarks`."""
