"""Third floor: what happens. The week, its two faces, the Mesa model, the records, one run and many lanes."""
