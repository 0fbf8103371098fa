"""plotly.js comes from the installed package, is kept by browsers, and fits our policy."""

from __future__ import annotations

import ast
import gzip
import re
from importlib.resources import files
from pathlib import Path

from flask import Flask

from qol_app.web.analysis.assets import MAP_STYLE_ID

ROOT = Path(__file__).parents[3]
SCRIPT = files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")
LEFT_OUT = ("modebar", "data-title", "plotly-cloud-dialog", "ease-bg")
"""Rules of the mode bar, its tips, and the dialogue for sending charts away: we show none."""


def test_anyone_may_fetch_plotly_and_keep_it_for_a_year(app: Flask) -> None:
    answer = app.test_client().get("/assets/plotly.min.js")
    assert answer.status_code == 200
    assert answer.text == SCRIPT
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    again = app.test_client().get(
        "/assets/plotly.min.js", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_plotly_travels_compressed(app: Flask) -> None:
    answer = app.test_client().get("/assets/plotly.min.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == SCRIPT
    assert len(answer.data) < len(SCRIPT) / 2


def test_our_stylesheet_has_the_rules_that_plotly_would_write_itself() -> None:
    start = SCRIPT.index('={"X,X div":') + 1
    text = SCRIPT[start : SCRIPT.index("};for(", start) + 1].replace(",Y:", ',"Y":')
    rules: dict[str, str] = ast.literal_eval(text)
    ours = _plain((ROOT / "qol_app" / "static" / "css" / "plotly.css").read_text())
    for selector, declarations in rules.items():
        if not any(part in selector for part in LEFT_OUT):
            full = selector.replace("X", ".js-plotly-plot .plotly").replace("Y", ".plotly-notifier")
            assert _plain(f"{full}{{{declarations}}}") in ours


def _plain(css: str) -> str:
    return re.sub(r"\s+", "", css)


def test_the_id_that_keeps_the_map_library_quiet_is_the_installed_one() -> None:
    assert f'getElementById("{MAP_STYLE_ID}")' in SCRIPT


def test_charts_cannot_be_sent_to_a_cloud() -> None:
    script = (ROOT / "qol_app" / "static" / "js" / "chart.js").read_text()
    for line in ("displayModeBar: false", "showSendToCloud: false", 'plotlyServerURL: ""'):
        assert line in script
