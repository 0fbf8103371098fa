"""The server's own log never holds a survey token, also when it is gunicorn that writes it."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gunicorn.config import Config

from qol_app.web.access_log import MaskingLogger, _mask_record, masked

ROOT = Path(__file__).parents[2]
TOKEN = "dGhpcy1pcy1hLXRva2VuLW9mLTI0"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/s/{TOKEN}", "/s/..."),
        (f"/s/{TOKEN}/start", "/s/..."),
        (f"/s/{TOKEN} and more", "/s/..."),
        (f"/prefix/s/{TOKEN}?language=en", "/prefix/s/..."),
        ("/studies/nct1/worklist?search=0042", "/studies/nct1/worklist"),
        ("/sign-in", "/sign-in"),
        ("/x\n127.0.0.1 forged", "/x?127.0.0.1 forged"),
    ],
)
def test_paths_are_masked(path: str, shown: str) -> None:
    assert masked(path) == shown


def test_errors_are_masked_too() -> None:
    record = logging.LogRecord(
        "gunicorn.error", logging.ERROR, "", 0, "Error handling request %s", (f"/s/{TOKEN}",), None
    )
    assert _mask_record(record)
    assert record.getMessage() == "Error handling request /s/..."


def test_flasks_report_of_a_fault_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    MaskingLogger(Config())
    logging.getLogger("qol_app").error("Exception on %s [%s]", f"/s/{TOKEN}", "GET")
    assert "Exception on /s/... [GET]" in caplog.text
    assert TOKEN not in caplog.text


def test_gunicorn_as_configured_logs_requests_without_token_and_query(tmp_path: Path) -> None:
    (tmp_path / "answering.py").write_text(
        "class Application:\n"
        "    class sessions:\n"
        "        class engine:\n"
        "            dispose = staticmethod(lambda close: print('disposed', close, flush=True))\n"
        "    extensions = {'sessions': sessions}\n"
        "    def __call__(self, environ, start):\n"
        "        if 'broken' in environ['QUERY_STRING']:\n"
        "            raise RuntimeError('broken')\n"
        "        start('200 OK', [])\n"
        "        return [b'yes']\n"
        "app = Application()\n",
        encoding="utf-8",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = str(ROOT / "deploy" / "gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "-c", config, "--chdir", str(tmp_path)]
    log = tmp_path / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, "answering:app"],
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PORT": str(port)},
        )
        try:
            wait_for(port)
            assert status(port, f"/s/{TOKEN}?secret=1") == 200
            assert status(port, f"/s/{TOKEN}?broken") == 500
        finally:
            server.terminate()
            server.wait(120)  # a loaded machine may use up gunicorn's own 30 s of grace
    written = log.read_text(encoding="utf-8")
    assert " GET /s/... 200 3 " in written
    assert "RuntimeError: broken" in written
    assert TOKEN not in written
    assert "secret" not in written
    assert "disposed False" in written


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server did not start")
