"""What an item takes, in short, as staff read it beside a cell."""

from __future__ import annotations

from flask_babel import gettext as _

from questionnaires.model import AnswerType, Item, Wording, WordingKind

SHORTEST = (WordingKind.LABELS, WordingKind.OWN, WordingKind.OFFICIAL)
"""Which wording names an item where a page has one line for it."""

_RANGES = (AnswerType.SCALE, AnswerType.VISUAL_ANALOGUE)


def takes(item: Item) -> str:
    """Return the values that an item takes: codes, a range, a number or text."""
    if item.type is AnswerType.ONE_OF:
        return " ".join(map(str, item.codes))
    if item.type is AnswerType.SEVERAL_OF:
        return str(_("any of %(codes)s", codes=" ".join(map(str, item.codes))))
    if item.type is AnswerType.TEXT:
        return str(_("text"))
    if item.low is None or item.high is None:
        return str(_("a number"))
    span = f"{item.low:g}–{item.high:g}"
    return (
        span if item.type in _RANGES or not item.decimals else str(_("%(range)s, 6.5", range=span))
    )


def legend(item: Item, words: Wording) -> str:
    """Return what the codes of an item mean, or the ends of its scale; empty for the others."""
    options = words.options.get(item.options or "", {})
    order = item.codes or sorted(options)
    return " · ".join(f"{code} {options[code]}" for code in order if code in options)


def refused(item: Item) -> str:
    """Return what is wrong with a cell that its item does not allow."""
    return str(_("%(item)s takes %(values)s.", item=item.id, values=takes(item)))
