"""An operator sees what is published about a questionnaire's scores, without any database."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_thresholds_stand_scale_by_scale_with_step_and_confidence(run: Run) -> None:
    result = run("questionnaire", "thresholds", "phq-9")
    assert result.exit_code == 0, result.output
    header, first, *_, last = result.stdout.splitlines()
    assert header.split() == [
        *("scale", "kind", "points", "step", "confidence", "short", "population", "source")
    ]
    assert first.startswith("total  clinical_importance  >= 5 (mild depression or more)")
    assert "confirmed" in first
    assert last.split()[:5] == ["total", "individual_change", "5", "1", "memory"]


def test_what_holds_over_all_scales_only_says_so(run: Run) -> None:
    result = run("questionnaire", "thresholds", "eortc-qlq-c30", "--version", "3.0")
    ranges = [line for line in result.stdout.splitlines() if "Musoro" in line]
    assert len(ranges) == 28
    assert all("range over the scales, not this scale's own value" in line for line in ranges)


def test_an_instrument_without_any_says_so(run: Run) -> None:
    result = run("questionnaire", "thresholds", "eortc-qlq-lmc21")
    assert result.stdout == "no published thresholds are kept for eortc-qlq-lmc21 1.0\n"


def test_an_unknown_instrument_or_version_is_told_with_those_there_are(run: Run) -> None:
    unknown = run("questionnaire", "thresholds", "phq-8")
    assert (unknown.exit_code, unknown.stderr.split(";")[0]) == (2, "no questionnaire phq-8")
    old = run("questionnaire", "thresholds", "phq-9", "--version", "9.9")
    assert (old.exit_code, old.stderr.strip()) == (2, "phq-9 has no version 9.9; there are 1.0")
