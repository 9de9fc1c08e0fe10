"""First floor: the question asked. Scenario files, their schema, units, reading and writing."""
