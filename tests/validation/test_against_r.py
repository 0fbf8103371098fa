"""Our scores agree with references made in R, independently of our code, form by form."""

import pytest

from questionnaires import load
from tests.validation.references import DATA, PREFIX, SCRIPTS, TOLERANCE, compared, reference

LEAST_FORMS = 150

each_instrument = pytest.mark.parametrize("instrument", SCRIPTS)


@each_instrument
def test_every_score_agrees_with_the_reference(instrument: str) -> None:
    for pair in compared(instrument):
        where = f"{instrument} {pair.scale} {pair.option}".strip()
        assert pair.cells > 0, f"{where}: the reference scores no form"
        assert pair.one_sided == [], f"{where}: scored by one side only, forms {pair.one_sided}"
        assert pair.difference <= TOLERANCE, f"{where}: differs by {pair.difference}"


@each_instrument
def test_every_scale_has_a_reference(instrument: str) -> None:
    scales = {scale.code for scale in load(instrument).scales}
    assert {pair.scale for pair in compared(instrument)} == scales


@each_instrument
def test_the_forms_hold_every_item_gaps_and_an_empty_form(instrument: str) -> None:
    table = reference(instrument)
    items = table[[column for column in table.columns if not column.startswith(PREFIX)]]
    scores = table.drop(columns=items.columns)
    assert set(items) == {item.id for item in load(instrument).items}
    assert len(table) >= LEAST_FORMS
    assert items.isna().any().all()
    empty = items.isna().all(axis="columns")
    assert empty.any()
    assert scores[empty].isna().all(axis=None)


def test_no_reference_and_no_script_lies_unused() -> None:
    made = {
        path.stem
        for path in DATA.glob("*.csv")
        if f",{PREFIX}" in path.read_text(encoding="utf-8").partition("\n")[0]
    }
    assert made == set(SCRIPTS)
    scripts = {path.name for path in (DATA.parent / "r").glob("*.R")}
    assert scripts == {"common.R", *SCRIPTS.values()}
