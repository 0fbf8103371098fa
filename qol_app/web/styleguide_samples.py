"""Invented words and rows for the style guide: long ones, Chinese ones, every state."""

from __future__ import annotations

from dataclasses import dataclass

Options = tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One line of the review page."""

    question: str
    answer: str | None
    url: str
    instead: str = ""
    is_blank: bool = False


@dataclass(frozen=True, kw_only=True)
class SampleWords:
    """All sample words in one language."""

    study: str
    user: str
    one_of: str
    one_of_options: Options
    hint: str
    error: str
    scale: str
    ends: tuple[str, str]
    analogue: str
    analogue_ends: tuple[str, str]
    rows: tuple[str, ...]
    row_options: Options
    several: str
    several_options: Options
    no_answers: tuple[tuple[str, str], ...]
    number: str
    unit: str
    text: str
    remark: str
    forward: str
    back: str
    send: str
    saved: str
    waiting: str
    failed: str
    unwell: str
    contact: str
    review: str
    review_lead: str
    answered: tuple[Answered, ...]
    done: str
    done_text: str
    worklist: str
    worklist_lead: str
    columns: tuple[str, ...]
    actions: tuple[str, ...]
    counts: tuple[str, ...]


ENGLISH = SampleWords(
    study="Garden visits and well-being in six towns",
    user="Lin Yue, study nurse",
    one_of="How did you find the way to the garden today?",
    one_of_options=(
        (1, "Without any trouble"),
        (2, "I had to ask once"),
        (3, "I took a wrong turn or two, and somebody at the gate kindly told me the way"),
        (4, "I did not find it"),
    ),
    hint="Think of the whole way, from your door to the gate.",
    error="Choose one answer, or go on without.",
    scale="How much did you enjoy the flowers?",
    ends=("No joy at all", "The greatest joy I can think of"),
    analogue="Where would you put the weather of this morning?",
    analogue_ends=("The worst weather I can think of", "The best weather I can think of"),
    rows=(
        "I heard the birds",
        "I found a place in the shade when I wanted one",
        "The paths were easy to walk on, even where it had rained the night before",
        "I met somebody I know",
    ),
    row_options=((1, "Never"), (2, "Seldom"), (3, "Sometimes"), (4, "Often"), (5, "All the time")),
    several="What did you bring along?",
    several_options=((1, "A hat"), (2, "Something to read"), (3, "Tea"), (9, "None of these")),
    no_answers=(
        ("declined", "I prefer not to answer"),
        ("not_applicable", "This does not apply to me"),
    ),
    number="How long did you stay?",
    unit="hours",
    text="Is there anything else about the garden?",
    remark="The bench by the pond is a little low for my knees.",
    forward="Next",
    back="Back",
    send="Send my answers",
    saved="Saved on the server at 10:32",
    waiting="2 answers are only on this tablet. They are sent when it is online again.",
    failed="Not saved. Please press Next again.",
    unwell="I do not feel well enough today",
    contact="Questions? Please ask your study nurse.",
    review="Your answers",
    review_lead="Please look through them. You can change each one before you send.",
    answered=(
        Answered(question="The way to the garden", answer="I had to ask once", url="#"),
        Answered(question="Joy in the flowers", answer="8", url="#"),
        Answered(
            question="The weather of this morning",
            answer=None,
            url="#",
            instead="Left empty",
            is_blank=True,
        ),
        Answered(
            question="The way back home", answer=None, url="#", instead="I prefer not to answer"
        ),
        Answered(
            question="What you brought along",
            answer="A hat; something to read; tea in a flask that my neighbour lent me",
            url="#",
        ),
    ),
    done="Thank you",
    done_text="Your answers are with us. You may close this page now.",
    worklist="Today",
    worklist_lead="Thursday 16 May, Site 1 (Hefei)",
    columns=("Study number", "Visit", "Forms", "Status", "Last day", "Days left", "Last contact"),
    actions=("Hand over", "Send link", "QR letter"),
    counts=("Overdue", "Closing this week", "Due"),
)

CHINESE = SampleWords(
    study="六城市花园漫步与身心状态观察研究",
    user="林悦(研究护士)",
    one_of="您今天来花园的路上顺利吗?",
    one_of_options=(
        (1, "很顺利"),
        (2, "问了一次路"),
        (3, "走错了一两次,后来在门口遇到一位热心人,告诉了我该怎么走才能到达"),
        (4, "没有找到"),
    ),
    hint="请想一想从家门口到花园门口的整段路。",
    error="请选择一个答案,也可以不选,直接继续。",
    scale="您有多喜欢花园里的花?",
    ends=("一点也不喜欢", "喜欢到了极点"),
    analogue="您觉得今天早上的天气怎么样?",
    analogue_ends=("能想到的最差的天气", "能想到的最好的天气"),
    rows=(
        "我听到了鸟叫",
        "想乘凉的时候找得到阴凉的地方",
        "前一天夜里下过雨,小路也还是很好走",
        "我遇到了认识的人",
    ),
    row_options=((1, "从不"), (2, "很少"), (3, "有时"), (4, "经常"), (5, "一直都是")),
    several="您今天带了哪些东西?",
    several_options=((1, "帽子"), (2, "一本书或者一份报纸"), (3, "茶"), (9, "以上都没有")),
    no_answers=(("declined", "我不想回答"), ("not_applicable", "这不适用于我")),
    number="您在花园里待了多久?",
    unit="小时",
    text="关于花园,您还有什么想说的吗?",
    remark="池塘边的长椅对我的膝盖来说有点低。",
    forward="下一题",
    back="返回",
    send="提交我的答案",
    saved="已于 10:32 保存到服务器",
    waiting="有 2 个答案只保存在这台平板上,联网后会自动发送。",
    failed="没有保存成功,请再按一次“下一题”。",
    unwell="我今天身体不太舒服,想改天再填",
    contact="有疑问?请联系您的研究护士。",
    review="您的答案",
    review_lead="请再看一遍。提交之前,每个答案都可以修改。",
    answered=(
        Answered(question="来花园的路", answer="问了一次路", url="#"),
        Answered(question="喜欢花的程度", answer="8", url="#"),
        Answered(
            question="今天早上的天气", answer=None, url="#", instead="没有填写", is_blank=True
        ),
        Answered(question="回家的路", answer=None, url="#", instead="我不想回答"),
        Answered(
            question="带来的东西", answer="帽子;一本书或者一份报纸;邻居借给我的一壶热茶", url="#"
        ),
    ),
    done="谢谢您",
    done_text="我们已经收到您的答案。现在可以关闭这个页面了。",
    worklist="今天",
    worklist_lead="5月16日,星期四,第1中心(合肥)",
    columns=("研究编号", "访视", "问卷", "状态", "截止日期", "剩余天数", "最近联系"),
    actions=("交给患者", "发送链接", "二维码信"),
    counts=("已逾期", "本周截止", "可填写"),
)

WORDS = {"en": ENGLISH, "zh-Hans": CHINESE}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the sample worklist."""

    number: str
    visit: str
    forms: str
    kind: str
    status: str
    last_day: str
    days: int
    contact: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rows of the sample worklist that ask for the same thing today."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class SampleVisit:
    """One visit of the sample timeline; positions are 0-100."""

    name: str
    date: str
    opens: float
    target: float
    closes: float
    accepted: float
    kind: str
    status: str


