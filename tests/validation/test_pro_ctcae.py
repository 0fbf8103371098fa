"""PRO-CTCAE grades agree with the published table, read from the authors' SAS macro by hand.

The macro is PROCTCAE_scores 1.0.0 (Langlais and Dueck); the data come from their R package instead.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from qol_app.domain.answers import visible_items, visible_pages
from questionnaires import load, wording
from scoring import AnswerOutOfRange, OptionUnknown, score

FORM = load("pro-ctcae", "1.0")
ITEMS = [item.id for item in FORM.items]

ALONE = {
    "PT01016": "01123",  # frequency
    "PT01067": "01123",
    "PT01015": "01233",  # severity
    "PT01080": "01233",
    "PT01027": "01122",  # amount, graded as interference
    "PT01059": "01122",
}
"""Terms with one attribute: the grades of its answers 0 to 4."""

PAIRS = {
    # nausea: frequency and severity
    "PT01009": "00000 11122 11222 11233 11233",
    # urinary urgency: frequency and interference
    "PT01062": "00000 11122 11122 11233 11233",
    # fatigue: severity and interference
    "PT01053": "00000 11122 11223 12233 22233",
}
"""Terms with two attributes: a group per answer to the first, in it the answers to the second."""

TRIPLES = {
    1: "01122 11122 12223 22233 22333",
    2: "01122 11122 22233 22233 22333",
    3: "11122 11122 22233 22333 22333",
    4: "11122 11223 22233 22333 22333",
}
"""Abdominal pain: by frequency; a group per severity, in it the answers to the interference."""


def one_form(**answers: int | None) -> pd.Series:
    """The grades of one form; items not named are unanswered."""
    form = pd.DataFrame([{item: answers.get(item) for item in ITEMS}], dtype="Float64")
    return score(FORM, form).iloc[0]


def grade(term: str, answers: str) -> float:
    """The grade of one term; ``-`` is unanswered."""
    codes = {
        f"{term}{slot}": None if code == "-" else int(code)
        for slot, code in zip("ABC", answers, strict=False)
    }
    return float(one_form(**codes)[term])


def forms_of(*slots: str) -> pd.DataFrame:
    """A form for every combination of answers to these items, the last varying fastest."""
    combinations = pd.MultiIndex.from_product([range(5)] * len(slots), names=slots)
    return combinations.to_frame(index=False).reindex(columns=ITEMS)


@pytest.mark.parametrize(("term", "expected"), ALONE.items())
def test_every_grade_of_a_term_with_one_attribute(term: str, expected: str) -> None:
    found = score(FORM, forms_of(f"{term}A"))[term]
    assert found.tolist() == [int(digit) for digit in expected]


@pytest.mark.parametrize(("term", "expected"), PAIRS.items())
def test_every_grade_of_a_term_with_two_attributes(term: str, expected: str) -> None:
    found = score(FORM, forms_of(f"{term}A", f"{term}B"))[term]
    assert found.tolist() == [int(digit) for digit in expected.replace(" ", "")]


@pytest.mark.parametrize(("frequency", "expected"), TRIPLES.items())
def test_every_grade_of_a_term_with_three_attributes(frequency: int, expected: str) -> None:
    forms = forms_of("PT01017B", "PT01017C").assign(PT01017A=frequency)
    found = score(FORM, forms)["PT01017"]
    assert found.tolist() == [int(digit) for digit in expected.replace(" ", "")]


@pytest.mark.parametrize(
    ("term", "answers", "expected"),
    [
        ("PT01048", "000", 0),
        ("PT01048", "100", 0),
        ("PT01048", "101", 1),
        ("PT01048", "103", 2),
        ("PT01048", "120", 1),
        ("PT01048", "121", 2),
        ("PT01048", "124", 3),
        ("PT01048", "140", 2),
        ("PT01048", "142", 3),
        ("PT01055", "200", 0),
        ("PT01055", "201", 1),
        ("PT01055", "223", 3),
        ("PT01055", "332", 3),
        ("PT01055", "400", 1),
        ("PT01055", "411", 1),
        ("PT01055", "412", 2),
        ("PT01055", "414", 3),
        ("PT01055", "444", 3),
        ("PT01022", "044", 0),
        ("PT01010", "10", 1),
        ("PT01010", "13", 2),
        ("PT01010", "24", 2),
        ("PT01010", "33", 3),
        ("PT01010", "44", 3),
        ("PT01078", "40", 1),
        ("PT01018", "14", 2),
        ("PT01018", "22", 1),
        ("PT01018", "32", 2),
        ("PT01018", "44", 3),
        ("PT01065", "04", 0),
        ("PT01003", "24", 3),
        ("PT01003", "31", 2),
        ("PT01003", "40", 2),
        ("PT01003", "44", 3),
        ("PT01052", "20", 1),
        ("PT01016", "2", 1),
        ("PT01016", "3", 2),
        ("PT01001", "2", 2),
        ("PT01001", "4", 3),
        ("PT01036", "1", 1),
        ("PT01027", "4", 2),
        ("PT01059", "2", 1),
    ],
)
def test_a_grade_of_the_published_table(term: str, answers: str, expected: int) -> None:
    assert grade(term, answers) == expected


@pytest.mark.parametrize(
    ("term", "answers", "expected"),
    [
        pytest.param("PT01049", "0--", 0, id="never a headache, the rest not asked"),
        pytest.param("PT01049", "0-2", 0, id="never, and a stray answer"),
        pytest.param("PT01049", "22-", None, id="one of three is missing"),
        pytest.param("PT01049", "2-2", None, id="the second is missing"),
        pytest.param("PT01049", "-22", None, id="the first is missing"),
        pytest.param("PT01049", "20-", None, id="a severity of 0 does not make up for it"),
        pytest.param("PT01019", "0-", 0, id="severity leads where no frequency is asked"),
        pytest.param("PT01019", "1-", None, id="one of two is missing"),
        pytest.param("PT01019", "-0", None, id="the leading one is missing"),
        pytest.param("PT01001", "-", None, id="the only one is missing"),
    ],
)
def test_the_missing_rule(term: str, answers: str, expected: int | None) -> None:
    assert grade(term, answers) == pytest.approx(
        float("nan") if expected is None else expected, nan_ok=True
    )


def test_a_file_that_asked_everything_can_be_graded_strictly() -> None:
    forms = pd.DataFrame({"PT01019A": [0, 0], "PT01019B": [None, 0]}).reindex(columns=ITEMS)
    assert score(FORM, forms)["PT01019"].tolist() == [0, 0]
    strict = score(FORM, forms, {"skipped_is_zero": "false"})["PT01019"]
    assert strict.tolist() == pytest.approx([float("nan"), 0], nan_ok=True)
    with pytest.raises(OptionUnknown, match="skipped_is_zero is 'no'"):
        score(FORM, forms, {"skipped_is_zero": "no"})


def test_the_best_and_the_worst_form() -> None:
    assert (one_form(**dict.fromkeys(ITEMS, 0)) == 0).all()
    worst = one_form(**{item.id: item.codes[-1] for item in FORM.items})
    assert worst[["PT01027", "PT01059"]].tolist() == [2, 2]
    assert (worst.drop(["PT01027", "PT01059"]) == 3).all()
    assert one_form().isna().all()


@pytest.mark.parametrize(
    ("item", "code"), [("PT01009A", 5), ("PT01009A", -1), ("PT01009B", 1.5), ("PT01003B", 9)]
)
def test_an_odd_answer_is_refused(item: str, code: float) -> None:
    with pytest.raises(AnswerOutOfRange, match=rf"{item}, row 0: .*0, 1, 2, 3, 4"):
        score(FORM, pd.DataFrame([{item: code}]).reindex(columns=ITEMS))


def test_items_terms_and_attributes_are_as_many_as_published() -> None:
    assert (len(ITEMS), len(FORM.pages)) == (124, 80)
    attributes = Counter("+".join(scale.options["attributes"]) for scale in FORM.scales)
    assert attributes == {
        "frq": 2,
        "sev": 20,
        "int": 2,
        "frq+sev": 10,
        "frq+int": 4,
        "sev+int": 12,
        "frq+sev+int": 9,
    }


def test_a_scale_has_the_items_of_its_term_in_order() -> None:
    for scale in FORM.scales:
        assert list(scale.items) == [f"{scale.code}{slot}" for slot in "ABC"[: len(scale.items)]]


def test_presence_has_no_grade() -> None:
    present = [item.id[:-1] for item in FORM.items if item.codes == (0, 1)]
    assert len(present) == 21
    assert {"PT01005", "PT01024", "PT01073", "PT01079"} <= set(present)
    assert not set(present) & {scale.code for scale in FORM.scales}


def test_every_item_is_its_cdisc_test_code() -> None:
    assert [item.cdisc for item in FORM.items] == ITEMS


def test_further_attributes_are_asked_once_the_first_is_above_0() -> None:
    def asked(**answers: int | None) -> tuple[str, ...]:
        pages = {page.id: page for page in visible_pages(FORM, answers)}
        return pages["p17"].items

    assert asked() == ("PT01017A",)
    assert asked(PT01017A=0) == ("PT01017A",)
    assert asked(PT01017A=None) == ("PT01017A",)
    assert asked(PT01017A=1) == ("PT01017A", "PT01017B", "PT01017C")
    assert len(visible_pages(FORM, {})) == 80
    assert len(visible_items(FORM, {})) == 80


def test_terms_are_labelled_in_both_languages() -> None:
    english, chinese = (wording("pro-ctcae", "1.0", each) for each in ("en", "zh-Hans"))
    assert english.questions["PT01030A"] == "Hand-Foot Syndrome: severity"
    assert chinese.questions["PT01030A"] == "手足综合征：严重程度"
    for words in (english, chinese):
        assert len(set(words.questions.values())) == 124
        assert len(set(words.scales.values())) == 59
