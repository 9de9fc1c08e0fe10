"""Many runs: designs, a store that loses nothing, and tables over all points."""
