"""The page's charts as ECharts specifications, and beside each the table of the same numbers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from modsim.findings.comparison import Comparison
from modsim.findings.measures import recipients
from modsim.findings.statistics import SMOOTHING_WEEKS, estimate, trailing_mean
from modsim.simulation.records import weekly_measures

INK, GRID, REFERENCE = "#0B0C0C", "#D5D5D5", "#595959"
STYLES = (("#12436D", "solid", "circle"), ("#F46A25", "dashed", "rect"))  # the first and the second plan
_FONT = {"fontFamily": "Arial, Helvetica, sans-serif", "fontSize": 13, "color": INK}
_HATCH = {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.785, "color": "rgba(0,0,0,0.35)"}


@dataclass(frozen=True)
class Table:
    """Rows of text under headings, with a caption: the numbers of a chart."""

    caption: str
    headings: list[str]
    rows: list[list[str]]

    @property
    def csv(self) -> str:
        """The same as CSV text."""
        import csv
        import io

        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self.headings)
        # a label from a visitor's file must not become a formula in a spreadsheet
        writer.writerows([[f"'{cell}" if cell[:1] in "=@" and cell else cell for cell in row] for row in self.rows])
        return text.getvalue()


def plan_styles(comparison: Comparison) -> dict[str, tuple[str, str, str]]:
    """Colour, dash and symbol of each plan: a plan keeps its own when the two are swapped."""
    scenario = comparison.scenario
    pair = sorted(comparison.verdict_pair, key=list(scenario.arms).index, reverse=True)
    return dict(zip(pair, STYLES, strict=True))


# --- week by week -----------------------------------------------------------------------------------------------------


def weekly_series(comparison: Comparison, topic: str, place: int, levels: bool) -> dict[str, np.ndarray]:
    """By arm (replicates, weeks) in one area: against the reference arm, or levels, which have the reference too.

    Incidents are trailing means over 13 weeks, trust is in points (0–100).
    """
    outcome, words = comparison.outcome, comparison.scenario.vocabulary
    measure = "trust_youth" if topic == "trust" else f"{words.incident}_occurred"

    def of(arm: str, what: str = measure) -> np.ndarray:
        values = outcome.weekly[:, :, place, outcome.lane(arm), weekly_measures(comparison.scenario).index(what)]
        return 100.0 * values if topic == "trust" else trailing_mean(values)

    if levels:
        return {arm: of(arm) for arm in (*comparison.verdict_pair, comparison.reference)}
    if topic == "trust":  # the reference's trust in the same type of service, whoever would lead there
        return {arm: of(arm) - of(arm, "trust_youth_reference") for arm in comparison.verdict_pair}
    return {arm: of(arm) - of(comparison.reference) for arm in comparison.verdict_pair}


def axis_of(comparison: Comparison, topic: str, levels: bool) -> tuple[float, float]:
    """Lowest and highest value over all areas: every area has the same axis, and 0 is on it."""
    low = high = 0.0
    for place in recipients(comparison.scenario):
        for series in weekly_series(comparison, topic, place, levels).values():
            bottom, top = np.percentile(series, (5, 95), axis=0)
            low, high = min(low, float(bottom.min())), max(high, float(top.max()))
    return _rounded_out(low, high)


def _rounded_out(low: float, high: float) -> tuple[float, float]:
    span = max(high - low, 1e-6)
    step = 10.0 ** np.floor(np.log10(span))
    step = step / 2 if span / step < 4 else step
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def y_title(comparison: Comparison, topic: str, levels: bool) -> str:
    """What the vertical axis counts."""
    if topic == "trust":
        return "trust, points (0–100)" if levels else "points (0–100)"
    return "incidents a week"


def over_time(
    comparison: Comparison, topic: str, place: int, levels: bool, axis: tuple[float, float]
) -> dict[str, Any]:
    """Lines of means with bands that hold 9 in 10 replicates, for one area."""
    styles = plan_styles(comparison)
    series: list[dict[str, Any]] = []
    for arm, values in weekly_series(comparison, topic, place, levels).items():
        colour, dash, _ = styles.get(arm, (REFERENCE, "dotted", "none"))
        label = comparison.scenario.arm_label(arm)
        low, high = np.percentile(values, (5, 95), axis=0)
        if arm != comparison.reference:
            series += _band(arm, colour, low, high)
        series.append(
            {
                "type": "line",
                "name": label,
                "data": _rounded(values.mean(axis=0)),
                "showSymbol": False,
                "silent": False,
                "lineStyle": {"color": colour, "type": dash, "width": 3},
                "itemStyle": {"color": colour},
                "z": 5,
            }
        )
    unit = y_title(comparison, topic, levels)
    told = [f"{{a{k}}}: {{c{k}}} {unit}" for k, one in enumerate(series) if "name" in one]
    series[-1]["markLine"] = {
        "silent": True, "symbol": "none", "label": {"show": False}, "data": [{"yAxis": 0}],
        "lineStyle": {"color": REFERENCE, "width": 1.5, "type": "solid"},
    }  # fmt: skip
    weeks = comparison.scenario.settings.weeks
    between = next(gap for gap in (4, 12, 25, 51, 103) if weeks <= 7 * (gap + 1) or gap == 103)
    return _base() | {
        "grid": {"left": 52, "right": 14, "top": 34, "bottom": 40},
        "tooltip": {"trigger": "axis", "confine": True, "formatter": "<br>".join(["week {b}", *told])},
        "xAxis": {
            "type": "category", "data": list(range(weeks)), "boundaryGap": False, "name": "week",
            "nameLocation": "middle", "nameGap": 26, "nameTextStyle": _FONT, "axisLine": {"onZero": False},
            "axisLabel": {**_FONT, "interval": between}, "axisTick": {"interval": between},
        },
        "yAxis": {
            "type": "value", "min": axis[0], "max": axis[1], "name": unit,
            "axisLabel": _FONT, "nameTextStyle": {**_FONT, "align": "left"},
            "splitLine": {"lineStyle": {"color": GRID}},
        },
        "series": series,
    }  # fmt: skip


def _band(arm: str, colour: str, low: np.ndarray, high: np.ndarray) -> list[dict[str, Any]]:
    """A pale band with edges, as two stacked lines."""
    common = {
        "type": "line", "stack": f"band {arm}", "stackStrategy": "all", "showSymbol": False, "silent": True,
        "lineStyle": {"color": colour, "width": 0.7, "opacity": 0.6}, "tooltip": {"show": False},
    }  # fmt: skip
    return [
        {**common, "data": _rounded(low)},
        {**common, "data": _rounded(high - low), "areaStyle": {"color": colour, "opacity": 0.13}},
    ]


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 2) for value in values]


def over_time_table(comparison: Comparison, topic: str, place: int, levels: bool) -> Table:
    """The chart's numbers every 13 weeks: mean and the range of 9 in 10 replicates."""
    series = weekly_series(comparison, topic, place, levels)
    area = comparison.scenario.areas[place].label
    weeks = comparison.scenario.settings.weeks
    shown = [week for week in range(weeks) if week % SMOOTHING_WEEKS == SMOOTHING_WEEKS - 1 or week == weeks - 1]
    rows = []
    for week in shown:
        cells = []
        for values in series.values():
            low, high = np.percentile(values[:, week], (5, 95))
            cells.append(f"{values[:, week].mean():.2f} ({low:.2f} to {high:.2f})")
        rows.append([str(week), *cells])
    kind = "" if levels else ", against no programme"
    heads = [comparison.scenario.arm_label(arm) for arm in series]
    caption = f"{area}: {y_title(comparison, topic, levels)}{kind}; mean and 9 in 10 simulated futures"
    return Table(caption, ["week", *heads], rows)


