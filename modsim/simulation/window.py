"""Attributes of agents that are kept in the columns of the model's lane: agents hold no state of their own."""


def window(name: str, place: str, meaning: str) -> property:
    """An attribute kept in the column `name`, at the agent's `place`: "row" of a person, "area" of a partner."""

    def read(agent):
        return getattr(agent.model.town.columns, name)[getattr(agent, place), 0].item()

    def write(agent, value):
        getattr(agent.model.town.columns, name)[getattr(agent, place), 0] = value

    return property(read, write, doc=meaning)
