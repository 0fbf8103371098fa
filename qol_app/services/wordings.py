"""The licence holders' texts: a table to fill in."""

from __future__ import annotations

from dataclasses import dataclass

import questionnaires
from qol_app.domain import wording_text
from qol_app.domain.errors import InvalidInput, NotFound
from qol_app.exports import wording_sheet
from questionnaires import QuestionnaireUnknown
from questionnaires.model import Questionnaire, Wording


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is worded: a questionnaire in one language, and our own words for it."""

    questionnaire: Questionnaire
    labels: Wording


def subject(instrument: str, version: str | None, language: str) -> Subject:
    """Return a questionnaire and our own words for it in one language.

    Raises:
        NotFound: there is no such questionnaire, version or language; says which there are.
    """
    try:
        questionnaire = questionnaires.load(instrument, version)
        labels = questionnaires.wording(instrument, questionnaire.version, language)
    except QuestionnaireUnknown as error:
        raise NotFound(str(error)) from error
    return Subject(questionnaire=questionnaire, labels=labels)


def template(of: Subject, ending: str) -> bytes:
    """Return a table to fill in, as a file with this ending.

    Raises:
        InvalidInput: the ending is neither ``.csv`` nor ``.xlsx``, or XLSX cannot be written here.
    """
    rows = wording_text.rows(of.questionnaire, of.labels)
    try:
        if ending.lower() == ".csv":
            return wording_sheet.csv_template(rows)
        if ending.lower() == ".xlsx":
            return wording_sheet.xlsx_template(rows)
    except wording_sheet.SheetsMissing as error:
        raise InvalidInput([str(error)]) from error
    raise InvalidInput([f"{ending or 'no ending'}: name the file .csv or .xlsx"])
