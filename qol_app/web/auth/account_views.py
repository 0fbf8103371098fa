"""One's own account: where one is signed in, and ending that; the password; the second factor."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from qol_app.db.authenticator import has_second_factor
from qol_app.db.models import SignIn, User
from qol_app.services import sign_ins, studies
from qol_app.services.sign_ins import EndedAs
from qol_app.web import identity, unit
from qol_app.web.auth.blueprint import bp
from qol_app.web.guards import signed_in
from qol_app.web.written import moment


@dataclass(frozen=True, kw_only=True)
class SignInRow:
    """One browser in which the user is signed in."""

    device: str
    since: str
    last_seen: str
    is_here: bool
    end_url: str


@dataclass(frozen=True, kw_only=True)
class AccountPage:
    """What the user's own page shows."""

    name: str
    email: str
    rows: tuple[SignInRow, ...]
    before: str
    """The sign-in before this one, in words; empty where there is none."""
    has_second_factor: bool
    recovery_codes: int


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Show the user's own account."""
    return render_template("auth/account.html", page=_page(g.user))


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@signed_in
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign one browser of the user out."""
    sign_ins.end_one(
        unit.session(),
        g.user,
        sign_in_id,
        ended_as=EndedAs.REVOKED,
        actor=g.actor,
        now=unit.now(),
    )
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("auth.account"), 303)


@bp.post("/account/sign-ins/end-others")
@signed_in
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign all browsers of the user out but this one."""
    ended = sign_ins.end_all(
        unit.session(),
        g.user,
        but=identity.sign_in().id,
        ended_as=EndedAs.REVOKED,
        actor=g.actor,
        now=unit.now(),
    )
    said = ngettext("%(num)s browser is signed out.", "%(num)s browsers are signed out.", ended)
    flash(said, "success")
    return redirect(url_for("auth.account"), 303)


def _page(user: User) -> AccountPage:
    zone = _zone(user)
    here = identity.sign_in()
    before = sign_ins.before(unit.session(), here)
    return AccountPage(
        name=user.name,
        email=user.email,
        rows=tuple(
            _row(each, zone, is_here=each.id == here.id)
            for each in sign_ins.of_user(unit.session(), user, now=unit.now())
        ),
        before=f"{moment(before.started_at, zone)} · {_device(before)}" if before else "",
        has_second_factor=has_second_factor(user),
        recovery_codes=len(user.mf_recovery_codes or ()),
    )


def _row(sign_in: SignIn, zone: ZoneInfo, *, is_here: bool) -> SignInRow:
    return SignInRow(
        device=_device(sign_in),
        since=moment(sign_in.started_at, zone),
        last_seen=moment(sign_in.last_seen_at, zone),
        is_here=is_here,
        end_url=url_for("auth.end_sign_in", sign_in_id=sign_in.id),
    )


def _device(sign_in: SignIn) -> str:
    return sign_in.device or str(_("Unknown browser"))


def _zone(user: User) -> ZoneInfo:
    """Return the zone of a site at which the user works; UTC for who has no role."""
    for study in studies.every(unit.session()):
        mine = {grant.site_id for grant in user.grants if grant.study_id == study.id}
        for site in study.sites:
            if mine & {site.id, None}:
                return ZoneInfo(site.timezone)
    return ZoneInfo("UTC")
