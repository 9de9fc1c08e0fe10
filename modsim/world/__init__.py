"""Second floor: who and what exists before week 0, and all that no arm can change."""
