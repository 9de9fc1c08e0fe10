"""Numbers as people type them, read by one rule wherever they stand: a number that can mean two things is refused."""

import math
import re

_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_ONE_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_LONGEST = 40  # characters that are repeated in a reason


class NotANumberError(ValueError):
    """What was typed is no number, or could be two; the message is one line and says why."""


def a_number(text: str) -> float:
    """The number that a text gives, with a point or one comma before its decimals.

    A comma that may as well stand for thousands is refused, as are points and commas together.

    Raises
    ------
    NotANumberError
        with the reason, and both readings where there are two.
    """
    given = text.strip()
    shown = " ".join(given.split())
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    plain = given.replace("−", "-")
    if not given:
        raise NotANumberError("Nothing was entered")
    if _THOUSANDS.fullmatch(plain):
        raise NotANumberError(
            f"{shown} can mean {plain.replace(',', '')} or {plain.replace(',', '.')}: write one of them."
        )
    if _ONE_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif "," in plain:
        readings = _readings(plain)
        if readings:
            raise NotANumberError(f"{shown} can mean {readings[0]} or {readings[1]}")
    if not _PLAIN.fullmatch(plain) or not math.isfinite(float(plain)):
        raise NotANumberError(f"{shown} is not a number")
    return float(plain)


def _readings(text: str) -> tuple[str, str] | None:
    """Both readings of a text with several commas or points: the last mark before its decimals, or another reading."""
    if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)+", text):
        return None
    parts = re.split("[.,]", text)
    last = f"{''.join(parts[:-1])}.{parts[-1]}"
    return last, f"{parts[0]}.{''.join(parts[1:])}" if len(parts) == 3 and "." in text else "".join(parts)
