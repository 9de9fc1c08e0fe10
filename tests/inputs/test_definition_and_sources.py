"""The definition of co-production, part by part, and the sources behind the numbers."""

from collections import Counter

import pytest

from modsim import load_scenario
from modsim.inputs.definition import badge_of
from modsim.inputs.levers import Levers
from modsim.inputs.sources import READ, cited_fields, sources
from tests.conftest import SCENARIOS, modsim

WHOLE = {"power_design": 0.5, "power_deliver": 0.5, "venue": "learned"}
THREE_AREAS = SCENARIOS / "three-areas.toml"


def test_an_arm_is_coproduction_where_design_plan_and_delivery_are_shared_and_both_contribute():
    assert badge_of(Levers(**WHOLE)).is_coproduction


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"power_design": 0.0}, "design"),
        ({"menu": "origin"}, "design"),
        ({"signals": "none"}, "both contribute"),
        ({"compulsory": True}, "both contribute"),
        ({"venue": "default"}, "plan"),
        ({"power_deliver": 0.0}, "deliver"),
    ],
)
def test_without_any_part_it_is_not(change, part):
    badge = badge_of(Levers(**{**WHOLE, **change}))
    assert not badge.is_coproduction
    assert part in [each.name for each in badge.parts if not each.is_there]
    assert badge.words.startswith("Not co-production")


def test_young_people_who_lead_sessions_deliver_and_all_of_the_power_is_told_apart():
    badge = badge_of(Levers(**{**WHOLE, "power_deliver": 0.0, "peer_delivery": 0.25}))
    assert badge.is_coproduction
    assert "young people lead 25% of sessions" in badge.words
    assert "all of the power" in badge_of(Levers(**{**WHOLE, "power_deliver": 1.0})).words


def test_a_name_makes_no_coproduction():
    assert badge_of(Levers(label="Co-produced", spends_on="patrol", **WHOLE)).words.endswith("there is no programme.")


def test_the_arms_of_the_main_scenario_carry_the_badge_they_should(monkeypatch, capsys):
    arms = load_scenario(THREE_AREAS).arms
    told = {name for name, levers in arms.items() if badge_of(levers).is_coproduction}
    assert told == {
        "recoproduce", "recoproduce_learn", "recoproduce_p0", "recoproduce_fresh", "scratch",
    }  # fmt: skip
    code, out, _ = modsim(monkeypatch, capsys, "scenario", "arms", THREE_AREAS)
    assert code == 0
    told_apart = out.split("\n\n")
    are = [part for part in told_apart if "  Co-production by the 2014 definition" in part]
    assert [line.split(":")[0] for part in are for line in part.splitlines()[:-1]] == sorted(told, key=list(arms).index)
    assert all(f"{name}: " in out for name in arms)


def test_every_value_that_claims_evidence_names_a_source_that_is_listed():
    known = sources()
    for key, text, evidence in cited_fields():
        if evidence != "D":
            assert any(source.is_cited_in(text) for source in known), f"{key}: {text}"


def test_sources_are_listed_once_and_say_how_much_was_read():
    known = sources()
    assert len({source.id for source in known}) == len(known)
    for source in known:
        assert source.read in READ, source.id
        assert source.named, source.id
        assert source.supports, source.id
    by_id = {source.id: source for source in known}
    assert by_id["brunner-2016"].read == by_id["cullingworth-2018"].read == "not"
    read = Counter(source.read for source in known)
    page = (SCENARIOS.parent / "docs" / "credibility.md").read_text(encoding="utf-8")
    assert f"Of {len(known)} sources one was read whole, {read['part']} in part" in page
    assert "summary) and five not at all" in page
    assert (read["whole"], read["not"]) == (1, 5)
    assert by_id["brunner-2016"].keys == by_id["cullingworth-2018"].keys == []


def test_sources_can_be_asked_for_by_key_and_by_word(monkeypatch, capsys):
    code, out, _ = modsim(monkeypatch, capsys, "sources")
    assert code == 0
    assert out.count("supports: ") == len(sources())
    assert "The two primary reports on Operation Modulus were not" in out
    _, out, _ = modsim(monkeypatch, capsys, "sources", "--key", "trust.loss_to_gain")
    assert "Skogan" in out
    assert "Oliveira" in out
    assert "Patall" not in out
    _, out, _ = modsim(monkeypatch, capsys, "sources", "--key", "areas.govan.core_size")
    assert "Participedia case 5736" in out
    _, out, _ = modsim(monkeypatch, capsys, "sources", "--key", "world.dissimilarity")
    assert "No source behind it" in out
    _, out, _ = modsim(monkeypatch, capsys, "sources", "--about", "mentoring")
    assert "Grossman" in out
    code, _, err = modsim(monkeypatch, capsys, "sources", "--key", "trust.nothing")
    assert code == 2
    assert "unknown key" in err
