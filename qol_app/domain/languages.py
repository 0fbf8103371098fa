"""The languages that the interface speaks: English, in which it is written, and every other one
that has a catalogue of translations. A language is added by files alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global

SOURCE = "en"
"""The language in which the interface is written."""

SCRIPT_LETTERS = 4
"""In the name of a script: Hans, Latn."""

CATALOGUE = Path("LC_MESSAGES", "messages.po")


def found(folder: Path) -> tuple[str, ...]:
    """Return the tags of the interface's languages, English first.

    Args:
        folder: Where catalogues live: ``<locale>/LC_MESSAGES/messages.po``, a locale being
            ``zh_Hans`` for the tag ``zh-Hans``.
    """
    others = sorted(path.parents[1].name for path in folder.glob(f"*/{CATALOGUE.as_posix()}"))
    return (SOURCE, *(name.replace("_", "-") for name in others if name != SOURCE))


def catalogue_of(tag: str) -> str:
    """Return the file, below the folder of translations, that makes a language known."""
    return (Path(tag.replace("-", "_")) / CATALOGUE).as_posix()


def own_name(tag: str) -> str:
    """Return a language's name in its own words, a capital first where it has capitals."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    name = locale.get_language_name(locale) or tag
    return name[:1].upper() + name[1:]


def best(wishes: Iterable[str], known: Sequence[str]) -> str:
    """Return the known language that suits a reader best.

    Each wish is tried in its order: the very language, then one of the same language and script,
    then one of the same language. So zh-CN and zh-TW get zh-Hans where there is no other Chinese.

    Args:
        wishes: HTML language tags, the most wanted first, as browsers send them.
        known: Languages to choose from; the first is taken where no wish fits.
    """
    for wish in wishes:
        for same in (_whole, _script, _language):
            for tag in known:
                if same(tag) == same(wish):
                    return tag
    return known[0]


def _whole(tag: str) -> str:
    return tag.lower()


def _script(tag: str) -> tuple[str, str | None]:
    """Return language and script, the script that is likely where the tag names none."""
    parts = tag.replace("-", "_").split("_")
    named = [part.title() for part in parts[1:] if len(part) == SCRIPT_LETTERS]
    if named:
        return parts[0].lower(), named[0]
    likely = get_global("likely_subtags")
    key = "_".join((parts[0].lower(), *(part.upper() for part in parts[1:2])))
    found = likely.get(key) or likely.get(parts[0].lower()) or ""
    scripts = [part for part in found.split("_")[1:] if len(part) == SCRIPT_LETTERS]
    return parts[0].lower(), scripts[0] if scripts else None


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()
