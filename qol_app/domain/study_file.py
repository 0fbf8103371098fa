"""Reads a study file into a protocol, or says everything that is wrong with it at once.

A study file is TOML; its keys are those of ``domain.study.Protocol``. The same protocol is stored
as plain JSON (``to_document``, ``from_document``) and known by the hash of that JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qol_app.domain.errors import InvalidInput
from qol_app.domain.study import Protocol
from qol_app.domain.study_checks import cross_problems
from qol_app.domain.study_problems import shape_problem

_LEFT_OUT = ("alerts", "reminders", "double_keying")
"""Keys that came after protocols had been stored: left out where a protocol does not use them, so
that its document and hash stay what they were."""
_TOML_PLACE = re.compile(r" \(at (line \d+, column \d+|end of document)\)$")


class StudyFileInvalid(InvalidInput):
    """A study file has mistakes; ``problems`` has one line ``file: key: remedy`` for each."""

    code = "study_file_invalid"

    def __init__(self, name: str, problems: Iterable[str]) -> None:
        super().__init__([f"{name}: {problem}" for problem in problems])


def read(path: Path) -> Protocol:
    """Read one study file, encoded in UTF-8.

    Raises:
        StudyFileInvalid: The file cannot be read or has mistakes; all of them are listed.
    """
    name = path.as_posix()
    try:
        return parse(path.read_bytes().decode("utf-8-sig"), name)
    except FileNotFoundError:
        problem = "there is no such file; check its name"
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror}); check its permissions"
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"line {line}: is not UTF-8; save the file in that encoding"
    raise StudyFileInvalid(name, [problem])


def parse(text: str, name: str) -> Protocol:
    """Read the text of a study file.

    Args:
        text: TOML.
        name: The file's name, put before each problem.

    Raises:
        StudyFileInvalid: The text has mistakes; all of them are listed.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyFileInvalid(name, [_syntax_problem(str(error), text)]) from None
    # TOML's dates and times have no place in a study file; as text they fail where they stand.
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))
    protocol, problems = _validated(plain)
    problems += cross_problems(plain)
    if protocol is None or problems:
        raise StudyFileInvalid(name, problems)
    return protocol


def to_document(protocol: Protocol) -> dict[str, Any]:
    """Return the protocol as plain JSON values, defaults included: what is stored."""
    document = protocol.model_dump(mode="json")
    usual = {key: Protocol.model_fields[key].default for key in _LEFT_OUT}
    unused = [key for key in _LEFT_OUT if getattr(protocol, key) == usual[key]]
    return {key: value for key, value in document.items() if key not in unused}


def from_document(document: Mapping[str, Any]) -> Protocol:
    """Return the protocol that ``to_document`` gave as this document.

    Only the shape is checked, so that an old protocol stays readable whatever has become of the
    instruments it names.

    Raises:
        StudyFileInvalid: The document does not have the shape of a protocol.
    """
    protocol, problems = _validated(document)
    if protocol is None:
        raise StudyFileInvalid("stored protocol", problems)
    return protocol


def protocol_hash(protocol: Protocol) -> str:
    """Return the SHA-256 (64 hex digits) of the protocol's canonical JSON."""
    return document_hash(to_document(protocol))


def document_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 (64 hex digits) of a JSON document, whatever the order of its keys.

    A stored protocol is verified with its stored document: a protocol read from it by a later
    release may have keys that the document did not have.
    """
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _validated(document: Mapping[str, Any]) -> tuple[Protocol | None, list[str]]:
    """Check the shape strictly, as JSON: a number in quotes is a text, 3.0 is no whole number."""
    try:
        return Protocol.model_validate_json(json.dumps(document), strict=True), []
    except ValidationError as invalid:
        found = [shape_problem(error) for error in invalid.errors(include_url=False)]
        return None, [problem for problem in found if problem is not None]


def _syntax_problem(message: str, text: str) -> str:
    place = _TOML_PLACE.search(message)
    what = _TOML_PLACE.sub("", message)
    if place is None or place[1] == "end of document":
        lines = text.split("\n")
        where = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    else:
        where = place[1]
    return (
        f"{where}: is not TOML ({what[:1].lower()}{what[1:]}); check the quotes, brackets and "
        "equals signs there"
    )
