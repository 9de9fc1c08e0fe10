"""Writing a resolved scenario as a TOML file that reads back to the same scenario."""

from typing import Any

import tomlkit

from modsim.inputs.scenario import Scenario


def resolved_toml(scenario: Scenario) -> str:
    """Every value of the scenario, defaults included, as the text of a scenario file."""
    document = tomlkit.document()
    document.add(tomlkit.comment("A resolved scenario: every value written out. It can be run again as it is."))
    content = scenario.model_dump(mode="json", exclude_none=True)
    for key in ("format", "title", "notes"):
        document.add(key, content.pop(key))
    for key, value in content.items():
        document.add(key, _item(value))
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        tables = tomlkit.aot()
        for entry in value:
            table = tomlkit.table()
            for key, inner in entry.items():
                table.add(key, inner if not isinstance(inner, dict) else _inline(inner))
            tables.append(table)
        return tables
    return value


def _inline(values: dict[str, Any]) -> Any:
    inline = tomlkit.inline_table()
    inline.update(values)
    return inline
