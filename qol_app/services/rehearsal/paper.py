"""Forms that came on paper or in an interview: keyed once, twice with differences, and stored."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from qol_app.db.models import Response
from qol_app.domain import actor as actors
from qol_app.domain.helpers import Helper
from qol_app.domain.keying import Keyed, Source
from qol_app.domain.said import Said
from qol_app.services import keying, scans
from qol_app.services.rehearsal.cases import Case, Cases
from qol_app.services.rehearsal.course import DAY
from qol_app.services.rehearsal.desk import Desk
from qol_app.services.rehearsal.office import Act
from questionnaires.model import Item, Value

STORED, DIFFERENT, INTERVIEW, SCANNED = (0, 3), 1, 3, (0, 2)
"""Which visits are stored, were keyed differently, come from an interview, have a scan."""
AN_HOUR = timedelta(hours=1)
SIDE = (420, 594)
"""Width and height of a scan in pixels."""


@dataclass(frozen=True, kw_only=True)
class PaperDesk:
    """Keys forms."""

    desk: Desk

    def key(self, case: Case, user_id: int, source: Source, on: date, at: datetime) -> None:
        """Key all forms of a visit."""
        for response in self.desk.visit(case).responses:
            self._key(case, response, self._read(case, response), user_id, source, on, at)

    def key_once(self, case: Case, on: date, at: datetime) -> None:
        """Key the first form."""
        form = self.desk.first_form(case)
        said = self._read(case, form)
        self._key(case, form, said, self.desk.office.nurse, Source.PAPER, on, at)

    def key_otherwise(self, case: Case, on: date, at: datetime) -> None:
        """Key the first form as a second person, and read two answers otherwise."""
        form = self.desk.first_form(case)
        questionnaire = self.desk.writer.models[form.instrument_id].questionnaire
        said = dict(self._read(case, form))
        graded = [item for item in said if another(questionnaire.item(item), said[item].value)]
        for item in graded[1:3]:
            said[item] = Said(value=another(questionnaire.item(item), said[item].value))
        self._key(case, form, said, self.desk.office.colleague, Source.PAPER, on, at)

    def scan(self, case: Case, at: datetime) -> None:
        """Keep a scan of the first form."""
        scans.add(
            self.desk.session,
            self.desk.first_form(case),
            picture(case.person.place),
            folder=self.desk.office.scans,
            user_id=self.desk.office.nurse,
            actor=self.desk.nurse,
            now=at,
        )

    def _read(self, case: Case, form: Response) -> Mapping[str, Said]:
        """Return what stands on the paper: the same each time it is read."""
        known = self.desk.writer.enrolled[case.person.place]
        values = self.desk.writer.models[form.instrument_id].answers(
            health=case.person.trajectory.at((case.dates.target - case.person.anchor).days),
            traits=known.traits[form.instrument_id],
            language=case.person.language,
            rng=self.desk.rng(case),
        )
        return {item: Said(value=value) for item, value in values.items()}

    def _key(
        self,
        case: Case,
        form: Response,
        said: Mapping[str, Said],
        user_id: int,
        source: Source,
        on: date,
        at: datetime,
    ) -> None:
        keyed = Keyed(
            source=source,
            answered_on=on,
            language=case.person.language,
            helper=Helper.READ_ALOUD if source is Source.INTERVIEW else Helper.ALONE,
            said=said,
        )
        done = keying.key(
            self.desk.session,
            form,
            keyed,
            seen=form.last_seq,
            user_id=user_id,
            actor=actors.user(user_id),
            now=at,
        )
        self.desk.tell(done.mails, at)


def acts(desk: Desk, cases: Cases) -> Iterator[Act]:
    """Yield the keying of a few visits that are open today, one in each state."""
    office, staff = PaperDesk(desk=desk), desk.office
    is_double = desk.writer.protocol.double_keying
    for place, case in enumerate(cases.on_paper):
        yesterday = cases.yesterday(case)
        on = max(case.first_day, yesterday - 3 * DAY)
        first, second = case.at(yesterday, 9 + place), case.at(yesterday, 9 + place) + AN_HOUR
        source = Source.INTERVIEW if place == INTERVIEW else Source.PAPER
        if place in STORED:
            yield Act(at=first, do=partial(office.key, case, staff.nurse, source, on))
        else:
            yield Act(at=first, do=partial(office.key_once, case, on))
        if place in STORED and is_double:
            yield Act(at=second, do=partial(office.key, case, staff.colleague, source, on))
        if place == DIFFERENT and is_double:
            yield Act(at=second, do=partial(office.key_otherwise, case, on))
        if place in SCANNED:
            yield Act(at=second + AN_HOUR, do=partial(office.scan, case))


def another(item: Item, value: Value) -> int | None:
    """Return an answer next to the one that was given; None where there is none to compare."""
    codes = list(item.codes or ())
    if not isinstance(value, int) or value not in codes or len(codes) < 2:
        return None
    place = codes.index(value)
    return int(codes[place - 1] if place else codes[1])


def picture(place: int) -> bytes:
    """Return the scan of an imagined form as a PNG: ruled lines, and a cross on each."""
    width, height = SIDE
    rows = []
    for y in range(height):
        ruled = y % 36 == 30
        cross = 40 + (y // 36 * 7 + place) % 4 * 90
        near = abs(y % 36 - 18)
        rows.append(
            b"\0"
            + bytes(
                120 if ruled or (near < 8 and abs(abs(x - cross) - near) < 2) else 250
                for x in range(width)
            )
        )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
