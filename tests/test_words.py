"""The language: no retired word where a user reads, sentences of a fair length, and a page for a reading age of 12."""

import ast
import re
from functools import cache
from pathlib import Path

import pyphen
import pytest

from modsim.dashboard import words
from modsim.dashboard.levers import LEVERS
from modsim.dashboard.page import shipped_scenarios
from modsim.dashboard.view import PRESETS
from modsim.findings.headline import headline, how_sure
from tests.dashboard.test_page_without_browser import invented

HOME = Path(__file__).parents[1]
DOCUMENTS = [HOME / "README.md", HOME / "CONTRIBUTING.md", *sorted((HOME / "docs").glob("*.md"))]
SCENARIOS = sorted((HOME / "scenarios").glob("*.toml"))
FLOORS = "cli", "dashboard", "inputs", "findings"  # whose texts users read
READ_BY_USERS = [path for floor in FLOORS for path in sorted((HOME / "modsim" / floor).rglob("*.py"))]

RETIRED = re.compile(
    r"\b(made|make|makes|making) (it |the programme |a programme )?anew\b|\bhearsay\b|\bmade-up truth|\bpoints of 100\b"
    r"|\bcarr(y|ied|ying) (it |the programme )?unchanged\b|\bas far as it goes\b|\b(two|both) faces\b|\brungs?\b"
    r"|\binclination\b|\bwish(es)?\b|\bthe same luck\b|\btake-up\b|\ball the same\b|\bthose first listed\b"
    r"|\bapparent effect\b",
    re.IGNORECASE,
)
NOT_A_TEXT = re.compile(r"`[^`]*`|```.*?```|<!--.*?-->|\]\([^)]*\)", re.DOTALL)


def texts_of(path: Path) -> list[str]:
    """The strings of a Python file that are texts: with a space, and no documentation of the code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and not path.match("cli/*.py")  # there it is the help text
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation]
    return [node.value for node in constants if isinstance(node.value, str) and " " in node.value.strip()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_hold_no_retired_word(path):
    text = NOT_A_TEXT.sub(" ", re.sub(r"```.*?```", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL))
    if path.name == "results.md":
        text = text.replace("## rungs: ", "").replace("| rung |", "")  # as `reproduce` and its tables name it
    assert [match[0] for match in RETIRED.finditer(text)] == []


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenarios_hold_no_retired_word(path):
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not re.match(r"\s*[\w.]+\s*=\s*[\d\[]", line)
    ]
    assert [match[0] for match in RETIRED.finditer("\n".join(lines))] == []


@pytest.mark.parametrize("path", READ_BY_USERS, ids=lambda path: str(path.relative_to(HOME)))
def test_what_the_program_says_holds_no_retired_word(path):
    found = [
        (match[0], text) for text in texts_of(path) for match in RETIRED.finditer(re.sub(r"`[^`]*`|--\w+", " ", text))
    ]
    assert found == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_sentences_of_documents_can_be_read_at_one_go(path):
    """Most are under 25 words; none is over 60, lists of names apart."""
    text = re.sub(
        r"```.*?```|<!--.*?-->|^\|.*$|^#.*$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"`[^`]*`", "name", text)
    paragraphs = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text)
    ends = re.compile(r"(?<=[.!?:;])\s+")
    sentences = [one for part in paragraphs for one in ends.split(" ".join(part.split())) if one and "·" not in one]
    lengths = [len(sentence.split()) for sentence in sentences]
    assert max(lengths, default=0) <= 60
    assert sum(length > 25 for length in lengths) <= 0.12 * len(lengths)


# --- reading age -----------------------------------------------------------------------------------------------------

# Words of the subject that the page explains, or that name a plan: a reader meets them as names.
TERMS = re.compile(
    r"“[^”]*”|anti-social behaviour|re-co-produc\w+|transplant\w*|simulated futures?|percentage points?|programmes?"
    r"|interval of the mean|Castlefern|Gorbals|Govan|participants?|modsim compare|\([^)]*\)",
    re.IGNORECASE,
)


@cache
def _syllables(word: str) -> int:
    return max(1, len(pyphen.Pyphen(lang="en_GB").inserted(word).split("-")))


def reading_age(sentences: list[str]) -> float:
    """The Flesch-Kincaid grade of a text, plus five years, with names of the subject counted as one short word each."""
    plain = [re.findall(r"[A-Za-z][A-Za-z']*|\d[\d.,]*", TERMS.sub(" it ", sentence)) for sentence in sentences]
    plain = [sentence for sentence in plain if sentence]
    count = sum(map(len, plain))
    syllables = sum(_syllables(word.lower()) for sentence in plain for word in sentence)
    return 0.39 * count / len(plain) + 11.8 * syllables / count - 15.59 + 5


def sentences_of_the_page() -> list[str]:
    """Every sentence that the page can put together, at the ends of its rules, and the texts that stand still."""
    found = [words.QUESTION, *words.CAVEATS, *(f"It cannot tell you {text}." for text in words.CANNOT_TELL)]
    found += [f"{one.name}." for one in LEVERS] + [one.hint for one in LEVERS]
    found += [f"{one.name}. {one.question}" for one in PRESETS]
    for gains in (
        [2.0, 2.1, 1.9],
        [-2.0, -2.1, -1.9],
        [0.1, -0.1, 0.05],
        [0.6, 0.4, 0.9, 0.5],
        [3.0, -3.0, 2.0],
        [1.0],
    ):
        for trust in (0.0, 5.0, -5.0):
            comparison = invented(gains, trust=trust)
            found += [
                *words.verdict_words(comparison),
                words.headline(comparison) + ".",
                words.hours_sentence(comparison),
            ]
            found += [*headline(comparison), how_sure(comparison), words.break_even_words(comparison)]
            found += [words.apparent_sentence(comparison), words.over_time_sentence(comparison, "trust", 1)]
    usual = shipped_scenarios()["three-areas"]
    found += [words.plan_words(usual, arm) for arm in usual.arms]
    return [one for text in found for one in re.split(r"(?<=[.?!;:])\s+", text) if one]


def test_the_page_can_be_read_at_twelve():
    found = sentences_of_the_page()
    assert len(found) > 150
    assert reading_age(found) <= 12


def test_the_measure_of_reading_age_knows_easy_from_hard():
    easy = ["The dog ran to the shop.", "It was a hot day.", "We all ate the bread."]
    hard = [
        "Notwithstanding considerable methodological heterogeneity, multivariate epidemiological investigations "
        "demonstrate statistically significant associations between deprivation and institutional dissatisfaction."
    ]
    assert reading_age(easy) < 8 < 18 < reading_age(hard)


def test_the_glossary_defines_each_term_once():
    terms = re.findall(r"^\*\*([^*]+)\*\*", (HOME / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(terms) >= 40
    assert len({term.lower() for term in terms}) == len(terms)
