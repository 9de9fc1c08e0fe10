"""Scenario files: what ships loads, what is resolved reads back, and every field says what it means."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modsim import load_scenario
from modsim.inputs import units
from modsim.inputs.fields import EVIDENCE_MEANING, Table
from modsim.inputs.problems import explained
from modsim.inputs.reading import scenario_from, with_changes
from modsim.inputs.scenario import Scenario
from modsim.inputs.writing import resolved_toml
from tests.conftest import SCENARIOS

SHIPPED = sorted(SCENARIOS.glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_scenario_loads_and_says_what_it_asks(path):
    scenario = load_scenario(path)
    assert scenario.title
    header = [line for line in path.read_text().splitlines() if line.startswith("#")]
    words = " ".join(header)
    assert path.stem == "no-effect" or all(word in words for word in ("Known", "Assumed", "Look at"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_a_resolved_scenario_reads_back_to_the_same(path, tmp_path):
    scenario = load_scenario(path)
    copy = tmp_path / "copy.toml"
    copy.write_text(resolved_toml(scenario))
    assert load_scenario(copy) == scenario


def test_head_counts_follow_the_population_profiles():
    people = {a.id: load_scenario(SHIPPED[-1]).young_people_in(a) for a in load_scenario(SHIPPED[-1]).areas}
    assert people == {"gorbals": 899, "castlefern": 1598, "govan": 2227}


def tables_of(table, prefix=""):
    for name, field in table.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Table):
            yield from tables_of(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def every_field():
    from modsim.inputs.levers import Levers
    from modsim.inputs.scenario import Activity, Area

    for table, prefix in ((Scenario, ""), (Levers, "arms.*."), (Area, "areas.*."), (Activity, "activities.*.")):
        yield from tables_of(table, prefix)


@pytest.mark.parametrize(("name", "field"), list(every_field()), ids=lambda x: x if isinstance(x, str) else "")
def test_every_field_has_meaning_evidence_and_source(name, field):
    assert field.description, name
    extra = field.json_schema_extra
    assert extra["evidence"] in EVIDENCE_MEANING, name
    assert extra["source"], name
    if "unit" in extra:
        assert extra["unit"], name
        low, high = extra["plausible"]
        ge = next(m.ge for m in field.metadata if getattr(m, "ge", None) is not None)
        le = next(m.le for m in field.metadata if getattr(m, "le", None) is not None)
        assert ge <= low < high <= le, name
        if isinstance(field.default, int | float):
            assert low <= field.default <= high, f"{name}: default outside its plausible range"


def test_the_names_others_rely_on_are_there_once():
    names = [name for name, _ in every_field()]
    assert [n for n in names if n.endswith("dissimilarity")] == ["world.dissimilarity"]
    assert [n for n in names if n.endswith("budget")] == ["purse.budget"]
    assert "targeting.accuracy" in names


def test_a_scenario_cannot_be_changed_once_read():
    scenario = load_scenario(SHIPPED[0])
    with pytest.raises(ValueError, match="frozen"):
        scenario.world.dissimilarity = 0.1


def test_a_child_replaces_only_what_it_names():
    parent = load_scenario(SCENARIOS / "three-areas.toml")
    child = load_scenario(SCENARIOS / "different-areas.toml")
    assert child == parent.model_copy(
        update={"title": child.title, "world": parent.world.model_copy(update={"dissimilarity": 0.9})}
    )


def test_areas_of_a_child_are_matched_by_id(tmp_path):
    (tmp_path / "parent.toml").write_text((SCENARIOS / "three-areas.toml").read_text())
    child = tmp_path / "child.toml"
    child.write_text('extends = "parent.toml"\n[[areas]]\nid = "govan"\npopulation = 5000\n[[areas]]\nid = "new"\n')
    areas = {a.id: a for a in load_scenario(child).areas}
    assert list(areas) == ["gorbals", "castlefern", "govan", "new"]
    assert (areas["govan"].population, areas["govan"].lead) == (5000, "housing")


def test_a_key_can_be_set_from_outside():
    scenario = load_scenario(
        SCENARIOS / "three-areas.toml",
        [
            "world.dissimilarity=0.2",
            "arms.transplant.signals=20",
            "areas.govan.lead=police",
            "arms.attention.menu=['gym']",
        ],
    )
    assert scenario.world.dissimilarity == 0.2
    assert scenario.arms["transplant"].signals == 20
    assert scenario.arms["attention"].menu == ["gym"]
    assert next(a for a in scenario.areas if a.id == "govan").lead == "police"


def test_a_key_is_explained_with_unit_range_evidence_and_source():
    text = explained(load_scenario(SCENARIOS / "three-areas.toml"), "reporting.share")
    for word in ("reporting.share = 0.25", "allowed: 0.01 to 1", "plausible: 0.1 to 0.5", "evidence: D", "source:"):
        assert word in text


def test_with_changes_checks_again():
    scenario = load_scenario(SCENARIOS / "three-areas.toml")
    assert with_changes(scenario, ["settings.weeks=60"]).settings.weeks == 60
    with pytest.raises(ValueError, match="out of range"):
        with_changes(scenario, ["settings.weeks=0"])


def test_content_without_a_file_can_be_checked_too():
    content = load_scenario(SCENARIOS / "three-areas.toml").model_dump(mode="json", exclude_none=True)
    assert scenario_from(content).areas[0].id == "gorbals"


@given(st.floats(0, 0.99))
def test_a_weekly_chance_makes_its_yearly_share_in_a_year(share):
    assert 1 - (1 - units.weekly_chance(share)) ** 52 == pytest.approx(share, abs=1e-9)


@given(st.floats(1, 500))
def test_half_lives_halve(half_life):
    assert units.kept_per_week(half_life) ** half_life == pytest.approx(0.5)
    assert math.exp(-units.weekly_fading(half_life) * half_life) == pytest.approx(0.5)
