"""Where scoring modules come from besides this package: installed packages and a folder.

An installed package names a python module, or a callable that takes the register function, under
the entry-point group ``qol.scoring``. A folder named by ``QOL_SCORING_FOLDER`` holds ``*.py``
files, each of which registers its modules when it is imported.

This module only finds plug-ins and knows how to run each; ``registry`` runs them and skips those
that fail.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from scoring.errors import ModuleInvalid

GROUP = "qol.scoring"
FOLDER = "QOL_SCORING_FOLDER"

Register = Callable[[str, str], Callable[[Any], Any]]


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """Something that registers scoring modules when it is run."""

    origin: str
    run: Callable[[Register], None]
    """Raises whatever the plug-in raises."""
    is_new: bool = True
    """False where its python module was imported before, and so may have registered already."""


def found(environ: Mapping[str, str] = os.environ) -> list[Plugin]:
    """Return all plug-ins: installed ones by name, then the folder's files by name.

    What cannot even be looked at (a folder that is not there) is a plug-in that fails when run.
    """
    folder = environ.get(FOLDER)
    return [*installed(), *(in_folder(Path(folder)) if folder else [])]


def installed() -> list[Plugin]:
    """Return the plug-ins of installed packages, by the names of their entry points."""
    try:
        entries = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value))
    except Exception as error:  # any package's metadata may be broken
        return [Plugin(origin="installed packages", run=partial(_refuse, str(error)))]
    return [
        Plugin(
            origin=_entry_origin(entry),
            run=partial(_run_entry, entry),
            is_new=entry.module not in sys.modules,
        )
        for entry in entries
    ]


def in_folder(folder: Path) -> list[Plugin]:
    """Return the plug-ins in a folder: its ``*.py`` files, by name."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".py" and path.is_file())
    except OSError as error:
        return [Plugin(origin=f"folder {folder}", run=partial(_refuse, error.strerror or "error"))]
    return [Plugin(origin=f"file {path}", run=partial(_run_file, path)) for path in paths]


def _entry_origin(entry: EntryPoint) -> str:
    package = f"package {entry.dist.name} {entry.dist.version}" if entry.dist else "a package"
    return f"{package}, entry point {entry.name}"


def _refuse(reason: str, register: Register) -> None:
    raise ModuleInvalid(reason)


def _run_entry(entry: EntryPoint, register: Register) -> None:
    named = entry.load()
    if isinstance(named, ModuleType):
        return
    if not callable(named):
        raise ModuleInvalid(f"{entry.value} is neither a python module nor callable")
    named(register)


def _run_file(path: Path, register: Register) -> None:
    """Import a file under a name of its own; its folder never joins the search path."""
    name = f"qol_scoring_folder_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModuleInvalid("it cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
