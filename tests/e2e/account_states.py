"""States of the pages of accounts and sign-in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e import accounts_stage
from tests.e2e.staff_scenes import happened, study
from tests.e2e.stage import Stage


def code_awaited(stage: Stage) -> None:
    user = accounts_stage.with_password(stage, has_app=True)
    accounts_stage.give_password(stage, user)
    expect(stage.page.locator("#code")).to_be_visible()


def sign_in_wrong(stage: Stage) -> None:
    accounts_stage.give_password(stage, accounts_stage.with_password(stage), "not this one")
    expect(stage.page.locator(".notice--danger")).to_be_visible()


def forgotten_password(stage: Stage) -> None:
    stage.go("/forgotten-password")


def mail_on_its_way(stage: Stage) -> None:
    stage.go("/forgotten-password")
    stage.page.locator("#email").fill("nobody@example.org")
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator(".notice--info")).to_be_visible()


def new_password_link(stage: Stage) -> None:
    stage.go(accounts_stage.reset_link(stage))


def new_password(stage: Stage) -> None:
    new_password_link(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("#again")).to_be_visible()


def account(stage: Stage) -> None:
    happened(stage)
    accounts_stage.other_browsers(stage)
    stage.go("/account")


def change_password(stage: Stage) -> None:
    happened(stage)
    stage.go("/account/password")


def second_factor(stage: Stage) -> None:
    happened(stage)
    stage.go("/account/second-factor")


def second_factor_set_up(stage: Stage) -> None:
    second_factor(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("#code")).to_be_visible()


def second_factor_codes(stage: Stage) -> None:
    second_factor_set_up(stage)
    accounts_stage.confirm_app(stage)
    expect(stage.page.locator(".recovery-codes")).to_be_visible()


def second_factor_in_use(stage: Stage) -> None:
    stage.enter(accounts_stage.with_password(stage, has_app=True))
    stage.go("/account/second-factor")


def password_again(stage: Stage) -> None:
    stage.enter(accounts_stage.with_password(stage, has_app=True), minutes_ago=20)
    stage.go("/account/second-factor")
    stage.page.locator("form[action$='recovery-codes'] button").click()
    expect(stage.page.locator("#password")).to_be_visible()


def invitation(stage: Stage) -> None:
    stage.go(accounts_stage.invitation_link(stage))


def invitation_accepting(stage: Stage) -> None:
    invitation(stage)
    stage.page.locator("main .button--primary").click()
    expect(stage.page.locator("#again")).to_be_visible()


def invitation_over(stage: Stage) -> None:
    stage.go("/invitation/nonsense")


def users(stage: Stage) -> None:
    accounts_stage.administrator(stage)
    accounts_stage.invitation_link(stage)
    accounts_stage.shut(stage)
    stage.go(study("example", "users"))


def user(stage: Stage) -> None:
    accounts_stage.administrator(stage)
    stage.go(study("example", f"users/{accounts_stage.shut(stage)}"))


def invite(stage: Stage) -> None:
    accounts_stage.administrator(stage)
    stage.go(study("example", "users/invite"))


STATES: dict[str, Callable[[Stage], None]] = {
    f"staff-{state.__name__.replace('_', '-')}": state
    for state in (
        code_awaited,
        sign_in_wrong,
        forgotten_password,
        mail_on_its_way,
        new_password_link,
        new_password,
        account,
        change_password,
        second_factor,
        second_factor_set_up,
        second_factor_codes,
        second_factor_in_use,
        password_again,
        invitation,
        invitation_accepting,
        invitation_over,
        users,
        user,
        invite,
    )
}
"""Each state's name with the function that reaches it."""
