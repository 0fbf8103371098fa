"""A scale map becomes ordinary questionnaire folders, with its known mistakes put right."""

from __future__ import annotations

from pathlib import Path

import pytest

from questionnaires.files import read, read_wording
from questionnaires.generate import generate, main
from questionnaires.model import Scale
from questionnaires.scale_maps import ScaleMapInvalid

HEADER = (
    "instrument,scale,items,item_direction,item_range,min_answered,"
    "score_all_lowest,score_all_highest,source\n"
)
MAP = """\
eortc-qlq-pr25,PRSFU,q52;q53;q54;q55,-;-;-;-,1-4,2,100,0,QoLR 1.0.3
eortc-qlq-pr25,PRAID,q38,+,1-4,1,0,100,QoLR 1.0.3
eortc-qlq-pr25,PRBOW,q40;q41;q42;q43,+;+;+;+,1-4,3,0,100,QoLR 1.0.3
eortc-qlq-cx24,CXMS,q48,+,1-4,1,0,100,QoLR 1.0.3
eortc-qlq-cx24,CX_MS,q44,+,1-4,1,0,100,PROscorer 0.0.4
eortc-qlq-cr38,CR_GI,q34;q35,+;+,1-4,1,0,100,PROscorer 0.0.4
eortc-qlq-cr38,CR_DF,q55;q56;q57;q58;q59;q60;q61,+;+;+;+;+;+;+,1-4,4,0,100,PROscorer 0.0.4
eortc-qlq-cr38,CR_STO,q62;q63;q64;q65;q66;q67;q68,+;+;+;+;+;+;+,1-4,4,0,100,PROscorer 0.0.4
eortc-qlq-c30,PF,q1;q2,-;-,1-4,1,100,0,QoLR 1.0.3
facit-ad,PWB,GP1;GP2;GP3,-;-;-,0-4,2,12,0,FACTscorer
facit-ad,FWB,GF1;GF2,+;+,0-4,2,0,12,FACTscorer
facit-ad,ADS,O3;ACT11;AD1,-;+;-,0-4,2,8,4,FACTscorer
facit-ad,FACIT_AD_TOTAL,GP1;GP2;GP3;GF1;GF2;O3;ACT11;AD1,-;-;-;+;+;-;+;-,0-4,7,20,16,FACTscorer
facit-ad,FACIT_AD_TOI,GP1;GP2;GP3;O3;ACT11;AD1,-;-;-;-;+;-,0-4,5,20,4,FACTscorer
"""


@pytest.fixture
def scale_map(tmp_path: Path) -> Path:
    path = tmp_path / "map.csv"
    path.write_text(HEADER + MAP, encoding="utf-8")
    return path


@pytest.fixture
def written(scale_map: Path, tmp_path: Path) -> Path:
    """The folder into which the small map was written."""
    generate(scale_map, tmp_path / "out")
    return tmp_path / "out"


def scale(written: Path, instrument: str, version: str, code: str) -> Scale:
    return read(written / instrument / version).scale(code)


def test_every_instrument_but_those_made_by_hand_is_written(written: Path) -> None:
    assert sorted(str(path.relative_to(written)) for path in written.glob("*/*")) == [
        "eortc-qlq-cr38/1.0",
        "eortc-qlq-cx24/1.0",
        "eortc-qlq-pr25/1.0",
        "facit-ad/4",
    ]


def test_an_eortc_scale_is_linear_with_the_direction_of_its_items(written: Path) -> None:
    symptom = scale(written, "eortc-qlq-pr25", "1.0", "PRAID")
    assert (symptom.module, symptom.direction, symptom.kind) == ("linear", "worse", "symptom")
    assert (symptom.low, symptom.high, symptom.options) == (0, 100, {})
    more_than_half = scale(written, "eortc-qlq-pr25", "1.0", "PRBOW")
    assert more_than_half.options == {"min_answered": 3}


def test_a_correction_overrules_the_map(written: Path) -> None:
    turned = scale(written, "eortc-qlq-pr25", "1.0", "PRSFU")
    assert turned.options == {"reversed": ["q53", "q54", "q55"]}
    assert (turned.direction, turned.kind) == ("better", "functional")


def test_of_two_sources_the_right_one_is_followed(written: Path) -> None:
    questionnaire = read(written / "eortc-qlq-cx24" / "1.0")
    assert [one.code for one in questionnaire.scales] == ["CX_MS"]
    assert questionnaire.confirmed
    assert questionnaire.sources[1:] == (
        "Checked against an official or a second source",
        "QoLR 1.0.3 swaps CXMS and CXSW and turns CXBI, CXSV, CXSXA and CXSXE: not followed",
    )


