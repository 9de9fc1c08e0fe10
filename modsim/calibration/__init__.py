"""Above the verification: which numbers of the model agree with what is known, and which nothing known can settle."""
