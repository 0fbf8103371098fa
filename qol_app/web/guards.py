"""Who may open a route. Every view carries exactly one guard; a test walks the URL map.

``public`` needs no identity, ``with_link`` needs a patient's running survey, ``signed_in`` any
user, ``requires`` a user with a permission in the study that the URL names. A study or a
participant that is not the user's to see does not exist for that user (404).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from qol_app.db.models import Participant, Study, User
from qol_app.domain import actor as actors
from qol_app.domain.errors import LinkUnknown, NotFound, NotPermitted
from qol_app.domain.roles import Permission, allows, sites_allowed
from qol_app.services import opened, participants, refusals, studies
from qol_app.services.opened import OpenSurvey
from qol_app.web import unit
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
        if link_id is None:
            raise LinkUnknown("no survey is running in this browser")
        enter(opened.by_id(unit.reading(), link_id))
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.guard = "link"  # type: ignore[attr-defined]  # a mark read by the URL-map test
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

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _to_sign_in()
        _set_user()
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.guard = "signed_in"  # type: ignore[attr-defined]  # a mark read by the URL-map test
    return cast(View, guarded)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in users who hold ``permission`` in the study named by the URL; sets ``g.study``."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(study: str, *args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                return _to_sign_in()
            _set_user()
            g.study = _visible_study(study)
            if not holds(permission):
                raise NotPermitted(f"this needs the permission {permission.value}")
            return cast(ResponseReturnValue, view(*args, **kwargs))

        guarded.guard = permission  # type: ignore[attr-defined]  # a mark read by the URL-map test
        return cast(View, guarded)

    return guard


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


def _set_user() -> None:
    g.user = cast(User, current_user._get_current_object())
    g.actor = actors.user(g.user.id)


def _to_sign_in() -> ResponseReturnValue:
    if request.method not in unit.READING:
        abort(401)
    return redirect(url_for("security.login", next=request.full_path), 303)
