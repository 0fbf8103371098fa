"""Study files: the shipped ones are right, and wrong ones are told everything at once."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qol_app.domain.errors import InvalidInput
from qol_app.domain.schedule import Window, is_on_time, window
from qol_app.domain.study import Protocol
from qol_app.domain.study_checks import cross_problems
from qol_app.domain.study_file import (
    StudyFileInvalid,
    document_hash,
    from_document,
    parse,
    protocol_hash,
    read,
    to_document,
)

ROOT = Path(__file__).parents[2]
STUDIES = sorted(
    path for path in (ROOT / "studies").glob("*.toml") if not path.name.endswith(".map.toml")
)
BAD = ROOT / "tests" / "data" / "studies"

NEEDS_EVERY_LANGUAGE = "is missing; every text needs every language of the study"
CHECK_THERE = "check the quotes, brackets and equals signs there"
PROBLEMS = {
    "syntax.toml": [f"line 3, column 15: is not TOML (illegal character '\\n'); {CHECK_THERE}"],
    "unclosed.toml": [f"line 3, column 19: is not TOML (invalid value); {CHECK_THERE}"],
    "shape.toml": [
        'id: must be 2 to 63 small letters, digits or -, not starting with - (got "Shape Study")',
        "title.en: is empty; fill it in",
        'title.English: must be a language tag such as en or zh-Hans (got "English")',
        "patient_title: is missing; add it",
        "version: must be text in quotes (got 1.0)",
        'randomised: must be true or false, without quotes (got "no")',
        'languages.2: must be a language tag such as en or zh-Hans (got "Chinese")',
        "planned_participants: must be 1 or more (got 0)",
        "contact: is missing; add it",
        'numbers.prefix: must be at most 12 capital letters, digits or - (got "very-long-prefix")',
        "numbers.digits: must be 3 or more (got 2)",
        "groups.1.code: must start with a letter and go on with letters, digits, - or _, "
        '32 at most (got "1")',
        'groups.1.short: must be a table, such as {en = "..."} (got "1")',
        "groups.1.colour: is not a key of study files; remove it",
        "sites.1.timezone: must be text in quotes (got 8)",
        "instruments: must be a list; write [[instruments]] with two brackets above each entry",
        "schedule.windows_may_overlap: must be true or false, without quotes (got 1)",
        "schedule.visits.1.before: must be 0 or more (got -3)",
        "schedule.visits.1.after: must be 366 or less (got 400)",
        "schedule.visits.1.instruments: is empty; add at least one entry",
        "schedule.visits.2.month: must be a whole number (got 3.5)",
        "schedule.visits.2.before: is missing; add it",
        'schedule.visits.2.instruments: must be a list in square brackets (got "eortc-qlq-c30")',
        "schedule.visits.2.befor: is not a key of study files; did you mean before?",
        'analysis.main: must be a table (got "QL2")',
        "analysis.threshold: must be more than 0 (got 0)",
    ],
    "cross.toml": [
        'groups.2.code: "a" is already used by groups.1; choose another',
        'schedule.visits.6.code: "m3" is already used by schedule.visits.2; choose another',
        'instruments.4.id: "eq-5d-5l" is already used by instruments.3; choose another',
        'languages: "en" is listed twice; remove one',
        'sites.1.timezone: "Asia/Hefei" is not a time zone; write one like Asia/Shanghai',
        'sites.2.code: "S1" differs in length from the first site\'s code; study numbers must all '
        "have one width, so make the codes equally long",
        "schedule.visits.1.month: must be 0, as the first visit is the baseline (got 1)",
        'schedule.visits.2.instruments: "fact-g" is not among [[instruments]]; add it',
        "schedule.visits.5: has both month and day; remove one of them",
        'schedule.visits.5.instruments: "eq-5d-5l" is listed twice; remove one',
        "schedule.visits.6: has neither month nor day; add one of them",
        "schedule.visits.4: must come after visit m4, but does not for the anchor date "
        "2024-01-01; put the visits in order of time",
        "schedule.visits.3: with the anchor date 2024-01-01 its window opens on 2024-04-17, while "
        "visit m3 is open until 2024-04-29; shorten before, after or grace, or set "
        "schedule.windows_may_overlap = true",
        'instruments.1.version: eortc-qlq-c30 has no version "2.0"; there is 3.0',
        'instruments.2.id: there is no instrument "eortc-qlq-lmc12"; did you mean eortc-qlq-lmc21?',
        'analysis.main_visit: "m12" is not the code of a visit; use one of the codes',
        'analysis.main.scale: "PROFILE" has no better or worse, so a threshold means nothing; '
        "choose another scale",
        f"title.zh-Hans: {NEEDS_EVERY_LANGUAGE}",
        f"schedule.anchor.zh-Hans: {NEEDS_EVERY_LANGUAGE}",
        f"groups.1.short.en: {NEEDS_EVERY_LANGUAGE}",
        f"schedule.visits.3.name.zh-Hans: {NEEDS_EVERY_LANGUAGE}",
    ],
    "both.toml": [
        'schedule.visits.1.before: must be a whole number (got "7")',
        'schedule.visits.3.instruments: "eq-5d-5l" is not among [[instruments]]; add it',
        "schedule.visits.3: with the anchor date 2024-01-01 its window opens on 2024-04-01, while "
        "visit m2 is open until 2024-04-01; shorten before, after or grace, or set "
        "schedule.windows_may_overlap = true",
        "analysis.main_visit: eortc-qlq-c30 is not asked at visit m3; choose another",
        'analysis.main.scale: "QL" is not a scale of eortc-qlq-c30; it has QL2, PF2, RF2, EF, CF, '
        "SF, FA, NV, PA, DY, SL, AP, CO, DI, FI, SUMSC",
    ],
    "language.toml": [
        'sites.2.code: "B_ER" gives the same study numbers as sites.1, as they leave out - and _; '
        "choose another",
        "instruments.1: daily-life-check 1.0 has no wording in de; add its wording or remove de "
        "from languages",
        'analysis.main.instrument: "eq-5d-5l" is not among [[instruments]]; add it',
        f"sites.1.name.de: {NEEDS_EVERY_LANGUAGE}",
        f"sites.2.name.de: {NEEDS_EVERY_LANGUAGE}",
    ],
}


def problems_of(path: Path) -> list[str]:
    with pytest.raises(StudyFileInvalid) as refused:
        read(path)
    prefix = f"{path.as_posix()}: "
    assert all(problem.startswith(prefix) for problem in refused.value.problems)
    return [problem.removeprefix(prefix) for problem in refused.value.problems]


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_bad_file_is_told_everything_that_is_wrong_with_it(name: str) -> None:
    assert problems_of(BAD / name) == PROBLEMS[name]


def test_every_bad_file_has_its_expected_problems() -> None:
    assert {path.name for path in BAD.glob("*.toml")} == set(PROBLEMS)


def test_an_invalid_study_file_is_invalid_input_with_its_own_code() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse("id = ", "studies/x.toml")
    assert refused.value.code == "study_file_invalid"
    assert str(refused.value) == (
        f"studies/x.toml: line 1, column 6: is not TOML (invalid value); {CHECK_THERE}"
    )


def test_an_empty_file_lacks_every_key_that_is_not_optional() -> None:
    with pytest.raises(StudyFileInvalid) as refused:
        parse("", "empty.toml")
    assert refused.value.problems == [
        f"empty.toml: {key}: is missing; add it"
        for key in (
            "id",
            "title",
            "patient_title",
            "version",
            "randomised",
            "languages",
            "contact",
            "groups",
            "sites",
            "instruments",
            "schedule",
            "analysis",
        )
    ]


def test_an_end_too_early_is_placed_at_the_last_line() -> None:
    with pytest.raises(StudyFileInvalid) as refused:
        parse('id = "x"\ntitle = """a', "x.toml")
    assert refused.value.problems == [
        f"x.toml: line 2, column 13: is not TOML (unterminated string); {CHECK_THERE}",
    ]


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.toml") == ["there is no such file; check its name"]


