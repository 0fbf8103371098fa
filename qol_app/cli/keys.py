"""Commands on the keys that seal contact details."""

from __future__ import annotations

import click

from qol_app.cli import base
from qol_app.cli.base import Commands
from qol_app.domain import actor as actors
from qol_app.domain.errors import NotReady
from qol_app.services import contacts

keys = Commands("keys", help="The keys that seal contact details.")


@keys.command("rotate")
@click.option(
    "--batch",
    type=click.IntRange(min=1),
    default=contacts.BATCH,
    show_default=True,
    help="Contacts per transaction.",
)
def rotate(batch: int) -> None:
    """Seal all contact details with the newest key of QOL_CONTACT_KEYS.

    It may be stopped and begun again at any time: what is done stays done.
    """
    vault, total = base.vault(), 0
    last, unknown = 0, set[str]()
    while True:
        with base.writing() as session:
            done = contacts.reseal(
                session,
                vault=vault,
                after=last,
                actor=actors.command("keys rotate"),
                now=base.now(),
                limit=batch,
            )
        if done is None:
            break
        total, last = total + done.done, done.last
        unknown.update(done.unknown_keys)
        with base.ready().read() as session:
            base.note(f"{contacts.sealed_with_other_keys(session, vault)} remain")
    with base.ready().read() as session:
        remaining = contacts.sealed_with_other_keys(session, vault)
    click.echo(f"sealed anew with {vault.newest}: {total}; remaining: {remaining}")
    if unknown:
        names = ", ".join(sorted(unknown))
        raise NotReady(f"contacts sealed with {names} were left: put it back in QOL_CONTACT_KEYS")
