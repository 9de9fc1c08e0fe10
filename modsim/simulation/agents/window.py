"""Attributes of agents that are kept in the columns of the model's lane: agents hold no state of their own."""


def window(name: str, place: str, meaning: str) -> property:
    """An attribute kept in the column `name`, at the agent's `place`.

    The place is the attribute that says where the agent stands: "row" of a person, "area" of a programme, "seat" of a
    partner (its area and its position at the table).
    """

    def read(agent):
        return getattr(agent.model.town.columns, name)[_index(agent, place)].item()

    def write(agent, value):
        getattr(agent.model.town.columns, name)[_index(agent, place)] = value

    return property(read, write, doc=meaning)


def _index(agent, place: str) -> tuple[int, ...]:
    at = getattr(agent, place)
    return (*at, 0) if isinstance(at, tuple) else (at, 0)
