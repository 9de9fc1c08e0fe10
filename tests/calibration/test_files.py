"""Files of a calibration: those that come with modsim, and wrong ones refused in a sentence."""

import pytest

from modsim import load_scenario
from modsim.calibration.prior import Prior
from modsim.calibration.table import place_to_calibrate_in
from modsim.calibration.targets import read_targets
from modsim.inputs.problems import InputError
from tests.calibration.conftest import HERE
from tests.conftest import SCENARIOS


def test_the_shipped_targets_and_prior_can_be_read():
    aims = read_targets(HERE / "targets.csv")
    assert {t.id for t in aims} >= {f"K{k}" for k in (1, 2, 4, 5, 6, 7, 8, 10, 11)}
    assert all(t.source and t.strength in "ABCD" for t in aims)
    assert not {"K8", "K9a", "K9b", "K10"} & {t.id for t in aims if t.use == "fit"}
    assert len(Prior.read(HERE / "prior.csv").keys) == 49


def test_no_contrast_between_arms_enters_a_calibration():
    found = place_to_calibrate_in(load_scenario(SCENARIOS / "three-areas.toml"))
    assert found.settings.arms == ["transplant", "referral"]
    assert found.world.dissimilarity == 0.0
    transplanted, referral = (found.arms[name] for name in found.settings.arms)
    assert transplanted.menu == referral.menu == "origin"
    assert referral == transplanted.model_copy(update={"contacts": 0})  # made here, or as the file has it


def test_the_referral_arm_is_an_arm_table_of_the_place_that_is_calibrated_in():
    given = load_scenario(SCENARIOS / "calibration.toml")
    assert given.arms["referral"].contacts == 0
    assert place_to_calibrate_in(given).arms["referral"] == given.arms["referral"]


WRONG_TARGETS = [
    ("id,figure,value,low,high\nA,nothing,1,0,2\n", "figure 'nothing' is none of reported_per"),
    ("id,figure,value,low\nA,take_up,1,0\n", "has no column 'high'"),
    ("id,figure,value,low,high,colour\nA,take_up,1,0,2,red\n", "has an unknown column 'colour'"),
    ("id,figure,value,low,high\nA,friends_each,x,0,2\n", "value 'x' is not a number"),
    ("id,figure,value,low,high\nA,friends_each,inf,0,2\n", "value 'inf' is not a number"),
    ("id,figure,value,low,high\nA,friends_each,3,0,2\n", "value 3 is not between low and high"),
    ("id,figure,value,low,high\nA,friends_each,1,2,2\n", "low 2 is not below high 2"),
    ("id,figure,value,low,high\nA,take_up,,0,2\n", "a target to fit needs a value"),
    ("id,figure,value,low,high\n,take_up,1,0,2\n", "has no id"),
    ("id,figure,value,low,high,use\nA,take_up,1,0,2,guess\n", "use 'guess' is neither fit nor check"),
    ("id,figure,value,low,high,weight\nA,take_up,1,0,2,0\n", "weight 0 must be above 0"),
    ("id,figure,value,low,high\nA,take_up,1,0,2\nA,take_up,1,0,2\n", "'A' stands there twice"),
    ("id,figure,value,low,high,use\nA,friends_each,1,0,2,check\n", "holds no target to fit"),
    ("", "is empty; it should be a file of targets"),
    ("id,figure,value,low,high,strength\nA,take_up,.3,.2,.4,Q\n", "strength 'Q' is none of A, B, C, D"),
    ("id,figure,value,low,high\nA,take_up,30,20,40\n", "take_up is a share from 0 to 1; given 30, 20, 40"),
    ("id,figure,value,low,high\nA,friends_each,1,0,2\nB,friends_each,1,0,2\n", "friends_each is fitted twice"),
    ("id,figure,value,low,high,use\nA,take_up,1,,,check\n", "has neither low nor high"),
    ("id,figure,value,low,high\n\n\nA,friends_each,3,0,2\n", "line 4: value 3 is not between"),
    ("id,figure,value,low,high\nA,take_up,1,0,2,3\n", "line 2: has 6 cells; the headings are 5"),
    ("id,figure,value,low,high\nA,take_up,1,0,2\nB,completion,1,000,0,2\n", "line 3: has 6 cells; the headings are 5"),
    ("id,figure,value,low,high,low\nA,take_up,1,0,2,0\n", "names the column 'low' twice"),
    ("id,figure,value,low,high\nA,take_up,1,0\n", "a target to fit needs a high"),
    ("id,figure,value,low,high\nA,tke_up,1,0,2\n", "residents_trust; did you mean take_up"),
    ("id;figure;value;low;high\nA;take_up;1;0;2\n", "is divided by semicolons; a CSV file here is divided by commas"),
    ("figure,value,high,x\ntake_up,1,2,3\n", "has no column 'id', has no column 'low', has an unknown column 'x'; it"),
    ("id,figure,value,low,high\n", "holds no target; give a row"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_TARGETS)
def test_wrong_targets_are_refused_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        read_targets(path)


WRONG_PRIORS = [
    (
        "key,low,best,high,scale\nnothing.here,0,1,2,linear\n",
        "'nothing.here' is no parameter of a scenario that can vary",
    ),
    ("key,low,best,high,scale\nprogramme.places,6,8,9,linear\n", "'programme.places' is no parameter"),
    ("key,low,best,high,scale\ntrust.start,0.5,0.2,0.6,linear\n", "and best between the two"),
    ("key,low,best,high,scale\ntrust.start,-1,0.2,0.6,linear\n", "trust.start must have 0.01 <= low"),
    ("key,low,best,high,scale\ntrust.start,a,0.2,0.6,linear\n", "low, best and high must be numbers"),
    ("key,low,best,high,scale\npeers.pull,0,0.1,0.6,log\n", "scale 'log' must be linear, or log where low is above 0"),
    ("key,low,best,high,scale\npeers.pull,0,0.1,0.6,\npeers.pull,0,0.1,0.6,\n", "stands there twice"),
    ("key,low,best,high,scale\nareas.population,500,600,900,linear\n", "'areas.population' is no parameter"),
    ("key,low,best,high,scale\nsettings.confidence,0.1,0.5,0.9,linear\n", "'settings.confidence' is no parameter"),
    ("key,low,best,high,scale\nworld.dissimilarity,0,0.5,1,linear\n", "world.dissimilarity is 0 in a calibration"),
    (
        "key,low,high\npeers.pull,0,0.1\n",
        "has no column 'best', has no column 'scale'; it should hold a prior: a CSV file",
    ),
    ("key,low,best,high,scale\n", "holds 0 parameters"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_PRIORS)
def test_wrong_priors_are_refused_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        Prior.read(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("settings.weeks=60", "settings.weeks: 60 is too short"),
        ("settings.verdict_against=recoproduce settings.verdict_arm=transplant", "learns its menu locally"),
        ("settings.replicates=1", "takes two replicates"),
        ("settings.spreads=diffusion", "needs programmes that open at a date"),
    ],
)
def test_a_place_that_cannot_be_calibrated_in_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        place_to_calibrate_in(load_scenario(SCENARIOS / "calibration.toml", change.split()))
