"""The scoring modules by id, each with its semantic version.

A module is a pure function from one scale's answers to its scores. A change that alters any score
raises the major version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import Item, Scale

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ScaleAnswers:
    """What a module sees of one scale.

    ``answers`` is (n_forms, n_items) with NaN for unanswered, in the order of ``items``;
    ``scores`` holds the scales scored before, by code, each (n_forms,); ``options`` are the
    scale's own, overridden by the study's; ``form`` holds the answers to every scored item, by
    id, each (n_forms,), for scales that look at items outside their own.
    """

    scale: Scale
    items: tuple[Item, ...]
    answers: Numbers
    scores: Mapping[str, Numbers]
    options: Mapping[str, Any]
    form: Mapping[str, Numbers] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Module:
    """One registered scoring module."""

    id: str
    version: str
    function: Callable[[ScaleAnswers], Numbers]


_modules: dict[str, Module] = {}


def register(
    id: str,  # the field's own word
    version: str,
) -> Callable[[Callable[[ScaleAnswers], Numbers]], Callable[[ScaleAnswers], Numbers]]:
    """Register the decorated function as a scoring module. Raises ValueError on a taken id."""

    def add(function: Callable[[ScaleAnswers], Numbers]) -> Callable[[ScaleAnswers], Numbers]:
        if id in _modules:
            raise ValueError(f"there is a scoring module {id} already")
        _modules[id] = Module(id=id, version=version, function=function)
        return function

    return add


def modules() -> list[Module]:
    """Return every registered module, by id."""
    return [_modules[name] for name in sorted(_modules)]


def find(id: str) -> Module:  # the field's own word
    """Return a module. Raises LookupError naming those there are."""
    if id not in _modules:
        raise LookupError(f"no scoring module {id}; there are {', '.join(sorted(_modules))}")
    return _modules[id]


def module_version(id: str) -> str:  # the field's own word
    """Return a module's semantic version. Raises LookupError."""
    return find(id).version
