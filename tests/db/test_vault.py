"""Contact details open only with their key, unchanged, for their own participant."""

from base64 import b64encode

import pytest
from cryptography.exceptions import InvalidTag

from qol_app.db.vault import Vault

OLD = b64encode(b"o" * 32).decode()
NEW = b64encode(b"n" * 32).decode()


def test_sealed_details_open_again() -> None:
    key_id, sealed = Vault({"k1": OLD}).seal({"email": "王芳@example.org"}, participant_id=7)
    assert key_id == "k1"
    assert b"example" not in sealed
    assert Vault({"k1": OLD}).open("k1", sealed, participant_id=7) == {"email": "王芳@example.org"}


def test_the_same_details_never_look_alike() -> None:
    vault = Vault({"k1": OLD})
    details = {"email": "a@example.org"}
    assert vault.seal(details, participant_id=7)[1] != vault.seal(details, participant_id=7)[1]


def test_old_details_open_after_a_new_key_is_put_first() -> None:
    _, sealed = Vault({"k1": OLD}).seal({"phone": "1"}, participant_id=7)
    both = Vault({"k2": NEW, "k1": OLD})
    assert both.newest == "k2"
    assert both.open("k1", sealed, participant_id=7) == {"phone": "1"}


def test_details_moved_to_another_participant_do_not_open() -> None:
    vault = Vault({"k1": OLD})
    _, sealed = vault.seal({"phone": "1"}, participant_id=7)
    with pytest.raises(InvalidTag):
        vault.open("k1", sealed, participant_id=8)


def test_a_vault_without_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        Vault({})