def test_a_folder_is_not_a_study_file(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        "the file cannot be read (Is a directory); check its permissions"
    ]


def test_a_file_in_another_encoding_says_where(tmp_path: Path) -> None:
    path = tmp_path / "gbk.toml"
    path.write_bytes('id = "x"\n# 示例研究\n'.encode("gbk"))
    assert problems_of(path) == ["line 2: is not UTF-8; save the file in that encoding"]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_shipped_study_is_right_and_named_as_its_file(path: Path) -> None:
    assert read(path).id == path.stem


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    text = (ROOT / "studies" / "example.toml").read_text(encoding="utf-8")
    path = tmp_path / "example.toml"
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read(path) == parse(text, "example.toml")


def example() -> Protocol:
    return read(ROOT / "studies" / "example.toml")


def test_a_date_without_quotes_is_not_text_but_gives_no_crash() -> None:
    text = (ROOT / "studies" / "example.toml").read_text(encoding="utf-8")
    changed = text.replace("planned_participants = 20", "planned_participants = 2026-01-01")
    with pytest.raises(StudyFileInvalid) as refused:
        parse(changed, "x.toml")
    assert refused.value.problems == [
        'x.toml: planned_participants: must be a whole number (got "2026-01-01")'
    ]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_protocol_survives_the_way_through_stored_json(path: Path) -> None:
    protocol = read(path)
    stored = json.loads(json.dumps(to_document(protocol)))
    assert from_document(stored) == protocol
    assert document_hash(stored) == protocol_hash(protocol)
    assert list(cross_problems(stored)) == []


