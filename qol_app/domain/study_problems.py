"""Plain words for mistakes in the shape of a study file: which key, what it must be, the remedy."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from qol_app.domain.study import (
    CLOCK_PATTERN,
    LANGUAGE_PATTERN,
    MONTH_OR_DAY,
    ONE_CONDITION,
    Protocol,
)

_PATTERNS = {
    r"^[A-Za-z][A-Za-z0-9_-]{0,31}$": (
        "must start with a letter and go on with letters, digits, - or _, 32 at most"
    ),
    r"^[a-z0-9][a-z0-9-]{1,62}$": "must be 2 to 63 small letters, digits or -, not starting with -",
    r"^[A-Z0-9-]{0,12}$": "must be at most 12 capital letters, digits or -",
    CLOCK_PATTERN: "must be a time of day such as 08:00",
    LANGUAGE_PATTERN: "must be a language tag such as en or zh-Hans",
}
_LANGUAGE_KEY = "[key]"


def shape_problem(error: ErrorDetails) -> str | None:
    """Return one line, ``key: what is wrong``, for one error that pydantic found.

    None for an error that only follows from another one or that the cross checks word better.
    """
    if error["type"] in (MONTH_OR_DAY, ONE_CONDITION) or _follows_from_others(error):
        return None
    location = [part for part in error["loc"] if part != _LANGUAGE_KEY]
    return f"{file_key(location)}: {_message(error)}"


def file_key(location: list[str | int]) -> str:
    """Return a key as the file's reader finds it: entries of lists are counted from 1."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in location)


def shown(value: object) -> str:
    """Return a value as it looks in a study file, cut to a readable length."""
    if isinstance(value, dict):
        return "a table"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _follows_from_others(error: ErrorDetails) -> bool:
    """Tell a list that is too short only because its entries have mistakes of their own."""
    return error["type"] == "too_short" and bool(error["input"])


def _message(error: ErrorDetails) -> str:
    """Word one error; a type that is not in the table keeps pydantic's own sentence."""
    context: Mapping[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind in _REMEDIES:
        return _REMEDIES[kind](error)
    if kind in _RULES:
        return f"{_RULES[kind](context)} (got {shown(error['input'])})"
    return f"{error['msg'][:1].lower()}{error['msg'][1:]} (got {shown(error['input'])})"


_RULES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "int_type": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be true or false, without quotes",
    "string_type": lambda _: "must be text in quotes",
    "string_too_long": lambda context: f"must be at most {context['max_length']} characters",
    "string_pattern_mismatch": lambda context: _PATTERNS[context["pattern"]],
    "greater_than": lambda context: f"must be more than {context['gt']:g}",
    "greater_than_equal": lambda context: f"must be {context['ge']:g} or more",
    "less_than_equal": lambda context: f"must be {context['le']:g} or less",
    "enum": lambda context: f"must be {context['expected'].replace(chr(39), chr(34))}",
    "dict_type": lambda _: 'must be a table, such as {en = "..."}',
    "model_type": lambda _: "must be a table",
}

_REMEDIES: dict[str, Callable[[ErrorDetails], str]] = {
    "missing": lambda _: "is missing; add it",
    "string_too_short": lambda _: "is empty; fill it in",
    "too_short": lambda _: "is empty; add at least one entry",
    "tuple_type": lambda error: _not_a_list(error),
    "extra_forbidden": lambda error: _unknown_key(str(error["loc"][-1])),
}


def _not_a_list(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"] if isinstance(part, str))
    if isinstance(error["input"], dict):
        return f"must be a list; write [[{key}]] with two brackets above each entry"
    return f"must be a list in square brackets (got {shown(error['input'])})"


def _unknown_key(key: str) -> str:
    near = difflib.get_close_matches(key, sorted(_known_keys(Protocol)), n=1)
    remedy = f"did you mean {near[0]}?" if near else "remove it"
    return f"is not a key of study files; {remedy}"


def _known_keys(model: type[BaseModel]) -> set[str]:
    keys = set(model.model_fields)
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            keys |= _known_keys(part)
    return keys


def _parts(annotation: object) -> list[type[BaseModel]]:
    """Return the models named anywhere in an annotation such as ``tuple[Visit, ...]``."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    if isinstance(annotation, UnionType) or get_args(annotation):
        return [part for argument in get_args(annotation) for part in _parts(argument)]
    return []
