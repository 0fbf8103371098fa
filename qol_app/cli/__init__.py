"""The commands an operator types: each becomes one service call, committed or rolled back.

What was expected to fail is printed to the standard error, one problem a line, with exit code 2.
A programmer's error keeps its traceback.
"""

from __future__ import annotations

from flask import Flask

from qol_app.cli.data import audit, db, responses
from qol_app.cli.grants import user
from qol_app.cli.keys import keys
from qol_app.cli.questionnaires import questionnaire
from qol_app.cli.rehearsal import rehearsal
from qol_app.cli.reminders import reminders
from qol_app.cli.rescoring import stored_scores
from qol_app.cli.scores import score, scoring
from qol_app.cli.serving import jobs, serve
from qol_app.cli.study import study
from qol_app.cli.wording import wording

COMMANDS = (
    audit,
    db,
    jobs,
    keys,
    questionnaire,
    rehearsal,
    reminders,
    responses,
    score,
    stored_scores,
    scoring,
    serve,
    study,
    user,
    wording,
)


def register(app: Flask) -> None:
    """Add the commands to ``flask --app wsgi``."""
    for command in COMMANDS:
        app.cli.add_command(command)