ROWS = (
    ("overdue", "0007-3", 6, "0/3", "05-18", 2, "05-09"),
    ("overdue", "0012-8", 3, "2/3", "05-19", 3, "05-12"),
    ("overdue", "0031-X", 12, "0/3", "05-22", 6, ""),
    ("closing", "0044-1", 3, "1/3", "05-17", 1, "05-14"),
    ("closing", "0045-X", 3, "0/3", "05-18", 2, "05-14"),
    ("closing", "0009-9", 9, "0/3", "05-21", 5, "05-02"),
    ("closing", "0120-6", 24, "0/3", "05-22", 6, "04-30"),
    ("due", "0002-2", 18, "0/3", "05-25", 9, "05-11"),
    ("due", "0018-5", 6, "0/3", "05-27", 11, ""),
    ("due", "0050-7", 3, "2/3", "05-28", 12, "05-15"),
    ("due", "0052-3", 3, "0/3", "05-29", 13, ""),
    ("due", "0101-4", 12, "0/3", "05-30", 14, ""),
)
STATUS = {
    "en": {"overdue": "Overdue", "closing": "Closing", "due": "Due"},
    "zh-Hans": {"overdue": "已逾期", "closing": "即将截止", "due": "可填写"},
}


def worklist(language: str) -> tuple[Group, ...]:
    """Return the sample worklist in ``language``, the most urgent group first."""
    visit = {"en": "Month {}", "zh-Hans": "第{}个月"}[language]
    return tuple(
        Group(
            label=label,
            rows=tuple(
                Row(
                    number=f"S01-{number}",
                    visit=visit.format(month),
                    forms=forms,
                    kind=kind,
                    status=STATUS[language][kind],
                    last_day=last_day,
                    days=days,
                    contact=contact,
                )
                for kind, number, month, forms, last_day, days, contact in ROWS
                if kind == wanted
            ),
        )
        for wanted, label in zip(STATUS["en"], WORDS[language].counts, strict=True)
    )


VISITS = (
    ("complete", "2 May", "Complete", "已完成"),
    ("complete", "2 Aug", "Complete", "已完成"),
    ("missed", "2 Nov", "Missed", "未填写"),
    ("complete", "2 Feb", "Complete", "已完成"),
    ("overdue", "2 May", "Overdue", "已逾期"),
    ("not_due", "2 Aug", "Not due", "未到时间"),
    ("not_due", "2 Nov", "Not due", "未到时间"),
    ("not_due", "2 Feb", "Not due", "未到时间"),
    ("not_due", "2 May", "Not due", "未到时间"),
)


def timeline(language: str) -> tuple[SampleVisit, ...]:
    """Return nine sample visits, three months apart, in ``language``."""
    return tuple(
        SampleVisit(
            name=("Baseline" if language == "en" else "基线") if index == 0 else f"M{index * 3}",
            date=date,
            opens=3 + 11.5 * index,
            target=5 + 11.5 * index,
            closes=7 + 11.5 * index,
            accepted=9 + 11.5 * index,
            kind=kind,
            status=english if language == "en" else chinese,
        )
        for index, (kind, date, english, chinese) in enumerate(VISITS)
    )
