"""Scans are kept outside the web root, checked by content and size, and each view is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qol_app.db.models import AuditEvent, Scan
from qol_app.db.session import Sessions
from tests import builders
from tests.web.conftest import World

AsUser = Callable[[str], FlaskClient]
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
PDF = b"%PDF-1.7 form"


@pytest.fixture
def visit(world: World) -> str:
    return f"/studies/example/participants/{world.due.number}/visits/baseline"


@pytest.fixture
def scans(visit: str) -> str:
    return f"{visit}/forms/daily-life-check/scans"


def add(client: FlaskClient, url: str, content: bytes, name: str = "form.png") -> TestResponse:
    head = f'--edge\r\nContent-Disposition: form-data; name="scan"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--edge--\r\n"
    return client.post(url, data=body, content_type="multipart/form-data; boundary=edge")


def actions(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        query = select(AuditEvent.action).where(*builders.BY_USERS)
        return list(session.scalars(query.order_by(AuditEvent.id)))


def test_a_scan_is_kept_under_a_random_name_and_shown_in_a_sandbox(
    staff: FlaskClient, sessions: Sessions, tmp_path: Path, visit: str, scans: str
) -> None:
    assert add(staff, scans, PNG, "张三.png").status_code == 303
    (file,) = (tmp_path / "scans").iterdir()
    assert len(file.name) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert "See the scan" in staff.get(scans.replace("/scans", "/keying")).text
    assert staff.get(f"{visit}/scans/1").status_code == 405
    shown = staff.post(f"{visit}/scans/1")
    assert shown.data == PNG
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Content-Disposition"] == 'inline; filename="scan-1.png"'
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert shown.headers["Cache-Control"] == "no-store"
    assert actions(sessions) == ["scan_added", "scan_viewed"]


def test_a_pdf_is_given_to_keep_and_the_same_file_twice_is_once(
    staff: FlaskClient, sessions: Sessions, tmp_path: Path, visit: str, scans: str
) -> None:
    for _ in range(2):
        assert add(staff, scans, PDF).status_code == 303
    assert len(list((tmp_path / "scans").iterdir())) == 1
    shown = staff.post(f"{visit}/scans/1")
    assert shown.headers["Content-Disposition"] == 'attachment; filename="scan-1.pdf"'
    assert actions(sessions) == ["scan_added", "scan_viewed"]


@pytest.mark.parametrize("content", [b"<html><script>", b"GIF89a", b""])
def test_what_is_no_scan_is_refused_whatever_it_is_called(
    staff: FlaskClient, sessions: Sessions, tmp_path: Path, scans: str, content: bytes
) -> None:
    refused = add(staff, scans, content, "form.pdf")
    assert refused.status_code == 422
    assert "Add a picture (JPEG or PNG) or a PDF." in refused.text
    assert not (tmp_path / "scans").exists()
    assert actions(sessions) == []


def test_ten_megabytes_are_taken_here_and_no_more_and_nowhere_else(
    staff: FlaskClient, sessions: Sessions, visit: str, scans: str
) -> None:
    limit = 10 * 1024 * 1024
    assert add(staff, scans, PDF.ljust(limit, b" ")).status_code == 303
    for size in (limit + 1, limit + 1024 * 1024):
        refused = add(staff, scans, PDF.ljust(size, b" "))
        assert refused.status_code == 413
        assert "A scan may have 10 MB." in refused.text
    elsewhere = scans.replace("/scans", "/keying")
    assert add(staff, elsewhere, PDF.ljust(5 * 1024 * 1024, b" ")).status_code == 413
    with sessions.read() as session:
        assert [scan.size for scan in session.scalars(select(Scan))] == [limit]


def test_a_file_that_was_changed_or_lost_is_not_shown_as_the_scan(
    staff: FlaskClient, sessions: Sessions, tmp_path: Path, visit: str, scans: str
) -> None:
    add(staff, scans, PNG)
    (file,) = (tmp_path / "scans").iterdir()
    file.write_bytes(PNG + b"!")
    assert staff.post(f"{visit}/scans/1").status_code == 404
    file.unlink()
    lost = staff.post(f"{visit}/scans/1")
    assert "The file of this scan is missing" in lost.text
    assert actions(sessions) == ["scan_added"]


@pytest.mark.parametrize(("who", "status"), [("other", 404), ("analyst", 403), ("admin", 403)])
def test_nobody_else_adds_or_sees(
    as_user: AsUser, staff: FlaskClient, visit: str, scans: str, who: str, status: int
) -> None:
    add(staff, scans, PNG)
    assert add(as_user(who), scans, PDF).status_code == status
    assert as_user(who).post(f"{visit}/scans/1").status_code == status
