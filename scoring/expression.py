"""Scores by a formula in the definition, for the odd rule that no other module has."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from typing import Any

import numpy as np

from scoring.errors import ScaleInvalid
from scoring.reasons import Part, PartKind, Reasons, StepKind, number, step, too_few
from scoring.registry import Numbers, ScaleAnswers, register

LONGEST = 4000
MOST_PARTS = 1000
"""How many parts a formula may have, so that walking through it cannot run out of stack."""
MOST_NUMBER = 1e12
ALLOWED = "names, numbers, + - * / ( ), one comparison at a time, min(), max(), mean(), where()"

Value = Numbers | float

ARITHMETIC: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
COMPARISONS: Mapping[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def _least(*values: Value) -> Value:
    return reduce(np.minimum, values)


def _greatest(*values: Value) -> Value:
    return reduce(np.maximum, values)


def _mean(*values: Value) -> Value:
    return sum(values) / len(values)


def _where(condition: Value, then: Value, otherwise: Value) -> Value:
    return np.where(np.asarray(condition) != 0, then, otherwise)


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "min": _least,
    "max": _greatest,
    "mean": _mean,
    "where": _where,
}


def reasons(given: ScaleAnswers) -> Reasons:
    """Return what the formula's names stand for, and the formula."""
    known = _known(given)
    used = [name for name in known if name in _names(_formula(given))]
    parts = tuple(
        Part(
            kind=PartKind.ITEM if name in given.scale.items else PartKind.SCALE,
            code=name,
            given=number(known[name][0]),
            used=number(known[name][0]),
        )
        for name in used
    )
    missing = sum(part.used is None for part in parts)
    if missing:
        there = len(parts) - missing
        return Reasons(
            parts=parts, steps=too_few(answered=there, expected=len(parts), needed=len(parts))
        )
    text = _one_line(given.options["formula"])
    return Reasons(
        parts=parts, steps=(step(StepKind.FORMULA, text=text, score=expression(given)[0]),)
    )


@register("expression", "1.0.0", explain=reasons)
def expression(given: ScaleAnswers) -> Numbers:
    """Work the option ``formula`` out for every form.

    A name is an item of the scale, or else the code of a scale that the definition lists earlier.
    ``+ - * /`` and parentheses mean what they always do; a comparison is 1 where it holds and 0
    where not; ``min``, ``max`` and ``mean`` take any number of values; ``where(condition, a, b)``
    is a where the condition is not 0, and b elsewhere. The formula may span lines.

    Returns:
        (n_forms,) float64 in the formula's unit; NaN where any name in the formula is missing,
        also one that the form's answers would not need, and where something is divided by 0.

    Raises:
        ScaleInvalid: the formula holds anything else, or an unknown name, or no name at all.
    """
    place = f"{given.scale.code}.formula"
    tree, known = _formula(given), _known(given)
    names = _names(tree)
    unknown = sorted(names - set(known))
    if unknown or not names:
        raise ScaleInvalid(
            f"{place}: {', '.join(unknown) or 'it'} names no item of the scale and no scale before "
            f"it; there are {', '.join(known)}"
        )
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        result = _evaluated(tree, known)
    missing = np.any([np.isnan(known[name]) for name in names], axis=0)
    return np.where(missing | ~np.isfinite(result), np.nan, result)


def _formula(given: ScaleAnswers) -> ast.expr:
    return _parsed(f"{given.scale.code}.formula", _one_line(given.options["formula"]))


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _known(given: ScaleAnswers) -> dict[str, Numbers]:
    return {**given.scores, **dict(zip(given.scale.items, given.answers.T, strict=True))}


@cache
def _parsed(place: str, formula: str) -> ast.expr:
    if len(formula) > LONGEST:
        raise ScaleInvalid(f"{place}: longer than {LONGEST} characters")
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ScaleInvalid(f"{place}: {formula!r} is no formula: {error}") from error
    if sum(1 for _ in ast.walk(tree)) > MOST_PARTS:
        raise ScaleInvalid(f"{place}: too long; split it into several scales")
    _refuse_others(place, tree)
    return tree


def _refuse_others(place: str, node: ast.expr) -> None:
    """Raise ScaleInvalid at the first part of a formula that is not among ``ALLOWED``."""
    if not _is_allowed(node):
        raise ScaleInvalid(f"{place}: {ast.unparse(node)!r} is not allowed; allowed are {ALLOWED}")
    for operand in _operands(node):
        _refuse_others(place, operand)


def _is_allowed(node: ast.expr) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.Constant(value=int() | float() as number):
            return type(number) is not bool and number <= MOST_NUMBER
        case ast.UnaryOp(op=sign):
            return isinstance(sign, ast.USub | ast.UAdd)
        case ast.BinOp(op=operator):
            return type(operator) in ARITHMETIC
        case ast.Compare(ops=[operator]):
            return type(operator) in COMPARISONS
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return (
                name in FUNCTIONS and bool(arguments) and (name != "where" or len(arguments) == 3)
            )
    return False


def _operands(node: ast.expr) -> Sequence[ast.expr]:
    match node:
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BinOp(left=left, right=right) | ast.Compare(left=left, comparators=[right]):
            return [left, right]
        case ast.Call(args=arguments):
            return arguments
    return []


def _names(node: ast.expr) -> set[str]:
    own = {node.id} if isinstance(node, ast.Name) else set()
    return own.union(*(_names(operand) for operand in _operands(node)))


def _evaluated(node: ast.expr, known: Mapping[str, Numbers]) -> Any:
    """Work out a parsed formula; its parts are among ``ALLOWED`` and its names are known."""
    values = [_evaluated(operand, known) for operand in _operands(node)]
    match node:
        case ast.Name(id=name):
            return known[name]
        case ast.UnaryOp(op=ast.USub()):
            return np.negative(values[0])
        case ast.BinOp(op=operator):
            return ARITHMETIC[type(operator)](*values)
        case ast.Compare(ops=[comparison]):
            return COMPARISONS[type(comparison)](*values).astype(float)
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name](*values)
        case ast.Constant(value=int() | float() as number):
            return float(number)
    return values[0]
