"""Whether an arm is co-production by the definition its makers use (Slay & Penny 2014, p. 7), and why.

Professionals and citizens share power to design, to plan and to deliver, and both contribute. The names of arms play no
part; only their levers do.
"""

from dataclasses import dataclass

from modsim.inputs.levers import Levers


@dataclass(frozen=True)
class Part:
    """One part of the definition: whether an arm has it, and by which levers."""

    name: str
    is_there: bool
    why: str


@dataclass(frozen=True)
class Badge:
    """Whether an arm is co-production, part by part."""

    parts: tuple[Part, ...]

    @property
    def is_coproduction(self) -> bool:
        """Whether every part is there."""
        return bool(self.parts) and all(part.is_there for part in self.parts)

    @property
    def words(self) -> str:
        """One sentence."""
        if not self.parts:
            return "Not co-production by the 2014 definition: there is no programme."
        if self.is_coproduction:
            return f"Co-production by the 2014 definition: {'; '.join(part.why for part in self.parts)}."
        missing = "; ".join(f"{part.name}: {part.why}" for part in self.parts if not part.is_there)
        return f"Not co-production by the 2014 definition. {missing[:1].upper()}{missing[1:]}."


def badge_of(levers: Levers) -> Badge:
    """The badge of an arm. How much power makes it shared is not defined: any share counts, and is told."""
    if levers.spends_on != "programme":
        return Badge(())
    asked = levers.signals not in ("none", 0)
    made = levers.menu in ("learned", "individual") and asked and levers.power_design > 0.0
    design = f"power over the design is shared ({levers.power_design:g})" if made else _no_design(levers, asked)
    own_plan = levers.menu == "individual"
    follows = levers.power_deliver > 0.0 or own_plan
    plan = (
        "each has a plan of their own" if own_plan else f"the running course follows wishes ({levers.power_deliver:g})"
    )
    leads = levers.power_deliver > 0.0 or levers.peer_delivery > 0.0
    deliver = (
        f"young people lead {levers.peer_delivery:.0%} of sessions"
        if levers.peer_delivery
        else "they have a say in how it is delivered"
    )
    both = asked and not levers.compulsory
    given = "it is compulsory" if levers.compulsory else "nobody's wishes are written down"
    return Badge(
        (
            Part("design", made, design),
            Part("plan", follows, plan if follows else "what comes next is not theirs to say"),
            Part("deliver", leads, deliver if leads else "they have no part in it"),
            Part(
                "both contribute",
                both,
                "both contribute: professionals' hours, young people's knowledge" if both else given,
            ),
        )
    )


def _no_design(levers: Levers, asked: bool) -> str:
    if levers.menu not in ("learned", "individual"):
        return "what is offered is given"
    return "no power over it is shared" if asked else "nobody is asked"
