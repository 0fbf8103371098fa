"""Whether everything that a patient may see stands in the languages of a study."""

from __future__ import annotations

from qol_app.domain import languages
from qol_app.domain.errors import NotReady
from qol_app.domain.reminders import Kind
from qol_app.domain.study import Protocol
from qol_app.messaging import text
from qol_app.settings import TRANSLATIONS

TO_PATIENTS = tuple(kind.value for kind in Kind)
"""The kinds of mail that go to patients."""


def refuse_unspoken(protocol: Protocol) -> None:
    """Refuse a study in a language in which pages or mails would fall back to English.

    Raises:
        NotReady: names every file that is missing.
    """
    known = languages.found(TRANSLATIONS)
    problems = [
        f"languages: the pages do not speak {tag}: add qol_app/translations/"
        f"{languages.catalogue_of(tag)}"
        for tag in protocol.languages
        if tag not in known
    ]
    problems += [
        f"languages: a mail does not speak {tag}: add templates/messages/{kind}/subject.{tag}.txt "
        f"and body.{tag}.txt"
        for tag in protocol.languages
        for kind in TO_PATIENTS
        if tag not in text.languages(kind)
    ]
    if problems:
        raise NotReady("\n".join(problems))