# --- apparent and true effect -----------------------------------------------------------------------------------------


def effect_rows(comparison: Comparison) -> list[tuple[str, str]]:
    """Name of a measure and what it is called on the page, from the widest claim to the smallest effect."""
    incident = comparison.scenario.vocabulary.incident
    return [
        (f"apparent_{incident}_change_percent", "participants, before–after change"),
        (f"participants_{incident}_change_percent", "participants, against no programme"),
        (f"occurred_{incident}_change_percent", "the whole area, against no programme"),
    ]


def effects(comparison: Comparison) -> dict[str, Any]:
    """Bars with intervals: what an evaluation would report beside what the programme does."""
    styles, rows = plan_styles(comparison), effect_rows(comparison)
    names = [label for _, label in rows]
    low, high = _effects_axis(comparison)
    series: list[dict[str, Any]] = []
    for arm in comparison.verdict_pair:
        colour, dash, _ = styles[arm]
        found = [comparison.estimates[arm][measure] for measure, _ in rows]
        decal = _HATCH if dash == "dashed" else {"symbol": "none"}
        series.append(
            {
                "type": "bar",
                "name": comparison.scenario.arm_label(arm),
                "barMaxWidth": 26,
                "data": [None if one.mean is None else round(one.mean, 1) for one in found],
                "itemStyle": {"color": colour, "decal": decal},
                "label": {
                    "show": True,
                    "position": "left",
                    "formatter": "{c} %",
                    **_FONT,
                    "fontSize": 12,
                    "distance": 4,
                },
            }
        )
    return _base() | {
        "aria": {"enabled": True, "decal": {"show": True}},
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 40, "containLabel": True},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "confine": True},
        "xAxis": {
            "type": "value", "min": low, "max": high, "name": "change, %", "splitNumber": 4,
            "nameLocation": "middle", "nameGap": 26, "axisLabel": _FONT, "nameTextStyle": _FONT,
            "splitLine": {"lineStyle": {"color": GRID}},
        },
        "yAxis": {
            "type": "category", "data": names, "inverse": True, "axisLine": {"onZero": False},
            "axisLabel": {**_FONT, "width": 112, "overflow": "break", "lineHeight": 16}, "axisTick": {"show": False},
        },
        "series": series,
    }  # fmt: skip


