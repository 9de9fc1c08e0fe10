"""Numbers as people type them."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modsim.inputs.numbers import NotANumberError, a_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12.5), ("12,5", 12.5), (" 12,50 ", 12.5), ("0,1234", 0.1234), ("-3", -3), ("−0,5", -0.5), (".5", 0.5),
        (",5", 0.5), ("5.", 5), ("1.234", 1.234), ("1e-05", 1e-05), ("0,125", 0.125), ("1234,567", 1234.567),
    ],
)  # fmt: skip
def test_a_point_or_one_comma_stands_before_the_decimals(text, value):
    assert a_number(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1,234", ("1234", "1.234")),
        ("-12,345", ("-12345", "-12.345")),
        ("1.234,5", ("1234.5", "1.2345")),
        ("1,234.5", ("1234.5", "1.2345")),
        ("1,234,567", ("1234.567", "1234567")),
    ],
)
def test_what_can_mean_two_numbers_is_refused_with_both(text, says):
    with pytest.raises(NotANumberError) as refused:
        a_number(text)
    assert all(reading in str(refused.value) for reading in says)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "abc", "nan", "inf", "1e400", "1_000", "1 000", "١٢", "0x10", "1,,5", "1.2.3", "12,5e1", "1\n2", "--1"],
)
def test_what_is_no_number_is_refused_with_a_reason_in_one_line(text):
    with pytest.raises(NotANumberError) as refused:
        a_number(text)
    assert len(str(refused.value).splitlines()) == 1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_the_page_prints_is_read_again_as_the_same(value):
    assert a_number(repr(value)) == value


@given(st.text(max_size=60))
def test_any_text_gives_a_finite_number_or_a_reason(text):
    with suppress(NotANumberError):
        assert math.isfinite(a_number(text))