def test_an_item_that_only_branches_is_added_in_its_place(written: Path) -> None:
    questionnaire = read(written / "eortc-qlq-cr38" / "1.0")
    assert [item.id for item in questionnaire.items[:4]] == ["q34", "q35", "q54", "q55"]
    assert questionnaire.item("q54").codes == (1, 2)
    assert [rule.item for rule in questionnaire.skips] == ["q54", "q54"]
    assert not questionnaire.confirmed


def test_a_facit_scale_is_a_prorated_sum(written: Path) -> None:
    concerns = scale(written, "facit-ad", "4", "ADS")
    assert (concerns.module, concerns.direction) == ("prorated_sum", "better")
    assert (concerns.low, concerns.high) == (0, 12)
    assert concerns.options == {"reversed": ["O3", "AD1"]}
    stretched = scale(written, "facit-ad", "4", "FWB")
    assert stretched.options == {"prorated_to": 3}
    items = read(written / "facit-ad" / "4").items
    assert {(item.codes, item.missing_codes) for item in items} == {((0, 1, 2, 3, 4), (8, 9))}


def test_a_scale_made_of_others_is_their_total_and_an_index_has_no_rule_of_its_own(
    written: Path,
) -> None:
    total = scale(written, "facit-ad", "4", "FACIT_AD_TOTAL")
    assert (total.module, total.high) == ("sum_of_scales", 36)
    assert total.options == {"of": ["PWB", "FWB", "ADS"], "min_answered": 7}
    index = scale(written, "facit-ad", "4", "FACIT_AD_TOI")
    assert index.options == {"of": ["PWB", "ADS"]}


def test_labels_name_the_scale_and_the_place_in_it(written: Path) -> None:
    english = read_wording(written / "facit-ad" / "4", "en")
    chinese = read_wording(written / "facit-ad" / "4", "zh-Hans")
    assert (english.kind, english.title) == ("labels", "FACIT-AD")
    assert english.questions["ACT11"] == "Abdominal discomfort (2/3)"
    assert chinese.questions["ACT11"] == "腹部不适（2/3）"
    assert english.scales["FACIT_AD_TOTAL"] == "FACIT-AD total"
    assert chinese.scales["FACIT_AD_TOI"] == "FACIT-AD 试验结局指数"
    assert english.options["five_levels"][0] == "0 (lowest)"
    assert chinese.options["five_levels"][4] == "4（最高）"
    single = read_wording(written / "eortc-qlq-pr25" / "1.0", "en")
    assert single.questions["q38"] == "Incontinence aid"


def test_a_folder_that_exists_is_kept_until_told_otherwise(
    scale_map: Path, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written / "facit-ad" / "4" / "definition.toml"
    made = path.read_text(encoding="utf-8")
    path.write_text("mine", encoding="utf-8")
    assert main([str(scale_map), "--into", str(written)]) == 0
    assert "kept facit-ad 4, which exists\n" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == "mine"
    assert main([str(scale_map), "--into", str(written), "--replace"]) == 0
    assert "written facit-ad 4\n" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == made


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(
            "eortc-qlq-new9,XX,q31,+,1-4,1,0,100,QoLR 1.0.3",
            "eortc-qlq-new9 has no title",
            id="unknown instrument",
        ),
        pytest.param(
            "eortc-qlq-my20,XX,q31,+,1-4,1,0,100,QoLR 1.0.3",
            "eortc-qlq-my20: XX has no name",
            id="unknown scale",
        ),
        pytest.param(
            "eortc-qlq-my20,MYBI,q47;q48,+,1-4,1,0,100,QoLR 1.0.3",
            "line 16: MYBI needs one direction and one range per item",
            id="a direction short",
        ),
        pytest.param(
            "eortc-qlq-my20,MYBI,q47;q48,+;-,1-4,1,50,50,QoLR 1.0.3",
            "MYBI mixes directions",
            id="mixed directions without a correction",
        ),
        pytest.param(
            "eortc-qlq-my20,MYBI,q47,+,1-4,all,0,100,QoLR 1.0.3",
            "line 16: invalid literal",
            id="no number",
        ),
    ],
)
def test_a_mistaken_map_is_refused_whole(
    scale_map: Path, tmp_path: Path, row: str, message: str
) -> None:
    scale_map.write_text(HEADER + MAP + row + "\n", encoding="utf-8")
    with pytest.raises(ScaleMapInvalid, match=message):
        generate(scale_map, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_on_the_command_line_a_mistake_is_said_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none.csv"), "--into", str(tmp_path)]) == 1
    assert "none.csv" in capsys.readouterr().err
