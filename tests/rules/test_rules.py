"""Rules: worked examples, the same bits for columns and single values, and a fault in any operator is noticed."""

import ast
import copy
import importlib
import inspect
import pkgutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import modsim.rules
from modsim.rules import arithmetic, joining
from tests.rules.pencil import CASES, worked_out

MODULES = [
    importlib.import_module(f"modsim.rules.{name}") for _, name, _ in pkgutil.iter_modules(modsim.rules.__path__)
]


def named(case):
    rule, arguments, _, _ = case
    return f"{rule.__name__}{arguments}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_rules_give_what_pencil_and_paper_give(case):
    rule, arguments, table, expected = case
    assert worked_out(rule, arguments, table) == pytest.approx(expected, rel=1e-11)


def test_every_rule_has_a_worked_example():
    rules = {
        f.__name__ for m in MODULES for _, f in inspect.getmembers(m, inspect.isfunction) if f.__module__ == m.__name__
    }
    assert {rule.__name__ for rule, *_ in CASES} == rules


@pytest.mark.parametrize("case", CASES, ids=named)
def test_columns_and_single_values_have_the_same_bits(case):
    rule, arguments, table, _ = case
    single = worked_out(rule, arguments, table)
    columns = tuple(np.full(1000, float(a)) for a in arguments)
    assert (worked_out(rule, columns, table) == single).all()


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


def survives(source, cases):
    """Whether a changed module still gives every worked example."""
    scope: dict = {}
    exec(source, scope)
    for rule, arguments, table, expected in cases:
        try:
            with np.errstate(all="ignore"):
                value = worked_out(scope[rule.__name__], arguments, table)
        except (ArithmeticError, ValueError):
            return False
        if value != pytest.approx(expected, rel=1e-11):
            return False
    return True


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_a_changed_operator_in_any_rule_is_noticed(module):
    cases = [case for case in CASES if case[0].__module__ == module.__name__]
    found = list(mutants(module))
    assert found, "no operator to change"
    assert [what for what, source in found if survives(source, cases)] == []


def test_the_mutant_test_can_fail():
    assert survives(inspect.getsource(joining), [c for c in CASES if c[0].__module__ == joining.__name__])
