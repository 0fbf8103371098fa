"""The words of the pages for links that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from qol_app.domain.errors import (
    AlreadySubmitted,
    LinkEnded,
    LinkExpired,
    LinkRevoked,
    LinkSuperseded,
    LinkTooEarly,
    WindowClosed,
)
from qol_app.services.opened import OpenVisit
from qol_app.services.refusals import WRONG_VISIT, Refusal
from qol_app.web.locale import LanguageChoice, choices, day_in_words, language


@dataclass(frozen=True, kw_only=True)
class Words:
    """What one page says."""

    title: str
    happened: tuple[str, ...]
    """What happened and that answers are safe; the first sentence is the largest."""
    remedy: str
    """What to do next, above the button."""
    is_fine: bool = False
    """Whether nothing is wrong, so that the button need not stand out."""


@dataclass(frozen=True, kw_only=True)
class RefusalPage:
    """The page; ``help_url`` is None where the clinic cannot or should not be asked."""

    study: str
    words: Words
    help_url: str | None
    code_url: str | None
    is_told: bool
    contact: str
    language_url: str | None = None
    """Where another language is chosen; None where a withdrawn link may change nothing."""
    languages: tuple[LanguageChoice, ...] = ()


def unknown() -> RefusalPage:
    """Return the page of a link that nobody knows, so that nobody can be told."""
    return RefusalPage(
        study=_("Your questionnaire"),
        words=Words(
            title=_("This link does not work"),
            happened=(_("Perhaps a part of it is missing, or it was not copied whole."),),
            remedy=_(
                "Open the link in your message once more. If you have a letter, "
                "you can type the code that stands in it."
            ),
        ),
        help_url=None,
        code_url=url_for("patient.type_code"),
        is_told=False,
        contact=_("If nothing helps, please ask your study nurse for a new link."),
        language_url=url_for("patient.choose_language_of_typing"),
        languages=choices(),
    )


def page(
    visit: OpenVisit, refusal: Refusal, *, help_url: str, language_url: str | None
) -> RefusalPage:
    """Return the page of a link that leads nowhere now, in the page's language."""
    spoken, protocol = language(), visit.protocol
    return RefusalPage(
        study=protocol.patient_title[spoken],
        words=_WORDS[refusal.why](visit, refusal),
        help_url=help_url if refusal.may_ask else None,
        code_url=None,
        is_told=refusal.is_told and refusal.may_ask,
        contact=protocol.contact[spoken],
        language_url=language_url,
        languages=choices(protocol.languages),
    )


def _expired(visit: OpenVisit, refusal: Refusal) -> Words:
    return Words(
        title=_("The time for this questionnaire is over"),
        happened=(_over(refusal), *_safe(refusal)),
        remedy=_("You need not do anything. If you would like to ask something, tell the clinic."),
        is_fine=True,
    )


def _submitted(visit: OpenVisit, refusal: Refusal) -> Words:
    on = day_in_words(refusal.sent_on, today=refusal.today) if refusal.sent_on else ""
    told = _("You sent them on %(day)s.", day=on)
    if refusal.is_keyed:
        told = _("The clinic entered them for you. They are dated %(day)s.", day=on)
    sent = (told,) if on else ()
    return Words(
        title=_("Your answers are with us"),
        happened=(*sent, _("They are safe. Thank you; you need not do anything.")),
        remedy=_("If something was not right, tell the clinic."),
        is_fine=True,
    )


def _revoked(visit: OpenVisit, refusal: Refusal) -> Words:
    on = day_in_words(refusal.withdrawn_on, today=refusal.today) if refusal.withdrawn_on else ""
    return Words(
        title=_("This link was withdrawn"),
        happened=(_("The clinic withdrew it on %(day)s.", day=on), *_safe(refusal)),
        remedy=_("If you would like to answer, tell the clinic that you need a new link."),
    )


def _superseded(visit: OpenVisit, refusal: Refusal) -> Words:
    on = day_in_words(refusal.replaced_on, today=refusal.today) if refusal.replaced_on else ""
    return Words(
        title=_("There is a newer link"),
        happened=(_("This link was replaced on %(day)s.", day=on), *_safe(refusal)),
        remedy=_(
            "Please open the newest message or letter from the clinic. "
            "If you cannot find it, tell the clinic."
        ),
    )


def _wrong_visit(visit: OpenVisit, refusal: Refusal) -> Words:
    name = visit.protocol.visit(visit.code).name[language()]
    over = (
        _("This link is for the questionnaire “%(visit)s”.", visit=name),
        _over(refusal),
    )
    return Words(
        title=_("Another questionnaire is open now"),
        happened=(_open_now(refusal), *over, *_safe(refusal)),
        remedy=_(
            "It has a link of its own: please look for the newest message or letter from the "
            "clinic. If you have none, tell the clinic that you need it."
        ),
    )


def _too_early(visit: OpenVisit, refusal: Refusal) -> Words:
    opens = day_in_words(refusal.opens_on, today=refusal.today)
    happened = [_("It opens on %(day)s; the same link will work then.", day=opens)]
    if refusal.open_now is not None:
        happened.append(_open_now(refusal))
    return Words(
        title=_("This questionnaire is not open yet"),
        happened=tuple(happened),
        remedy=_("Please keep the link. If you think that this is not right, tell the clinic."),
        is_fine=True,
    )


def _ended(visit: OpenVisit, refusal: Refusal) -> Words:
    return Words(
        title=_("No more questionnaires"),
        happened=(
            _("The questionnaires have ended here."),
            _("Nothing more is asked of you. All answers given before are safe. Thank you."),
        ),
        remedy="",
        is_fine=True,
    )


def _over(refusal: Refusal) -> str:
    if refusal.sent_on is not None:
        sent = day_in_words(refusal.sent_on, today=refusal.today)
        return str(_("You sent it on %(day)s.", day=sent))
    last = day_in_words(refusal.last_day, today=refusal.today)
    return str(_("It could be answered until %(day)s.", day=last))


def _open_now(refusal: Refusal) -> str:
    other = refusal.open_now
    if other is None:
        return ""
    last = day_in_words(other.last_day, today=refusal.today)
    name = other.name.get(language()) or next(iter(other.name.values()))
    return str(_("“%(visit)s” is open until %(day)s.", visit=name, day=last))


def _safe(refusal: Refusal) -> tuple[str, ...]:
    return (_("The answers you gave are safe."),) if refusal.has_answers else ()


_WORDS: dict[str, Callable[[OpenVisit, Refusal], Words]] = {
    LinkExpired.code: _expired,
    WindowClosed.code: _expired,
    AlreadySubmitted.code: _submitted,
    LinkRevoked.code: _revoked,
    LinkSuperseded.code: _superseded,
    WRONG_VISIT: _wrong_visit,
    LinkTooEarly.code: _too_early,
    LinkEnded.code: _ended,
}
