"""Whether a young person who is asked joins: voluntary, and moved by interest, trust and friends."""

from modsim.rules.arithmetic import logistic


def chance_of_joining(match, trust, friends_share, support, on_rival_ground, rapport, heard, let_down, p):
    """Chance that a young person who is asked says yes.

    `match` is the share of their interests that the menu serves, `trust` their trust in the lead (both 0-1),
    `friends_share` the share of their ties now or before in the programme, `support` what they have behind them,
    `on_rival_ground` whether the venue lies in a rival group's territory, `rapport` how well they know the lead's
    worker (0-1, see `modsim.rules.designing.rapport`), `heard` whether an interest that they named is on offer,
    `let_down` whether a course of theirs was once broken off.
    Assumption in its form (logistic). Where nobody was visited, its uptake is to fall in the 22-42 % seen for standard
    referral (Jobs & Business Glasgow, ChoiceWorks).
    """
    return logistic(
        p.baseline
        + p.match_effect * match
        + p.trust_effect * (trust - p.reference_trust)
        + p.friends_effect * friends_share
        + p.support_effect * (support - 0.5)
        - p.rival_ground_effect * on_rival_ground
        + p.rapport_effect * rapport
        + p.heard_effect * heard
        - p.let_down_effect * let_down
    )
