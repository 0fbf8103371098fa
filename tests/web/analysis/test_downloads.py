"""Downloads: complete, without groups for those who may not see them, and recorded."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from qol_app.db.models import AuditEvent
from qol_app.db.session import Sessions
from qol_app.domain.events import Action
from tests.web.conftest import World

PAGE = "/studies/example/downloads"
AsUser = Callable[[str], FlaskClient]


@pytest.mark.parametrize("name", ["staff", "admin"])
def test_others_than_analysts_download_nothing(as_user: AsUser, answered: World, name: str) -> None:
    assert as_user(name).get(PAGE).status_code == 403
    assert as_user(name).post(PAGE).status_code == 403


def test_the_page_lists_the_files_with_their_rows(as_user: AsUser, answered: World) -> None:
    page = as_user("analyst").get(PAGE).text
    for name in (
        "visits.csv",
        "items_daily-life-check.csv",
        "scores_daily-life-check.csv",
        "item_states.csv",
        "codebook.csv",
    ):
        assert name in page
    assert ">42<" in page


def test_a_download_is_whole_and_leaves_one_audit_event_with_its_hash(
    as_user: AsUser, answered: World, sessions: Sessions
) -> None:
    answer = as_user("analyst").post(PAGE)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="example-2026-03-02.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert sorted(archive.namelist()) == [
            "README.txt",
            "codebook.csv",
            "corrections.csv",
            "item_states.csv",
            "items_daily-life-check.csv",
            "scores_daily-life-check.csv",
            "visits.csv",
        ]
        visits = archive.read("visits.csv")
        readme = archive.read("README.txt").decode()
    lines = list(csv.DictReader(io.StringIO(visits.decode("utf-8-sig"))))
    assert len(lines) == 42
    assert {line["group"] for line in lines} == {"A", "B"}
    assert len({len(line["participant"]) for line in lines}) == 1
    assert f"visits.csv, 42, {hashlib.sha256(visits).hexdigest()}" in readme
    with sessions.read() as session:
        query = select(AuditEvent).where(AuditEvent.action == Action.DATA_DOWNLOADED.value)
        (event,) = session.scalars(query).all()
    digest = hashlib.sha256(answer.data).hexdigest()
    assert event.reason == f"example-2026-03-02.zip sha256 {digest}"
