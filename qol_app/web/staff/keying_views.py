"""Key a form from paper or an interview, twice, and settle where the two keyings differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from qol_app.db.models import Response
from qol_app.domain import keying as rules
from qol_app.domain.errors import AnswerOutOfRange
from qol_app.domain.roles import Permission
from qol_app.domain.said import NOTHING, Said
from qol_app.services import facts, forms, keying, keying_steps, participants, scans
from qol_app.services.keying import Done
from qol_app.services.keying_steps import Standing, Step
from qol_app.web import guards, unit
from qol_app.web.guards import requires
from qol_app.web.staff import item_words
from qol_app.web.staff.blueprint import bp
from qol_app.web.staff.keying_form import Cells, KeyingForm
from qol_app.web.staff.keying_page import differences, keying_page
from qol_app.web.staff.lists import form_url
from qol_app.web.staff.scan_rows import scan_rows

FORM = "/participants/<number>/visits/<visit>/forms/<instrument>"


def find_form(number: str, visit: str, instrument: str, permission: Permission) -> Response:
    """Return one form of a visit that the user may see. Raises NotFound otherwise."""
    found = participants.visit(unit.session(), guards.participant(number, permission), visit)
    return participants.form(found, instrument)


@bp.get(f"{FORM}/keying", endpoint="keying")
@requires(Permission.KEY_FORMS)
def show_keying(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Show the cells of a form, or who has to go on."""
    response = find_form(number, visit, instrument, Permission.KEY_FORMS)
    return _page(response, _form(response))


@bp.post(f"{FORM}/keying")
@requires(Permission.KEY_FORMS)
def key_form(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Take in what was keyed; the second of two equal keyings stores the form."""
    response = find_form(number, visit, instrument, Permission.KEY_FORMS)
    form, found = _form(response), keying_steps.standing(unit.session(), response)
    cells = _cells(response, found)
    if found.step is not Step.STORED and form.drawn_at != response.last_seq:
        form.seen.data = str(response.last_seq)
        return _page(response, form, cells, is_overtaken=True), 409
    if not form.validate_on_submit() or cells.errors:
        return _page(response, form, cells), 422
    done = keying.key(
        unit.session(),
        response,
        form.keyed(cells.said),
        seen=form.drawn_at,
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    return _onward(response, done)


@bp.get(f"{FORM}/keying/differences")
@requires(Permission.KEY_FORMS)
def settle_keying(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Show in what two keyings differ, side by side."""
    response = find_form(number, visit, instrument, Permission.KEY_FORMS)
    return _differences(response, {})


@bp.post(f"{FORM}/keying/differences")
@requires(Permission.KEY_FORMS)
def decide_keying(number: str, visit: str, instrument: str) -> ResponseReturnValue:
    """Store the form with each difference decided."""
    response = find_form(number, visit, instrument, Permission.KEY_FORMS)
    found = keying_steps.standing(unit.session(), response)
    if found.step is not Step.SETTLE:
        return redirect(form_url(".keying", response), 303)
    decided = Decisions(response, found, request.form)
    if decided.errors:
        return _differences(response, decided.errors), 422
    done = keying.settle(
        unit.session(),
        response,
        decided.facts,
        decided.said,
        seen=response.last_seq,
        user_id=g.user.id,
        actor=g.actor,
        now=unit.now(),
    )
    return _onward(response, done)


class Decisions:
    """What was decided of each difference: ``first``, ``second`` or another value."""

    def __init__(self, response: Response, found: Standing, posted: Mapping[str, str]) -> None:
        self.facts: dict[str, Any] = {}
        self.said: dict[str, Said] = {}
        self.errors: dict[str, str] = {}
        first, second = map(keying_steps.as_keyed, found.keyings)
        sides = {"first": first, "second": second}
        questionnaire = forms.questionnaire(response.form_version)
        for name in rules.different_facts(first, second):
            side = sides.get(posted.get(f"choice-{name}", ""))
            if side is None:
                self.errors[name] = str(_("Choose one of the two."))
            else:
                self.facts[name] = getattr(side, name)
        items = keying_steps.open_items(response, found)
        for item_id in rules.different_items(first, second, items):
            choice = posted.get(f"choice-{item_id}", "")
            item = questionnaire.item(item_id)
            if choice in sides:
                self.said[item_id] = sides[choice].said.get(item_id, NOTHING)
            elif choice == "other":
                try:
                    self.said[item_id] = rules.read_cell(item, posted.get(f"item-{item_id}", ""))
                except AnswerOutOfRange:
                    self.errors[item_id] = item_words.refused(item)
            else:
                self.errors[item_id] = str(_("Choose what is on the form."))


def _form(response: Response) -> KeyingForm:
    today = facts.today_of(response.visit.participant, unit.now())
    return KeyingForm(guards.protocol(), response, today=today)


def _cells(response: Response, found: Standing) -> Cells:
    questionnaire = forms.questionnaire(response.form_version)
    return Cells(map(questionnaire.item, keying_steps.open_items(response, found)))


def _page(
    response: Response,
    form: KeyingForm,
    cells: Cells | None = None,
    *,
    is_overtaken: bool = False,
) -> str:
    found = keying_steps.standing(unit.session(), response)
    page = keying_page(guards.protocol(), response, found, cells)
    scanned = scan_rows(response.visit, scans.of_form(unit.session(), response))
    return render_template(
        "staff/keying.html", page=page, form=form, is_overtaken=is_overtaken, scans=scanned
    )


def _differences(response: Response, errors: Mapping[str, str]) -> str:
    found = keying_steps.standing(unit.session(), response)
    is_open = found.step is Step.SETTLE
    rows = differences(response, found, request.form, errors) if is_open else ()
    page = keying_page(guards.protocol(), response, found)
    return render_template("staff/keying_differences.html", page=page, rows=rows)


def _onward(response: Response, done: Done) -> ResponseReturnValue:
    if done.step is Step.SECOND:
        flash(_("Keyed. Another person now keys the form a second time."), "success")
        return redirect(form_url(".keying", response), 303)
    if done.step is Step.SETTLE:
        flash(_("Keyed. The two keyings differ; compare them with the form."), "warning")
        return redirect(form_url(".settle_keying", response), 303)
    follow([response.id], done.mails)
    flash(_("The form is stored and counts as answered."), "success")
    return redirect(form_url(".keying", response), 303)


def follow(responses: Sequence[int], mails: Sequence[int]) -> None:
    """Have forms scored and staff told, once what was stored is safe."""
    queue = current_app.extensions["queue"]
    for response_id in responses:
        unit.after_commit(partial(queue.score_response, response_id))
    for message_id in mails:
        unit.after_commit(partial(queue.send_staff_message, message_id))