def test_the_hash_depends_on_content_not_on_the_order_of_keys() -> None:
    document = to_document(example())
    turned = dict(reversed(document.items()))
    assert document_hash(turned) == protocol_hash(example())
    changed = {**document, "version": "1.1"}
    assert document_hash(changed) != protocol_hash(example())


def test_the_hash_is_sha_256_over_canonical_json() -> None:
    # printf '{"a":"中","b":[1,2.5,null]}' | sha256sum
    assert (
        document_hash({"b": [1, 2.5, None], "a": "中"})
        == "16583be73229fa6ef637ae397900c6d59d972c8a35e866d50f6b4d401c45f9ee"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


def replaced_somewhere(data: st.DataObject, value: object, replacement: object) -> object:
    """Return the value with one part of it, at a drawn place and depth, replaced."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: replaced_somewhere(data, value[key], replacement)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 5)):
        place = data.draw(st.integers(0, len(value) - 1))
        changed = replaced_somewhere(data, value[place], replacement)
        return [*value[:place], changed, *value[place + 1 :]]
    return replacement


@settings(deadline=None, max_examples=60)
@given(data=st.data(), replacement=json_values)
def test_no_value_in_any_place_makes_the_checks_stumble(
    data: st.DataObject, replacement: object
) -> None:
    document = replaced_somewhere(data, to_document(example()), replacement)
    assume(isinstance(document, dict))
    assert isinstance(document, dict)
    assert all(": " in problem for problem in cross_problems(document))
    try:
        protocol = from_document(document)
    except StudyFileInvalid as refused:
        problems = refused.problems
    else:
        problems = []
        assert from_document(to_document(protocol)) == protocol
    assert all(problem.startswith("stored protocol: ") for problem in problems)


def test_a_stored_document_of_another_shape_is_refused() -> None:
    document = {**to_document(example()), "planned_participants": -1}
    with pytest.raises(StudyFileInvalid) as refused:
        from_document(document)
    assert refused.value.problems == [
        "stored protocol: planned_participants: must be 1 or more (got -1)"
    ]


def test_texts_lose_the_spaces_around_them_and_must_not_be_spaces_only() -> None:
    text = (ROOT / "studies" / "example.toml").read_text(encoding="utf-8")
    padded = parse(text.replace('en = "Example study"', 'en = " Example study "'), "x.toml")
    assert padded.title["en"] == "Example study"
    with pytest.raises(StudyFileInvalid) as refused:
        parse(text.replace('en = "Example study"', 'en = "  "'), "x.toml")
    assert refused.value.problems == ["x.toml: title.en: is empty; fill it in"]


def test_the_liver_trial_has_nine_visits_that_never_overlap() -> None:
    trial = read(ROOT / "studies" / "nct06449937.toml")
    assert [visit.code for visit in trial.schedule.visits] == [
        "baseline",
        "m3",
        "m6",
        "m9",
        "m12",
        "m15",
        "m18",
        "m21",
        "m24",
    ]
    assert [site.code for site in trial.sites] == ["S01", "S02", "S03", "S04", "S05", "S06"]
    assert {site.timezone for site in trial.sites} == {"Asia/Shanghai"}
    assert not trial.randomised
    assert not trial.schedule.windows_may_overlap
    windows = [window(visit, date(2027, 11, 30)) for visit in trial.schedule.visits]
    assert all(first.closes < second.opens for first, second in pairwise(windows))
    assert windows[1] == Window(
        opens=date(2028, 2, 15),
        target=date(2028, 2, 29),
        closes_on_time=date(2028, 3, 14),
        closes=date(2028, 3, 28),
    )


def test_the_baseline_of_the_liver_trial_ends_on_the_day_treatment_starts() -> None:
    baseline = read(ROOT / "studies" / "nct06449937.toml").baseline
    assert window(baseline, date(2026, 3, 2)) == Window(
        opens=date(2026, 2, 2),
        target=date(2026, 3, 2),
        closes_on_time=date(2026, 3, 2),
        closes=date(2026, 3, 2),
    )


def test_the_windows_of_the_example_data_hold_every_day_on_which_a_form_was_answered() -> None:
    answered = {
        "t0": (0, 0),
        "t1": (41, 57),
        "t2": (91, 149),
        "t3": (141, 160),
        "t4": (142, 209),
        "t5": (208, 257),
        "t6": (300, 307),
        "t7": (350, 355),
        "t8": (409, 409),
        "t9": (458, 458),
        "t10": (499, 499),
    }
    study = read(ROOT / "studies" / "qlq-c30-two-arms.toml")
    assert [visit.code for visit in study.schedule.visits] == list(answered)
    start = date(2000, 1, 1)
    for visit in study.schedule.visits:
        first, last = answered[visit.code]
        days = window(visit, start)
        assert (days.opens - start).days <= first
        assert last <= (days.closes - start).days
    late = window(study.visit("t2"), start)
    assert not is_on_time(late, date(2000, 5, 29))


def test_a_protocol_finds_its_parts_by_code() -> None:
    study = example()
    assert study.visit("w4").day == 28
    assert study.site("BER").zone.key == "Europe/Berlin"
    assert study.group("B").short["zh-Hans"] == "B组"
    assert study.instrument("daily-life-check").version == "1.2"
    assert [study.visit_number(code) for code in ("baseline", "w4", "m3")] == [0, 1, 2]
    assert study.baseline.code == "baseline"
    for find in (study.visit, study.site, study.group, study.instrument, study.visit_number):
        with pytest.raises(KeyError):
            find("none")


def test_double_keying_is_left_out_of_the_document_unless_it_is_switched_off() -> None:
    assert "double_keying" not in to_document(example())
    single = example().model_copy(update={"double_keying": False})
    assert to_document(single)["double_keying"] is False
    assert protocol_hash(single) != protocol_hash(example())
    assert from_document(to_document(single)) == single
