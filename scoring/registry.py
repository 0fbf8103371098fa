"""The scoring modules by id, each with its semantic version and its origin.

A module is a pure function from one scale's answers to its scores. A change that alters any score
raises the major version. Modules of this package are built in; plug-ins (see ``plugins``) join
them when a module is first asked for. A plug-in that fails is skipped and named in ``problems``,
and none replaces a module that is there already.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from questionnaires.model import Item, Scale
from scoring.errors import ModuleInvalid, ModuleUnknown
from scoring.plugins import Plugin, found
from scoring.reasons import Reasons

BUILT_IN = "built in"
_ID = re.compile(r"[a-z][a-z0-9_.-]*")
_VERSION = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}")
_log = logging.getLogger(__name__)

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


Function = Callable[[ScaleAnswers], Numbers]
Explainer = Callable[[ScaleAnswers], Reasons]
"""From the answers of exactly one form to the reasons of its score."""


@dataclass(frozen=True, kw_only=True)
class Module:
    """One registered scoring module."""

    id: str
    version: str
    function: Function
    origin: str
    """``built in``, or the package or file it came from."""
    explain: Explainer | None = None
    """Gives the reasons of one form's score; without it the answers alone are shown."""
    imputes: bool = True
    """Whether a score made from fewer than all items stands for the others as well."""


class Registry:
    """Modules by id; the plug-ins join once, when a module is first asked for.

    Safe to use from several threads: one loads the plug-ins while the others wait.
    """

    def __init__(self, plugins: Callable[[], Iterable[Plugin]] = tuple) -> None:
        self._plugins = plugins
        self._modules: dict[str, Module] = {}
        self._problems: list[tuple[str, str]] = []
        self._lock = RLock()
        self._origin: str | None = None
        self._is_asked = False
        self._is_loaded = False

    def register(
        self, id: str, version: str, *, explain: Explainer | None = None, imputes: bool = True
    ) -> Callable[[Function], Function]:
        """Register the decorated function as a module, with the function that explains it.

        Raises:
            ModuleInvalid: the id is taken or badly formed, the version is not MAJOR.MINOR.PATCH,
                or what is decorated is not callable.
        """

        def add(function: Function) -> Function:
            with self._lock:
                if id in self._modules:
                    there = self._modules[id].origin
                    raise ModuleInvalid(f"there is a scoring module {id} already ({there})")
                _refuse_invalid(id, version, function)
                origin = self._origin or _origin(function)
                self._modules[id] = Module(
                    id=id,
                    version=version,
                    function=function,
                    origin=origin,
                    explain=explain,
                    imputes=imputes,
                )
            return function

        return add

    def modules(self) -> list[Module]:
        """Return every module, by id."""
        self._load()
        return [self._modules[name] for name in sorted(self._modules)]

    def find(self, id: str) -> Module:
        """Return a module. Raises ModuleUnknown naming those there are."""
        self._load()
        if id not in self._modules:
            skipped = len(self._problems)
            more = f" ({skipped} broken plug-ins were skipped)" if skipped else ""
            raise ModuleUnknown(
                f"no scoring module {id}; there are {', '.join(sorted(self._modules))}{more}"
            )
        return self._modules[id]

    def problems(self) -> list[tuple[str, str]]:
        """Return (origin, what is wrong) of every plug-in that was skipped."""
        self._load()
        return list(self._problems)

    def _load(self) -> None:
        if self._is_loaded:
            return
        with self._lock:
            # A plug-in may ask for a module while it is being loaded: it sees those before it.
            if self._is_asked:
                return
            self._is_asked = True
            receiving = _receiving.set(self)
            try:
                for plugin in self._plugins():
                    self._run(plugin)
            finally:
                _receiving.reset(receiving)
                self._is_loaded = True

    def _run(self, plugin: Plugin) -> None:
        """Take all modules of a plug-in, or none if anything about it is wrong."""
        before = dict(self._modules)
        self._origin = plugin.origin
        try:
            plugin.run(self.register)
            if plugin.is_new and self._modules.keys() == before.keys():
                raise ModuleInvalid("it registers no scoring module")
        except (Exception, SystemExit) as error:  # a plug-in may raise anything
            self._modules = before
            message = _one_line(error)
            self._problems.append((plugin.origin, message))
            _log.warning("scoring plug-in skipped: %s: %s", plugin.origin, message)
        finally:
            self._origin = None


_receiving: ContextVar[Registry | None] = ContextVar("receiving", default=None)
"""The registry that is importing a plug-in just now."""
_registry = Registry(found)


def register(
    id: str,  # the field's own word
    version: str,
    *,
    explain: Explainer | None = None,
    imputes: bool = True,
) -> Callable[[Function], Function]:
    """Register the decorated function as a scoring module. Arguments as fields of ``Module``.

    Raises as ``Registry.register``.
    """
    registry = _receiving.get() or _registry
    return registry.register(id, version, explain=explain, imputes=imputes)


def modules() -> list[Module]:
    """Return every registered module, by id."""
    return _registry.modules()


def problems() -> list[tuple[str, str]]:
    """Return (origin, what is wrong) of every plug-in that was skipped."""
    return _registry.problems()


def find(id: str) -> Module:  # the field's own word
    """Return a module. Raises ModuleUnknown naming those there are."""
    return _registry.find(id)


def module_version(id: str) -> str:  # the field's own word
    """Return a module's semantic version. Raises ModuleUnknown."""
    return find(id).version


def _refuse_invalid(id: str, version: str, function: object) -> None:
    if not _ID.fullmatch(id):
        raise ModuleInvalid(f"{id!r} is no module id: small letters, digits, _ . and -")
    if not _VERSION.fullmatch(version):
        raise ModuleInvalid(f"{id}: version {version!r} is not MAJOR.MINOR.PATCH, e.g. 1.0.0")
    if not callable(function):
        raise ModuleInvalid(f"{id}: what it registers is not callable")


def _origin(function: object) -> str:
    name = str(getattr(function, "__module__", None))
    return BUILT_IN if name.partition(".")[0] == "scoring" else f"python module {name}"


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, ModuleInvalid) else f"{type(error).__name__}: {text}"
