"""Above the studies: does the code do what the model says? Asked of independent forms of it, with fresh numbers."""
