"""Small parts of the page: plain HTML elements, the controls, tables and charts with their words."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import reacton.ipyvuetify as v
import solara

from modsim.dashboard.charts import Table


def tag(name: str, *children: Any, **attributes: Any) -> Any:
    """An HTML element. Underscores in attribute names stand for hyphens, `class_` for class.

    What is drawn in the same place later must be of the same kind (an element keeps its tag), or have another `key`.
    """
    class_ = attributes.pop("class_", "")
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    return v.Html(tag=name, children=list(children), class_=class_, attributes=named)


@solara.component
def Button(text: str, click: Callable[[], None], name: str | None = None) -> Any:
    """A button; a component of its own, because an event is a hook and a button may come and go."""
    element = tag("button", text, type="button", class_="quiet", data_testid=name)
    v.use_event(element, "click", lambda *_: click())
    return element


def download(text: str, content: str, file_name: str, kind: str = "text/plain", **attributes: Any) -> Any:
    """A link that saves a text as a file."""
    data = b64encode(content.encode()).decode()
    return tag("a", text, href=f"data:{kind};charset=utf-8;base64,{data}", download=file_name, **attributes)


@solara.component_vue("lever.vue")
def LeverControl(
    name: str = "",
    label: str = "",
    hint: str = "",
    unit: str = "",
    value: float = 0,
    low: float = 0,
    high: float = 1,
    step: float = 0.1,
    evidence: str = "",
    meaning: str = "",
    plausible: Sequence[float] = (),
    source: str = "",
    acts: int = 0,
    wrong: str = "",
    event_set: Callable[[float], None] = lambda value: None,
    event_enter: Callable[[str], None] = lambda text: None,
):
    """A slider with an exact field, a hint, and where its number comes from."""


@solara.component_vue("choice.vue")
def Choice(
    name: str = "",
    legend: str = "",
    kind: str = "",
    options: Sequence[dict] = (),
    value: str = "",
    note: str = "",
    event_choose: Callable[[str], None] = lambda name: None,
):
    """A labelled group of radio buttons."""


@solara.component_vue("open_file.vue")
def OpenFile(
    wrong: Sequence[str] = (),
    refusals: int = 0,
    event_opened: Callable[[dict], None] = lambda file: None,
):
    """A field that opens a file of the visitor's, by choosing or dropping it, and says beside it what was wrong."""


@solara.component_vue("address.vue")
def AddressBar(
    series: str = "",
    steps: Sequence[Sequence[Any]] = (),
    event_moved: Callable[[dict], None] = lambda move: None,
):
    """What takes numbered steps in the browser's history, and tells of Back and Forward."""


@solara.component_vue("copy_link.vue")
def CopyLink():
    """A button that copies the address of the page."""


def data_table(table: Table) -> Any:
    """A table with its caption, in a box that scrolls by itself; one element for the server, however many cells."""

    def row(cells: Sequence[str], kinds: Sequence[str]) -> str:
        printed = [escape(re.sub(r"(?<!\w)-(?=\d)", "−", cell)) for cell in cells]
        inside = "".join(f"<{kind}>{cell}</{kind[:2]}>" for cell, kind in zip(printed, kinds, strict=True))
        return f"<tr>{inside}</tr>"

    head = row(table.headings, ['th scope="col"'] * len(table.headings))
    body = "".join(row(cells, ['th scope="row"', *["td"] * (len(cells) - 1)]) for cells in table.rows)
    text = f"<caption>{escape(table.caption)}</caption><thead>{head}</thead><tbody>{body}</tbody>"
    return tag(
        "div", solara.HTML("table", text), class_="scrolls", tabindex="0", role="region", aria_label=table.caption
    )


def chart(name: str, title: str, sentence: str, option: dict, table: Table, height: int, level: int = 3) -> Any:
    """A chart under its title, with one sentence of what it shows, and its table to open or to save."""
    picture = solara.FigureEcharts(
        option=option,
        responsive=True,
        attributes={"style": f"height: {height}px", "role": "img", "aria-label": f"{title}. {sentence}"},
    )
    file = f"modsim-{name}.csv"
    return tag(
        "figure",
        tag(f"h{level}", title),
        picture,
        tag("figcaption", sentence),
        tag(
            "details",
            tag("summary", "Table", tag("span", f" of: {title}", class_="unseen")),
            data_table(table),
            download(f"Save these numbers ({file})", table.csv, file, "text/csv"),
        ),
        data_testid=f"chart-{name}",
    )
