"""The Mesa agents: windows on the columns of one town, with the verbs of the week."""
