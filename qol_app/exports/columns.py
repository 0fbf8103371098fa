"""The columns of every exported table, in order, with the words that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qol_app.domain.answers import ItemState
from qol_app.domain.compliance import FormStatus
from qol_app.domain.helpers import Helper
from questionnaires.model import AnswerType, Item, Questionnaire

Codes = Mapping[object, tuple[str, str]]
"""A value as it stands in a cell, to its meaning in English and in Chinese."""

YES_NO: Codes = {0: ("no", "否"), 1: ("yes", "是")}
CHOSEN: Codes = {0: ("not chosen", "未选"), 1: ("chosen", "已选")}

STATUSES: Codes = {
    FormStatus.NOT_DUE.value: ("not due yet", "未到期"),
    FormStatus.OPEN.value: ("due", "待填写"),
    FormStatus.PARTIAL.value: ("unfinished", "未完成"),
    FormStatus.COMPLETE.value: ("answered and sent", "已提交"),
    FormStatus.MISSED.value: ("missed", "漏填"),
    FormStatus.DECLINED.value: ("declined", "拒绝填写"),
    FormStatus.TOO_ILL.value: ("too ill", "病情过重"),
    FormStatus.TECHNICAL.value: ("technical failure", "技术故障"),
    FormStatus.DEAD.value: ("died; not expected", "已死亡，不再预期"),
    FormStatus.WITHDRAWN.value: ("withdrew; not expected", "已退出，不再预期"),
    FormStatus.PRO_STOPPED.value: (
        "questionnaires stopped; not expected",
        "已停止问卷，不再预期",
    ),
}

STATES: Codes = {
    ItemState.ANSWERED.value: ("answered", "已回答"),
    ItemState.DECLINED.value: ("said: I prefer not to answer", "表示不想回答"),
    ItemState.NOT_APPLICABLE.value: ("said: this does not apply to me", "表示不适用"),
    ItemState.BLANK.value: ("seen and left blank", "看过但未回答"),
    ItemState.NEVER_SEEN.value: ("never seen", "未看到"),
}

CHANNELS: Codes = {
    "email": ("a link sent by e-mail", "电子邮件发送的链接"),
    "sms": ("a link sent by text message", "短信发送的链接"),
    "screen": ("a link shown or printed by the site", "研究中心出示或打印的链接"),
    "letter": ("a letter printed with all of a site's", "研究中心批量打印的信函"),
    "tablet": ("a shared tablet of the site", "研究中心的共用平板"),
}

HELPERS: Codes = {
    Helper.ALONE.value: ("the patient answered alone", "患者独立填写"),
    Helper.READ_ALOUD.value: ("someone read the questions aloud", "他人代为读题"),
    Helper.WROTE_DOWN.value: ("someone wrote the answers down", "他人代为记录答案"),
    Helper.ANSWERED_FOR.value: ("someone answered for the patient", "他人代为作答"),
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column that does not come from a questionnaire."""

    name: str
    en: str
    zh: str
    type: str = "text"
    missing: str = "never empty"
    codes: Codes = field(default_factory=dict)


NOT_STARTED = "empty: not started"

PARTICIPANT = Column(name="participant", en="Participant id, of one width", zh="受试者编号（等宽）")
SITE = Column(name="site", en="Site code", zh="研究中心代码")
GROUP = Column(
    name="group", en="Group code", zh="分组代码", missing="empty: no group, or not open to reader"
)
VISIT = Column(name="visit", en="Visit code", zh="访视代码")
VISIT_NUMBER = Column(
    name="visit_number",
    en="Place in the schedule, 0 = first",
    zh="访视序号（0 为首次）",
    type="integer",
)
INSTRUMENT = Column(name="instrument", en="Instrument id", zh="量表标识")
VERSION = Column(name="version", en="Version of the instrument", zh="量表版本")
FORM_HASH = Column(
    name="form_hash", en="SHA-256 of the version's definition", zh="量表版本定义的 SHA-256"
)
STATUS = Column(
    name="status", en="What became of the form", zh="问卷状态", type="code", codes=STATUSES
)

