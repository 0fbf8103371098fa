"""Writes questionnaires from a scale map: ``python -m questionnaires.generate MAP.csv``.

Every instrument of the map becomes an ordinary folder with a definition and our own labels in
English and Chinese, except those in ``generate_corrections.toml`` that were made by hand. That
file also holds what the map gets wrong; ``generate_names.toml`` holds titles, versions and the
names of the scales. A folder that exists is kept, unless ``--replace`` is given.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from questionnaires.files import ROOT
from questionnaires.generate_text import Generated, definition_text, wording_text
from questionnaires.scale_maps import MappedScale, ScaleMapInvalid, parts, read_map

LANGUAGES = ("en", "zh-Hans")
MISSING_CODES = [8, 9]
OPTION_SETS = {2: "two_levels", 4: "four_levels", 5: "five_levels", 7: "seven_levels"}
VERSIONS = {
    "facit": ("4", "Version 4 is the one of the FACIT system."),
    "eortc": ("1.0", 'The source names no version of the module; "1.0" is ours.'),
}
TOTAL = {"en": "{} total", "zh-Hans": "{} 总分"}
INDEX = {"en": "{} trial outcome index", "zh-Hans": "{} 试验结局指数"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known beside the map: corrections and names, as read from their files."""

    corrections: Mapping[str, Any]
    names: Mapping[str, Any]

    def of(self, instrument: str) -> Mapping[str, Any]:
        """Return the corrections of one instrument."""
        found: Mapping[str, Any] = self.corrections.get(instrument, {})
        return found


def facts(folder: Path = ROOT) -> Facts:
    """Read ``generate_corrections.toml`` and ``generate_names.toml``."""
    read = [
        tomllib.loads((folder / f"generate_{name}.toml").read_text(encoding="utf-8"))
        for name in ("corrections", "names")
    ]
    return Facts(corrections=read[0], names=read[1])


def generate(path: Path, target: Path, *, overwrite: bool = False) -> tuple[list[str], list[str]]:
    """Write a folder per instrument of the map, and return those written and those kept.

    Nothing is written if any instrument of the map is mistaken.

    Args:
        path: The scale map.
        target: The folder of questionnaires, e.g. that of this package.
        overwrite: Whether to write over folders that exist.

    Raises:
        ScaleMapInvalid: the map is mistaken, or an instrument or scale of it has no name.
    """
    known = facts()
    maps = read_map(path)
    planned = [
        plan(instrument, scales, known)
        for instrument, scales in maps.items()
        if instrument not in known.corrections["by_hand"]
    ]
    written, kept = [], []
    for one in planned:
        folder = target / one.id / one.version
        if folder.exists() and not overwrite:
            kept.append(f"{one.id} {one.version}")
            continue
        _write(folder, one)
        written.append(f"{one.id} {one.version}")
    return written, kept


def _write(folder: Path, one: Generated) -> None:
    (folder / "wording").mkdir(parents=True, exist_ok=True)
    (folder / "definition.toml").write_text(definition_text(one), encoding="utf-8")
    for language in LANGUAGES:
        path = folder / "wording" / f"{language}.toml"
        path.write_text(wording_text(one, language), encoding="utf-8")


def plan(instrument: str, scales: list[MappedScale], known: Facts) -> Generated:
    """Return all that is written about one instrument.

    Raises:
        ScaleMapInvalid: the instrument or one of its scales has no name, or a scale needs a
            correction that there is not.
    """
    own = known.of(instrument)
    scales = [_corrected(one, own) for one in scales if one.source == own.get("source", one.source)]
    family = "facit" if scales[0].is_facit else "eortc"
    version, why = known.names["versions"].get(instrument, VERSIONS[family])
    if instrument not in known.names["titles"]:
        raise ScaleMapInvalid(f"{instrument} has no title in generate_names.toml")
    sources = [
        f"{source}, probed with extreme answers: items, directions, least number of answers"
        for source in sorted({one.source for one in scales})
    ]
    confirmed = instrument in known.corrections["confirmed"]
    if confirmed:
        sources.append("Checked against an official or a second source")
    return Generated(
        id=instrument,
        title=known.names["titles"][instrument],
        version=version,
        why_version=why,
        confirmed=confirmed,
        sources=[*sources, *own.get("reasons", [])],
        items=_items(scales, own.get("unscored", [])),
        skips=own.get("skips", []),
        scales=[_entry(one, scales, own) for one in scales],
        names={one.code: _name(instrument, one.code, known.names) for one in scales},
        labels={one["id"]: one for one in own.get("unscored", [])},
    )


def _corrected(scale: MappedScale, own: Mapping[str, Any]) -> MappedScale:
    correction = own.get("scales", {}).get(scale.code, {})
    return replace(
        scale,
        directions=correction.get("item_direction", scale.directions),
        min_answered=correction.get("min_answered", scale.min_answered),
    )


