"""Reads questionnaires from their folders: every mistake at once, each with file and key."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from questionnaires.checks import definition_problems, wording_problems
from questionnaires.document import from_document, wording_from_document
from questionnaires.model import Questionnaire, Wording
from questionnaires.schema import Definition, WordingFile, document

ROOT = Path(__file__).parent

Shape = TypeVar("Shape", bound=BaseModel)


class QuestionnaireUnknown(LookupError):
    """There is no such questionnaire, version or language; the message says what there is."""


class QuestionnaireInvalid(ValueError):
    """A questionnaire's files have mistakes; the message names each with file and key."""


def available() -> list[tuple[str, str]]:
    """Return (id, version) of every questionnaire here, sorted by id and by version.

    Raises:
        QuestionnaireInvalid: a folder is not named like a version.
    """
    found = [
        (path.parent.parent.name, path.parent.name) for path in ROOT.glob("*/*/definition.toml")
    ]
    return sorted(found, key=lambda pair: (pair[0], _sortable(*pair)))


def _sortable(id: str, version: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError as error:
        raise QuestionnaireInvalid(
            f"{id}/{version}: a version is numbers with points, e.g. 1.0"
        ) from error


def load(id: str, version: str | None = None) -> Questionnaire:  # the field's own word
    """Return a questionnaire; without a version, its newest.

    Raises:
        QuestionnaireUnknown: there is no such id or version.
        QuestionnaireInvalid: its files have mistakes.
    """
    versions = [known for name, known in available() if name == id]
    if not versions:
        known = ", ".join(sorted({name for name, _ in available()}))
        raise QuestionnaireUnknown(f"no questionnaire {id}; there are {known}")
    wanted = versions[-1] if version is None else version
    if wanted not in versions:
        raise QuestionnaireUnknown(f"{id} has no version {wanted}; there are {', '.join(versions)}")
    return read(ROOT / id / wanted)


def languages(id: str, version: str) -> list[str]:
    """Return the languages in which a questionnaire version has words here, sorted."""
    return sorted(file.stem for file in (ROOT / id / version / "wording").glob("*.toml"))


def wording(id: str, version: str, language: str) -> Wording:  # as in load
    """Return the words of a questionnaire version in one language.

    Raises:
        QuestionnaireUnknown: there is no such questionnaire, version or language.
        QuestionnaireInvalid: the wording file has mistakes.
    """
    load(id, version)
    known = languages(id, version)
    if language not in known:
        raise QuestionnaireUnknown(
            f"{id} {version} has no wording in {language}; there are {', '.join(known)}"
        )
    return read_wording(ROOT / id / version, language)


@cache
def read(folder: Path) -> Questionnaire:
    """Read the definition in ``<instrument>/<version>``, wherever that folder lies.

    Raises:
        QuestionnaireInvalid: the file has mistakes; names all of them.
    """
    path = folder / "definition.toml"
    definition = _read(path, Definition)
    plain = document(definition)
    _refuse(path, definition_problems(plain, folder))
    return from_document(plain)


@cache
def read_wording(folder: Path, language: str) -> Wording:
    """Read one language's wording in ``<instrument>/<version>``, wherever that folder lies.

    Raises:
        QuestionnaireInvalid: this file or the definition has mistakes; names all of them.
    """
    path = folder / "wording" / f"{language}.toml"
    words = {"language": language, **_read(path, WordingFile).model_dump()}
    _refuse(path, wording_problems(words, read(folder)))
    return wording_from_document(words)


def _read(path: Path, shape: type[Shape]) -> Shape:
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return shape.model_validate(data)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuestionnaireInvalid(f"{_named(path)}: {error}") from error
    except ValidationError as error:
        lines = [
            f"{_named(path)}: {'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors()
        ]
        raise QuestionnaireInvalid("\n".join(lines)) from error


def _refuse(path: Path, problems: list[str]) -> None:
    if problems:
        raise QuestionnaireInvalid("\n".join(f"{_named(path)}: {one}" for one in problems))


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