KEYS = (PARTICIPANT, SITE, GROUP, VISIT, VISIT_NUMBER)

VISITS = (
    *KEYS,
    INSTRUMENT,
    VERSION,
    FORM_HASH,
    STATUS,
    Column(name="reason", en="Why it is missing", zh="缺失原因", missing="empty: none given"),
    Column(name="window_opens", en="First day of the window", zh="窗口首日", type="date"),
    Column(name="target", en="Target day", zh="目标日", type="date"),
    Column(name="window_closes", en="Last day of the window", zh="窗口末日", type="date"),
    Column(
        name="started_at", en="First opened", zh="开始时间", type="instant", missing=NOT_STARTED
    ),
    Column(
        name="submitted_at", en="Sent", zh="提交时间", type="instant", missing="empty: never sent"
    ),
    Column(
        name="answered_on",
        en="Day answered, in the site's time zone",
        zh="填写日期（中心所在时区）",
        type="date",
        missing="empty: nothing answered",
    ),
    Column(
        name="day",
        en="Days from the anchor date to the day answered",
        zh="距锚定日天数",
        type="integer",
        missing="empty: nothing answered",
    ),
    Column(
        name="on_time",
        en="Answered within the window",
        zh="是否在窗口内填写",
        type="code",
        missing="empty: nothing answered",
        codes=YES_NO,
    ),
    Column(name="language", en="Language answered in", zh="填写语言", missing=NOT_STARTED),
    Column(
        name="mode",
        en="How it was answered",
        zh="填写方式",
        type="code",
        missing=NOT_STARTED,
        codes={
            "patient": ("by the patient", "患者填写"),
            "import": ("imported", "导入"),
            "paper": ("on paper, keyed by staff", "纸质填写，由工作人员录入"),
            "interview": ("in an interview, keyed by staff", "访谈，由工作人员录入"),
        },
    ),
    Column(
        name="channel",
        en="Where the last answer came from",
        zh="最后一个回答的来源",
        type="code",
        missing="empty: no answer came through a link",
        codes=CHANNELS,
    ),
    Column(
        name="helper",
        en="Who helped, as the patient said",
        zh="填写时的协助情况（患者自述）",
        type="code",
        missing="empty: not said, or not asked",
        codes=HELPERS,
    ),
    Column(
        name="keyed_at",
        en="When staff first keyed it; answered_on is the day on the form",
        zh="工作人员首次录入时间（填写日期见 answered_on）",
        type="instant",
        missing="empty: not keyed by staff",
    ),
)

ITEMS_BEFORE = (*KEYS, VERSION, FORM_HASH, STATUS)
ITEMS_AFTER = (
    Column(
        name="items_seen",
        en="Items seen, whatever became of them",
        zh="看过的条目数",
        type="integer",
    ),
    Column(name="items_blank", en="Items left blank", zh="看过但未回答的条目数", type="integer"),
    Column(
        name="items_declined",
        en="Items that the patient preferred not to answer",
        zh="表示不想回答的条目数",
        type="integer",
    ),
    Column(
        name="items_not_applicable",
        en="Items of which the patient said that they do not apply",
        zh="表示不适用的条目数",
        type="integer",
    ),
)

SCORES_BEFORE = ITEMS_BEFORE
SCORES_AFTER = (
    Column(
        name="modules",
        en="Scoring modules used, with versions",
        zh="所用计分模块及版本",
        missing="empty: not scored",
    ),
    Column(name="flags", en="Remarks of the scoring", zh="计分备注", missing="empty: none"),
)

