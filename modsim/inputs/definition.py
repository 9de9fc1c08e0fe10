"""Whether an arm is co-production by the definition of 2014 (Slay & Penny, p. 7), and why.

By it professionals and citizens share the power to design, to plan and to deliver support, and each side brings
in something that counts, for the sake of people's lives. Names of arms play no part, only levers: what is meant to
happen, not what comes of it (measures such as tokenism say that). Citizens are the young people here, not residents.
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
    def short(self) -> str:
        """Half a sentence, with the first of the reasons why not."""
        if self.is_coproduction:
            return "co-production by the definition of 2014"
        missing = next((part.why for part in self.parts if not part.is_there), "there is no programme")
        return f"not co-production by the definition of 2014 ({missing})"

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
    """The badge of an arm. The definition names no amount of power: any share counts, and is shown."""
    if levers.spends_on != "programme":
        return Badge(())
    asked = levers.signals not in ("none", 0)
    made = levers.menu in ("learned", "individual") and asked and levers.power_design > 0.0
    design = (
        f"power over the design is shared ({_how_much(levers.power_design)})" if made else _no_design(levers, asked)
    )
    own_plan, named = levers.menu == "individual", levers.venue == "learned"
    planned = "each young person has their own plan" if own_plan else "young people have a say in where it is held"
    has_say, leads = levers.power_deliver > 0.0, levers.peer_delivery > 0.0
    delivered = (
        [f"participants' requests can change the running course ({_how_much(levers.power_deliver)})"] if has_say else []
    )
    delivered += [f"young people lead {levers.peer_delivery:.0%} of sessions"] if leads else []
    both = asked and not levers.compulsory
    given = "it is compulsory" if levers.compulsory else "nobody writes down young people's interests"
    return Badge(
        (
            Part("design", made, design),
            Part(
                "plan", own_plan or named, planned if own_plan or named else "young people have no say in where or what"
            ),
            Part(
                "deliver", has_say or leads, " and ".join(delivered) or "participants cannot change the running course"
            ),
            Part(
                "both contribute",
                both,
                "partners bring hours, young people bring what they know, and joining is voluntary" if both else given,
            ),
        )
    )


def _no_design(levers: Levers, asked: bool) -> str:
    if levers.menu == "none":
        return "no activities are offered"
    if levers.menu not in ("learned", "individual"):
        return "the menu is fixed in advance"
    return "partners share no power over the design" if asked else "nobody asks young people"


def _how_much(power: float) -> str:
    return "all of the power" if power >= 1.0 else f"{power:.0%} of the power"
