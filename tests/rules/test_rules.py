"""Rules: each beside its formula, the same bits for columns and single values, a fault in any operator noticed."""

import ast
import copy
import importlib
import inspect
import pkgutil
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import modsim.rules
from modsim.rules import arithmetic, joining
from modsim.verification.formulas import FORMULAS, one_of, worst_difference
from modsim.world.draws import analyst

MODULES = [
    importlib.import_module(f"modsim.rules.{name}") for _, name, _ in pkgutil.iter_modules(modsim.rules.__path__)
]


def test_every_rule_has_a_formula():
    rules = {
        f.__name__ for m in MODULES for _, f in inspect.getmembers(m, inspect.isfunction) if f.__module__ == m.__name__
    }
    assert {formula.rule.__name__ for formula in FORMULAS} == rules


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.rule.__name__)
def test_rules_give_what_their_formulas_give(formula):
    assert worst_difference(formula, formula.rule, analyst(1, "test")) <= formula.within


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.rule.__name__)
def test_columns_and_single_values_have_the_same_bits(formula):
    luck = analyst(2, "test")
    numbers = SimpleNamespace(**{name: one_of(where, luck) for name, where in formula.numbers.items()})
    tables = (numbers,) * formula.tables
    draws = [[float(one_of(where, luck)) for where in formula.takes.values()] for _ in range(200)]
    columns = formula.rule(*np.array(draws).T, *tables)
    assert columns.tolist() == [formula.rule(*draw, *tables) for draw in draws]


@given(st.floats(-20, 20))
def test_the_exponential_is_close_to_the_library_s(x):
    assert arithmetic.exponential(x) == pytest.approx(np.exp(x), rel=1e-12)


@given(st.floats(-25, 25), st.floats(0.001, 5))
def test_the_exponential_never_falls(x, step):
    assert arithmetic.exponential(x + step) >= arithmetic.exponential(x)


SWAPS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.GtE: ast.Gt, ast.Gt: ast.Lt,
    ast.USub: ast.UAdd,
}  # fmt: skip


def mutants(module):
    """(description, source) of the module with one operator changed, for every operator in it."""
    tree = ast.parse(inspect.getsource(module))
    count = len(list(ast.walk(tree)))
    for k in range(count):
        changed = copy.deepcopy(tree)
        node = list(ast.walk(changed))[k]
        if isinstance(node, ast.BinOp | ast.UnaryOp) and type(node.op) in SWAPS:
            node.op = SWAPS[type(node.op)]()
        elif isinstance(node, ast.Compare):
            node.ops = [SWAPS[type(op)]() for op in node.ops]
        elif isinstance(node, ast.Attribute) and node.attr in ("minimum", "maximum"):
            node.attr = "maximum" if node.attr == "minimum" else "minimum"
        else:
            continue
        yield f"{module.__name__}: line {node.lineno}: {ast.unparse(node)}", ast.unparse(changed)


def survives(module, source):
    """Whether a changed module still gives what its formulas give."""
    scope: dict = {}
    exec(source, scope)
    mine = [formula for formula in FORMULAS if formula.rule.__module__ == module.__name__]
    return all(worst_difference(f, scope[f.rule.__name__], analyst(3, "test")) <= f.within for f in mine)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_a_changed_operator_in_any_rule_is_noticed(module):
    found = list(mutants(module))
    assert found, "no operator to change"
    assert [what for what, source in found if survives(module, source)] == []


def test_the_mutant_test_can_fail():
    assert survives(joining, inspect.getsource(joining))
