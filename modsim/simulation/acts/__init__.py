"""What one young person, partner, programme or area does in a week: plain Python, the rules called inside.

The first argument of every act is the `State` of a town; the others say who acts: an area, a lane, and perhaps a
position at the table or on the referral list.
"""
