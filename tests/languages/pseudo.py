"""Writes the files of a made-up language into a copy of the repository: every letter is changed.

Its tag is Esperanto's, which no one reads here. ``%(name)s`` and ``{name}`` stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TAG = "eo"
KEPT = re.compile(r"(%\(\w+\)\w|\{\{.*?\}\}|\{%.*?%\}|\{\w+\})")
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "αβςδεφγηιϳκλμνοπϙρστυνωχψζΑΒϹΔΕΦΓΗΙͿΚΛΜΝΟΠϘΡΣΤΥѴΩΧΨΖ",
)


def changed(text: str) -> str:
    """The text in the made-up language."""
    parts = KEPT.split(text)
    return "".join(part if KEPT.fullmatch(part) else part.translate(LETTERS) for part in parts)


def add_language(root: Path) -> None:
    """Add the language to the repository's copy at ``root``, as docs/languages.md says."""
    _catalogue(root)
    for text in (root / "templates" / "messages").glob("*/*.en.txt"):
        _write(text.with_name(text.name.replace(".en.", f".{TAG}.")), changed(text.read_text()))
    for words in (root / "questionnaires" / "daily-life-check").glob("*/wording/en.toml"):
        document = tomllib.loads(words.read_text(encoding="utf-8"))
        _write(words.with_name(f"{TAG}.toml"), _toml(_changed_values(document)))
    study = root / "studies" / "example.toml"
    _write(study, _with_words(study.read_text(encoding="utf-8")))


def _catalogue(root: Path) -> None:
    known = Catalog()
    methods = [("qol_app/**.py", "python"), ("templates/**.html", "jinja2")]
    keywords = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
    for folder in ("qol_app", "templates"):
        found = extract_from_dir(
            root / folder,
            [(pattern.split("/", 1)[1], method) for pattern, method in methods],
            keywords=keywords,
        )
        for _file, _line, message, _comments, _context in found:
            known.add(message)
    catalogue = read_po(BytesIO(_po(known)), locale=TAG)
    for message in catalogue:
        if message.id:
            both = isinstance(message.id, tuple)
            message.string = (
                tuple(changed(each) for each in message.id) if both else changed(message.id)
            )
    target = root / "qol_app" / "translations" / TAG / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.po").open("wb") as file:
        write_po(file, catalogue)
    with (target / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)


def _po(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue)
    return buffer.getvalue()


def _changed_values(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _changed_values(each, name) for name, each in value.items()}
    if isinstance(value, str) and key not in ("kind", "language"):
        return changed(value)
    return TAG if key == "language" else value


def _toml(document: dict[str, Any], path: str = "") -> str:
    plain = {k: v for k, v in document.items() if not isinstance(v, dict)}
    lines = [f'"{key}" = {_quoted(value)}' for key, value in plain.items()]
    for key, table in document.items():
        if isinstance(table, dict):
            name = f'{path}"{key}"'
            lines += [f"[{name}]", _toml(table, f"{name}.")]
    return "\n".join(lines)


def _quoted(value: object) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _with_words(study: str) -> str:
    """The study file with the language added to its list and beside every English text."""
    study = study.replace('languages = ["en",', f'languages = ["{TAG}", "en",', 1)
    study = re.sub(r'(?m)^en = "(.*)"$', lambda m: f'{m[0]}\n{TAG} = "{changed(m[1])}"', study)
    return re.sub(
        r'\{ en = "([^"]*)"', lambda m: f'{{ {TAG} = "{changed(m[1])}", en = "{m[1]}"', study
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
