"""Scores questionnaires: pure, vectorised, usable without the app.

    from questionnaires import load
    from scoring import score
    scores = score(load("eortc-qlq-c30"), answers)

Each scale names its scoring module and parameters in the questionnaire's definition; modules are
small files of this package or plug-ins, registered in ``registry``.
"""

from scoring.columns import BadCell
from scoring.engine import completeness, expected_items, score
from scoring.errors import (
    AnswerOutOfRange,
    ModuleFailed,
    ModuleUnknown,
    OptionUnknown,
    ScaleInvalid,
    ScoreFileInvalid,
)
from scoring.explanation import Details, Explanation, Flag, details, explain
from scoring.files import score_file
from scoring.registry import module_version, modules, problems
from scoring.tables import written_whole

__all__ = [
    "AnswerOutOfRange",
    "BadCell",
    "Details",
    "Explanation",
    "Flag",
    "ModuleFailed",
    "ModuleUnknown",
    "OptionUnknown",
    "ScaleInvalid",
    "ScoreFileInvalid",
    "completeness",
    "details",
    "expected_items",
    "explain",
    "module_version",
    "modules",
    "problems",
    "score",
    "score_file",
    "written_whole",
]
