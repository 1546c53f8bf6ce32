"""Arithmetic on what a model writes: a small grammar of its own, never Python's.

``+ - * / %``, parentheses and decimals, exact to 28 digits. ``%`` before a number or
a parenthesis is the remainder, anywhere else it means percent.
"""

import re
from decimal import Decimal, DecimalException, localcontext

MOST_CHARS = 200
_MOST_DEPTH = 20
_DIGITS = 28
_DECIMALS = 10
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)|(?P<sign>[-+*/%()]))"
)
_SAME_SIGN = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-"})


class BadExpression(ValueError):
    """It cannot be calculated; the text says why."""


def calculate(expression: str) -> str:
    """The value of an arithmetic expression, as a plain decimal.

    Raises:
        BadExpression: It is too long, holds something else, is not complete, or
            divides by zero.
    """
    if len(expression) > MOST_CHARS:
        raise BadExpression(f"found {len(expression)} characters, expected at most {MOST_CHARS}")
    with localcontext(prec=_DIGITS):
        try:
            value = _Parser(_tokens(expression)).whole()
            return _plain(value)
        except DecimalException as error:
            raise BadExpression("a division by zero, or a number too large") from error


def _tokens(expression: str) -> list[str]:
    text = expression.translate(_SAME_SIGN).strip()
    found: list[str] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise BadExpression(f"found {text[place:].strip()[:20]!r}, expected numbers, + - * / % and ( )")
        found.append((match["number"] or match["sign"]).replace(",", ""))
        place = match.end()
    return found


def _plain(value: Decimal) -> str:
    is_short = abs(value) < Decimal(10) ** (_DIGITS - _DECIMALS)
    text = f"{round(value, _DECIMALS) if is_short else value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-", "-0") else text


class _Parser:
    """Reads tokens by recursive descent: sums of products of signed values."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def whole(self) -> Decimal:
        value = self._sum()
        if self._place < len(self._tokens):
            raise BadExpression(f"found {self._tokens[self._place]!r} where an operator was expected")
        return value

    def _sum(self) -> Decimal:
        value = self._product()
        while self._next() in ("+", "-"):
            sign = self._take()
            other = self._product()
            value = value + other if sign == "+" else value - other
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while self._next() in ("*", "/", "%"):
            sign = self._take()
            if sign == "%" and not self._starts_value():
                value = value / 100
                continue
            other = self._signed()
            value = value * other if sign == "*" else value / other if sign == "/" else value % other
        return value

    def _signed(self) -> Decimal:
        is_negative = False
        while self._next() in ("+", "-"):
            is_negative ^= self._take() == "-"
        value = self._value()
        return -value if is_negative else value

    def _value(self) -> Decimal:
        part = self._take()
        if part != "(":
            if part in "+-*/%)":
                raise BadExpression(f"found {part!r} where a number was expected")
            return Decimal(part)
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise BadExpression(f"found more than {_MOST_DEPTH} parentheses inside each other")
        value = self._sum()
        if self._take() != ")":
            raise BadExpression("a parenthesis is not closed")
        self._depth -= 1
        return value

    def _starts_value(self) -> bool:
        return self._next() not in ("", "+", "-", "*", "/", "%", ")")

    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        if self._place >= len(self._tokens):
            raise BadExpression("it ends where a number was expected")
        self._place += 1
        return self._tokens[self._place - 1]
