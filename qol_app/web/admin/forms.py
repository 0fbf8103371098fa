"""The administrator's forms: a text to be examined, and an examined text to be accepted."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired, FileSize
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from qol_app.domain.errors import InvalidInput
from qol_app.domain.wording_text import Mistake, Reading, TextRow, WordingInvalid
from qol_app.services import wordings
from qol_app.services.wordings import LONGEST_REFERENCE, Candidate, Source, Subject

MOST_BYTES = 1024 * 1024
"""The largest file that is taken; the longest questionnaires need a tenth of it."""

_SHORT = Length(max=LONGEST_REFERENCE, message=_l("Write at most 200 characters."))


class _SourceForm(FlaskForm):  # type: ignore[misc]  # untyped base
    licence_reference = StringField(
        _l("Licence reference"), [DataRequired(_l("Enter the licence reference.")), _SHORT]
    )
    language_version = StringField(
        _l("Version of the translation"),
        [DataRequired(_l("Enter the version of the translation.")), _SHORT],
    )

    def source(self) -> Source:
        """Return where the text comes from."""
        return Source(
            licence_reference=self.licence_reference.data or "",
            language_version=self.language_version.data or "",
        )


class UploadForm(_SourceForm):
    """A file with a licence holder's text; ``candidate`` is the text once it has no mistakes."""

    file = FileField(
        _l("File"),
        [
            FileRequired(_l("Choose a file.")),
            FileAllowed(["csv", "xlsx", "json"], _l("Choose a CSV, XLSX or JSON file.")),
            FileSize(max_size=MOST_BYTES, message=_l("Choose a file of at most 1 MB.")),
        ],
    )

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject
        self.candidate: Candidate | None = None
        self.mistakes: tuple[Mistake, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Examine the text once all fields are filled in; keep what is wrong with it."""
        if not super().validate(extra_validators):
            return False
        ending = PurePath(self.file.data.filename).suffix
        try:
            content = self.file.data.read()
            self.candidate = wordings.examine(self.subject, content, ending, self.source())
        except WordingInvalid as error:
            self.mistakes = error.mistakes
            told = _l("This text has mistakes. Nothing was stored.")
            self.file.errors = [*self.file.errors, str(told)]
        except InvalidInput as error:
            self.file.errors = [*self.file.errors, *error.problems]
        return self.candidate is not None


class AcceptForm(_SourceForm):
    """A text that was shown, sent back to be accepted; it is examined again."""

    rows = HiddenField(validators=[InputRequired()])

    def validate_rows(self, field: HiddenField) -> None:
        """Refuse what no page of ours sends."""
        try:
            self.reading()
        except (ValueError, TypeError) as error:
            raise ValidationError(str(error)) from error

    def reading(self) -> Reading:
        """Return the texts as they were shown. Raises ValueError or TypeError."""
        return Reading(
            rows=tuple(
                TextRow(kind=str(kind), key=str(key), text=str(text))
                for kind, key, text in json.loads(self.rows.data or "")
            )
        )


def packed(candidate: Candidate) -> str:
    """Return a text as ``AcceptForm`` takes it."""
    rows = [(line.kind, line.key, line.text) for line in candidate.lines]
    return json.dumps(rows, ensure_ascii=False)
