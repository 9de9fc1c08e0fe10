"""What one young person, partner, programme or area does in a week: plain Python, the rules called inside.

The first argument of every act is the `State` of a town; the others say who acts: an area, a lane, and perhaps a
position at the table or on the referral list.
"""

from importlib import import_module
from pkgutil import iter_modules

for _found in iter_modules(__path__, f"{__name__}."):  # so that all verbs are known wherever one of them is
    import_module(_found.name)