def _effects_axis(comparison: Comparison) -> tuple[float, float]:
    """Ends of the axis of changes, with room for the numbers at the ends of the bars."""
    found = [
        comparison.estimates[arm][name].mean or 0.0
        for arm in comparison.verdict_pair
        for name, _ in effect_rows(comparison)
    ]
    low, high = min(0.0, *found), max(0.0, *found)
    room = 0.25 * (high - low)
    step = 20.0 if high - low > 30 else 5.0 if high - low > 8 else 1.0
    return (
        step * math.floor((low - room) / step) if low < 0 else 0.0,
        step * math.ceil((high + room) / step) if high > 0 else 0.0 if low < 0 else 1.0,
    )


def effects_table(comparison: Comparison) -> Table:
    """Means with their intervals and the range of replicates."""
    rows = [
        [label, *(_with_range(comparison, arm, measure) for arm in comparison.verdict_pair)]
        for measure, label in effect_rows(comparison)
    ]
    return Table(
        "Change in percent: mean, (95 % interval of the mean), [9 in 10 simulated futures]",
        ["change of incidents", *_labels(comparison)],
        rows,
    )


# --- cost and hours ---------------------------------------------------------------------------------------------------

# What hours go into, as one reads it; meetings and links are the design, what is done beside it is the rest.
_HOURS_FOR = {
    "outreach contacts": ("contacts",),
    "design with young people": ("meetings", "links"),
    "sessions and mentors": ("delivery", "mentoring"),
    "requests, learning, patrol": ("negotiation", "learning", "patrol"),
}
_HEADING_COLOURS = ("#3D3D3D", "#28A197", "#A285D1", "#801650", "#E5E5E5")  # none of them a plan's


