"""Who may open a route. Every view carries exactly one guard; a test walks the URL map.

``public`` needs no identity, ``with_link`` needs a patient's running survey, ``with_ticket`` the
ticket that a survey gave to a device, ``with_tablet`` a registered shared tablet, ``signed_in``
any user (``signed_in_first`` also one who has yet to set a second factor up), ``requires`` a user
with a permission in the study that the URL names. A study or a participant that is not the user's
to see does not exist for that user (404).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from qol_app.db.models import Participant, Study
from qol_app.domain import actor as actors
from qol_app.domain.errors import LinkUnknown, NotFound, NotPermitted
from qol_app.domain.roles import Permission, allows, sites_allowed
from qol_app.domain.study import Protocol
from qol_app.services import handovers, opened, participants, refusals, studies, tablets
from qol_app.services.opened import OpenSurvey
from qol_app.web import identity, tablet, tickets, unit
from qol_app.web.locale import speak, survey_session

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view as open to anyone."""
    view.guard = "public"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return view


def with_link(view: View) -> View:
    """Let in a patient whose survey was started from a link; sets ``g.survey`` and ``g.actor``."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        link_id = survey_session().get("link")
        if link_id is None and tablet.is_one():
            return tablet.leave()
        if link_id is None:
            raise LinkUnknown("no survey is running in this browser")
        survey = opened.by_id(unit.reading(), link_id)
        if _was_given_back():
            return tablet.leave()
        enter(survey)
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.guard = "link"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return cast(View, guarded)


def with_ticket(view: View) -> View:
    """Let in a device that sends a survey's answers; sets ``g.survey`` and ``g.actor``.

    The ticket stands in the JSON body. It can only add answers to its own visit, so a device may
    send what it kept long after its session ended, and even from beneath a withdrawn link: what
    has no place any more is kept aside.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        body = request.get_json(silent=True)
        ticket = body.get("ticket") if isinstance(body, dict) else None
        g.survey = opened.by_id(unit.reading(), tickets.link_of(ticket))
        g.actor = actors.link(g.survey.link_id)
        speak(g.survey.visit.participant.language)
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.guard = "ticket"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return cast(View, guarded)


def _was_given_back() -> bool:
    """Tell whether the survey runs on a shared tablet that its patient holds no longer."""
    handover_id = survey_session().get("handover")
    return handover_id is not None and not handovers.is_running(
        unit.reading(), handover_id, now=unit.now()
    )


def with_tablet(view: View) -> View:
    """Let in a registered shared tablet, whoever holds it; sets ``g.tablet`` and ``g.actor``."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        g.tablet = tablets.by_token(unit.reading(), tablet.token())
        g.actor = actors.tablet(g.tablet.id)
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.guard = "tablet"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return cast(View, guarded)


def enter(survey: OpenSurvey) -> None:
    """Make the survey's link the actor of this request, in its patient's language.

    Raises:
        LinkRevoked, LinkSuperseded: staff withdrew the link.
    """
    recognise(survey)
    if survey.is_revoked:
        raise refusals.withdrawn(unit.reading(), survey)


def recognise(survey: OpenSurvey) -> None:
    """Set ``g.survey`` and ``g.actor``, and speak the patient's language, even of a bad link."""
    speak(survey.visit.participant.language)
    g.survey = survey
    g.actor = actors.link(survey.link_id)


def signed_in(view: View) -> View:
    """Let in any signed-in user; sets ``g.user`` and ``g.actor``."""
    return _for_user(view, before_set_up=False)


def signed_in_first(view: View) -> View:
    """Let in any signed-in user, also one who has yet to set a second factor up."""
    return _for_user(view, before_set_up=True)


def _for_user(view: View, *, before_set_up: bool) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        elsewhere = _admit(before_set_up=before_set_up)
        if elsewhere is not None:
            return elsewhere
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.guard = "signed_in"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return cast(View, guarded)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in users who hold ``permission`` in the study named by the URL; sets ``g.study``."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(study: str, *args: Any, **kwargs: Any) -> ResponseReturnValue:
            elsewhere = _admit()
            if elsewhere is not None:
                return elsewhere
            g.study = _visible_study(study)
            if not holds(permission):
                raise NotPermitted(f"this needs the permission {permission.value}")
            return cast(ResponseReturnValue, view(*args, **kwargs))

        guarded.guard = permission  # type: ignore[attr-defined]  # a mark read by the URL-map test
        return cast(View, guarded)

    return guard


def protocol() -> Protocol:
    """Return the protocol in force of this request's study."""
    return studies.in_force(g.study)


def holds(permission: Permission) -> bool:
    """Tell whether the user of this request holds ``permission`` somewhere in its study."""
    return allows(g.user.grant_values(), permission, study_id=g.study.id)


def sites(permission: Permission) -> frozenset[int] | None:
    """Return the sites at which the user holds ``permission``; None means all."""
    return sites_allowed(g.user.grant_values(), permission, study_id=g.study.id)


def participant(number: str, permission: Permission) -> Participant:
    """Return a participant of this study whom the user may see. Raises NotFound otherwise."""
    found = participants.find(unit.session(), g.study, number)
    grants = g.user.grant_values()
    if not allows(grants, permission, study_id=g.study.id, site_id=found.site_id):
        raise NotFound(f"no participant {number}")
    return found


def _visible_study(code: str) -> Study:
    study = studies.find(unit.session(), code)
    if all(grant.study_id != study.id for grant in g.user.grant_values()):
        raise NotFound(f"no study {code}")
    return study


def _admit(*, before_set_up: bool = False) -> ResponseReturnValue | None:
    """Set ``g.user`` and ``g.actor``, or return where somebody has to go first."""
    user = identity.user()
    if user is None:
        return _to_sign_in()
    if identity.must_set_up(user) and not before_set_up:
        return redirect(url_for("auth.second_factor"), 303)
    g.user = user
    g.actor = actors.user(user.id)
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.method not in unit.READING:
        abort(401)
    # On a shared tablet the page that was asked for may name a participant: it is not carried on.
    asked_for = None if tablet.is_one() else request.full_path
    return redirect(url_for("auth.sign_in", next=asked_for), 303)