def _items(
    scales: list[MappedScale], unscored: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return every item once: numbered items by number, others in the order of the scales."""
    items: dict[str, dict[str, Any]] = {}
    for scale in scales:
        for item, (low, high) in zip(scale.items, scale.ranges, strict=True):
            codes = list(range(low, high + 1))
            entry = {"id": item, "codes": codes, "options": OPTION_SETS[len(codes)]}
            if scale.is_facit:
                entry["missing_codes"] = MISSING_CODES
            items.setdefault(item, entry)
    for one in unscored:
        items[one["id"]] = {name: one[name] for name in ("id", "codes", "options")}
    if all(item[1:].isdigit() for item in items):
        return sorted(items.values(), key=lambda item: int(item["id"][1:]))
    return list(items.values())


def _entry(scale: MappedScale, scales: list[MappedScale], own: Mapping[str, Any]) -> dict[str, Any]:
    entry = _facit_entry(scale, scales) if scale.is_facit else _eortc_entry(scale)
    correction = own.get("scales", {}).get(scale.code, {})
    entry |= {name: own[name] for name in ("direction", "kind") if name in own}
    entry |= {
        name: correction[name] for name in ("module", "direction", "kind") if name in correction
    }
    entry["options"] = {**entry["options"], **correction.get("options", {})}
    if "direction" not in entry:
        raise ScaleMapInvalid(f"{scale.code} mixes directions: say in the corrections what is good")
    if entry["direction"] == "none":
        del entry["direction"]
    return entry


def _eortc_entry(scale: MappedScale) -> dict[str, Any]:
    """Return a 0-100 scale: all lowest answers give 100 on a functional, 0 on a symptom scale."""
    entry: dict[str, Any] = {"code": scale.code, "items": scale.items, "module": "linear"}
    options: dict[str, Any] = {}
    if set(scale.directions) == {"-"}:
        entry |= {"direction": "better", "kind": "functional"}
        options["reverse"] = True
    elif set(scale.directions) == {"+"}:
        entry |= {"direction": "worse", "kind": "symptom"}
    else:
        options["reversed"] = scale.turned()
    if scale.min_answered != (len(scale.items) + 1) // 2:
        options["min_answered"] = scale.min_answered
    return {**entry, "options": options}


def _facit_entry(scale: MappedScale, scales: list[MappedScale]) -> dict[str, Any]:
    """Return a prorated sum, or a total of such sums, which needs more than 80% of its items."""
    entry: dict[str, Any] = {"code": scale.code, "items": scale.items, "direction": "better"}
    entry |= {"low": 0, "high": int(scale.lowest + scale.highest)}
    options: dict[str, Any] = {}
    if summed := parts(scale, scales):
        entry |= {"module": "sum_of_scales", "kind": "summary"}
        options["of"] = [one.code for one in summed]
        if scale.code.endswith("_TOI"):
            entry["kind"] = "index"
        else:
            options["min_answered"] = len(scale.items) * 4 // 5 + 1
        return {**entry, "options": options}
    entry |= {"module": "prorated_sum", "kind": "subscale"}
    if scale.turned():
        options["reversed"] = scale.turned()
    counted = entry["high"] // scale.ranges[0][1]
    if counted != len(scale.items):
        options["prorated_to"] = counted
    return {**entry, "options": options}


def _name(instrument: str, code: str, names: Mapping[str, Any]) -> dict[str, str]:
    known = {**names["scales"], **names["only"].get(instrument, {})}
    if code in known:
        found: dict[str, str] = known[code]
        return found
    stem, _, end = code.rpartition("_")
    forms = {"TOTAL": TOTAL, "TOI": INDEX}.get(end)
    if forms is None:
        raise ScaleMapInvalid(f"{instrument}: {code} has no name in generate_names.toml")
    return {language: text.format(stem.replace("_", "-")) for language, text in forms.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate from the command line, and say what was written and what was kept."""
    parser = argparse.ArgumentParser(prog="questionnaires.generate", description=__doc__)
    parser.add_argument("map", type=Path, help="the scale map, a CSV file")
    parser.add_argument("--into", type=Path, default=ROOT, help="folder of the questionnaires")
    parser.add_argument("--replace", action="store_true", help="write over folders that exist")
    given = parser.parse_args(arguments)
    try:
        written, kept = generate(given.map, given.into, overwrite=given.replace)
    except (OSError, ScaleMapInvalid) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"written {one}\n" for one in written))
    sys.stdout.write("".join(f"kept {one}, which exists\n" for one in kept))
    return 0


if __name__ == "__main__":
    sys.exit(main())