def hours_of(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Mean staff hours of each plan by heading and what is left, over the new areas, with the range of replicates."""
    places = recipients(comparison.scenario)
    found: dict[str, dict[str, Any]] = {}
    for arm in comparison.verdict_pair:
        lane = comparison.outcome.lane(arm)
        spent = comparison.outcome.spent
        columns = {name: np.sum([spent[h] for h in headings], axis=0) for name, headings in _HOURS_FOR.items()}
        columns["left unspent"] = comparison.outcome.totals["hours_left"]
        found[arm] = {name: estimate(hours[:, places, lane].sum(axis=1)) for name, hours in columns.items()}
    return found


def hours(comparison: Comparison) -> dict[str, Any]:
    """Stacked bars of staff hours by what they were spent on."""
    found = hours_of(comparison)
    arms = list(comparison.verdict_pair)
    plain: dict[str, Any] = {"symbol": "none"}
    decals = [plain, {**_HATCH, "rotation": 0.785}, _HATCH, plain, plain]
    series = [
        {
            "type": "bar", "stack": "hours", "name": name, "barMaxWidth": 42,
            "data": [round(found[arm][name].mean or 0.0, 1) for arm in arms],
            "itemStyle": {"color": colour, "decal": decal, "borderColor": "#FFFFFF", "borderWidth": 1},
        }
        for name, colour, decal in zip(found[arms[0]], _HEADING_COLOURS, decals, strict=True)
    ]  # fmt: skip
    return _base() | {
        "aria": {"enabled": True, "decal": {"show": True}},
        "grid": {"left": 8, "right": 28, "top": 56, "bottom": 40, "containLabel": True},
        "legend": {"top": 0, "left": 0, "textStyle": _FONT, "itemWidth": 22},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "confine": True},
        "xAxis": {
            "type": "value", "name": "staff hours", "splitNumber": 3, "nameLocation": "middle", "nameGap": 26,
            "axisLabel": _FONT, "nameTextStyle": _FONT, "splitLine": {"lineStyle": {"color": GRID}},
        },
        "yAxis": {
            "type": "category", "data": _labels(comparison), "inverse": True,
            "axisLabel": {**_FONT, "width": 104, "overflow": "break", "lineHeight": 16}, "axisTick": {"show": False},
        },
        "series": series,
    }  # fmt: skip


def hours_table(comparison: Comparison) -> Table:
    """Hours by heading with the range of replicates, then cost."""
    found = hours_of(comparison)
    rows = [
        [name, *(_hours(found[arm][name]) for arm in comparison.verdict_pair)] for name in next(iter(found.values()))
    ]
    for name, label in (("cost_gbp", "cost, GBP"), ("gbp_per_incident_averted", "GBP for each incident averted")):
        rows.append([label, *(_hours(comparison.estimates[arm][name]) for arm in comparison.verdict_pair)])
    return Table(
        "Staff hours over all new areas: mean and 9 in 10 simulated futures", ["hours for", *_labels(comparison)], rows
    )


def _hours(found: Any) -> str:
    if found.mean is None:
        return "none averted"
    low, high = ("–" if x is None else f"{x:,.0f}" for x in (found.range_low, found.range_high))
    return f"{found.mean:,.0f} ({low} to {high})"


# --- every measure ----------------------------------------------------------------------------------------------------


def measures_table(comparison: Comparison) -> Table:
    """Every measure of the two plans and their paired difference."""
    arm, against = comparison.verdict_pair
    rows = []
    for measure in comparison.measures:
        gap = estimate(comparison.values[arm][measure.name] - comparison.values[against][measure.name])
        label = f"{measure.label} ({measure.unit})"
        cells = [_with_range(comparison, one, measure.name) for one in (arm, against)]
        difference = "–" if gap.mean is None else f"{gap.mean:+,.2f}"
        if gap.low is not None:
            difference += f" ({gap.low:+,.2f} to {gap.high:+,.2f})"
        rows.append([label, *cells, difference])
    return Table(
        "Mean, (95 % interval of the mean), [9 in 10 simulated futures]; differences are paired",
        ["measure", *_labels(comparison), "first minus second"],
        rows,
    )


def _with_range(comparison: Comparison, arm: str, measure: str) -> str:
    found = comparison.estimates[arm][measure]
    if found.mean is None:
        return "–"
    text = f"{found.mean:,.2f}"
    if found.low is not None:
        text += f" ({found.low:,.2f} to {found.high:,.2f})"
    return f"{text} [{found.range_low:,.2f} to {found.range_high:,.2f}]"


def _labels(comparison: Comparison) -> list[str]:
    return [comparison.scenario.arm_label(arm) for arm in comparison.verdict_pair]


def _base() -> dict[str, Any]:
    return {
        "animation": False,
        "textStyle": _FONT,
        "aria": {"enabled": True},
        "color": [colour for colour, _, _ in STYLES],
    }
