"""The house: imports go down only, rules know nothing but arithmetic, and random numbers have one home."""

import ast
from pathlib import Path

import modsim

HOUSE = Path(modsim.__file__).parent
FLOORS = [
    "compiling", "rules", "inputs", "world", "simulation", "findings", "studies", "verification", "calibration",
    "validation", "dashboard", "cli",
]  # fmt: skip


def imports_of(path: Path) -> set[str]:
    """Every modsim module a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name for name in found if name.startswith("modsim.")}


def type_checking_only(path: Path) -> set[str]:
    """Modules imported only for type checkers: they need no floor."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                if isinstance(inner, ast.ImportFrom) and inner.module:
                    found.add(inner.module)
                    found |= {f"{inner.module}.{name.name}" for name in inner.names}
    return found


def floor_of(module: str) -> int:
    return FLOORS.index(module.split(".")[1])


def test_imports_go_down_only():
    for path in HOUSE.rglob("*.py"):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        if parts[0] == "__init__":
            continue
        here = FLOORS.index(parts[0])
        for module in imports_of(path) - type_checking_only(path):
            assert floor_of(module) <= here, f"{path.name} imports {module} from a floor above"


def test_rule_files_import_only_numpy_and_the_arithmetic_they_share():
    for path in (HOUSE / "rules").glob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert [name.name for name in node.names] == ["numpy"], path.name
            if isinstance(node, ast.ImportFrom):
                assert node.module == "modsim.rules.arithmetic", path.name


def test_rules_use_only_arithmetic_that_gives_the_same_bits_everywhere():
    allowed = {"minimum", "maximum", "sqrt", "copysign"}
    for path in (HOUSE / "rules").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.For | ast.While | ast.If | ast.IfExp | ast.Pow), path.name
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np":
                assert node.attr in allowed, f"{path.name}: np.{node.attr}"


def test_random_numbers_have_one_home():
    for path in HOUSE.rglob("*.py"):
        if path.name == "draws.py":
            continue
        text = path.read_text().replace("np.random.Generator", "")  # the type of what is handed down
        for word in ("np.random", "import random", "self.random", "default_rng"):
            assert word not in text, f"{path.name} uses {word}"


def test_no_arm_is_named_in_the_code():
    names = {"attention", "transplant", "recoproduce"}
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in names:
                assert path.name == "scenario.py", f"{path.name} names the arm {node.value!r}"  # defaults of settings