ITEM_STATES = (
    PARTICIPANT,
    VISIT,
    INSTRUMENT,
    Column(name="item", en="Item id", zh="条目标识"),
    Column(name="state", en="What became of it", zh="作答状态", type="code", codes=STATES),
    Column(
        name="value",
        en="Answer as text; several codes are parted by a space",
        zh="回答（文本；多选代码以空格分隔）",
        missing="empty: not answered; `state` says why",
    ),
)

CORRECTIONS = (
    PARTICIPANT,
    VISIT,
    INSTRUMENT,
    Column(name="item", en="Item id", zh="条目标识"),
    Column(name="old_state", en="State before", zh="更正前的作答状态", type="code", codes=STATES),
    Column(name="old", en="Answer before", zh="更正前的回答", missing="empty: not answered"),
    Column(name="new_state", en="State since", zh="更正后的作答状态", type="code", codes=STATES),
    Column(name="new", en="Answer since", zh="更正后的回答", missing="empty: not answered"),
    Column(name="corrected_at", en="When it was corrected", zh="更正时间", type="instant"),
    Column(
        name="corrected_by", en="Number of the user who did", zh="更正人的用户编号", type="integer"
    ),
    Column(name="reason", en="Why, as the user wrote", zh="更正原因（工作人员填写）"),
)

CODEBOOK = (
    Column(name="file", en="File name", zh="文件名"),
    Column(name="column", en="Column name", zh="列名"),
    Column(name="label_en", en="Meaning in English", zh="英文含义", missing="empty: no wording"),
    Column(name="label_zh", en="Meaning in Chinese", zh="中文含义", missing="empty: no wording"),
    Column(name="type", en="Kind of value", zh="值的类型"),
    Column(name="code", en="Value in the column", zh="列中的值", missing="empty: has no codes"),
    Column(
        name="code_label_en",
        en="Its meaning in English",
        zh="该值的英文含义",
        missing="empty: none",
    ),
    Column(
        name="code_label_zh",
        en="Its meaning in Chinese",
        zh="该值的中文含义",
        missing="empty: none",
    ),
    Column(
        name="range",
        en="Lowest and highest value, inclusive",
        zh="取值范围（含端点）",
        missing="empty: no range",
    ),
    Column(
        name="direction",
        en="What a high score means",
        zh="高分含义",
        missing="empty: not a score, or no direction",
    ),
    Column(name="missing", en="What an empty cell means", zh="空单元格的含义"),
    Column(
        name="scoring",
        en="Scoring module of the scale",
        zh="量表计分模块",
        missing="empty: no score",
    ),
    Column(name="cdisc", en="CDISC code", zh="CDISC 代码", missing="empty: none known"),
    Column(
        name="wording_en",
        en="Where the English words come from",
        zh="英文文本来源",
        missing="empty: not an instrument's words",
    ),
    Column(
        name="wording_zh",
        en="Where the Chinese words come from",
        zh="中文文本来源",
        missing="empty: not an instrument's words",
    ),
    Column(
        name="versions",
        en="Instrument versions that have it",
        zh="含此列的量表版本",
        missing="empty: in every version",
    ),
)


def names(columns: Iterable[Column]) -> list[str]:
    """Return the names of columns."""
    return [column.name for column in columns]


def of_item(item: Item) -> dict[str, int | None]:
    """Return an item's columns, each with the code that it stands for; None: the answer itself."""
    if item.type is AnswerType.SEVERAL_OF:
        return {f"{item.id}__{code}": code for code in item.codes}
    return {item.id: None}


def of_items(versions: Sequence[Questionnaire]) -> list[str]:
    """Return the item columns of all versions of an instrument.

    A later version only adds columns behind those of earlier ones; it never moves or drops one.

    Args:
        versions: In release order.
    """
    found = (name for form in versions for item in form.items for name in of_item(item))
    return list(dict.fromkeys(found))


def of_scale(code: str) -> list[str]:
    """Return the columns of a scale: its score, items answered, items expected."""
    return [code, f"{code}_answered", f"{code}_expected"]
