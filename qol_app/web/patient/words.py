"""The words of the patient's pages that stand for values: said instead of an answer, who helped."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from qol_app.domain.answers import ItemState
from qol_app.domain.helpers import Helper
from questionnaires.model import NoAnswer

NO_ANSWERS = {
    NoAnswer.DECLINED: _l("I prefer not to answer"),
    NoAnswer.NOT_APPLICABLE: _l("This does not apply to me"),
}

INSTEAD = {
    ItemState.DECLINED: NO_ANSWERS[NoAnswer.DECLINED],
    ItemState.NOT_APPLICABLE: NO_ANSWERS[NoAnswer.NOT_APPLICABLE],
    ItemState.BLANK: _l("Left empty"),
    ItemState.NEVER_SEEN: _l("Not seen yet"),
}
"""What the review says of an item without an answer."""

HELPERS = {
    Helper.ALONE: _l("I answered alone"),
    Helper.READ_ALOUD: _l("Someone read the questions to me"),
    Helper.WROTE_DOWN: _l("Someone wrote down my answers"),
    Helper.ANSWERED_FOR: _l("Someone answered for me"),
}
