"""What everybody goes through in a week: the loops over all young people and residents.

A column (rows, lanes) is gone through in tiles: as many rows side by side as make a tile of some `WIDTH` cells, so that
one lane is as quick as sixty. First what belongs to a row, a group or an area is laid out over the tile, then a rule
runs over it, in loops with few columns each (a compiler gives up vectorising on many). Columns are flat, and what is
passed with one is where the tile begins in it: `at`, and how many `cells` it has.
"""
