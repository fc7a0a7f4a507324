"""Letters by the hundred thousand: rows of the read tables of `correspondence`, made by COPY.

They spread over ten years, and all but the newest are closed: what waits for people does not grow
with the register. The folded text and its grams are made by the code that the projections use.
"""

import atexit
import functools
import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table

from bench.commands import house
from bench.log import copied
from infra.clock import bangkok_date, system_clock
from infra.database import Database
from infra.ids import new_id
from infra.thai import sort_key
from services.correspondence.views import search
from services.correspondence.views.tables import NO_DAY, letters, tasks, texts, works
from tests.api.letters import LETTER
from tests.e2e.house import House

YEARS = 10
OPEN = 200  # the newest letters wait on the clerk's desk
FIRST = 100  # numbers below are left to letters that are really registered
PAGE = 20_000
_TABLES = (letters, texts, works, tasks)

# Pieces of which subjects are made; any two may meet, so that a word stands in any surroundings.
BEGINNINGS = [
    "ขอเชิญประชุม",
    "ขอส่งรายงาน",
    "แจ้งแนวทาง",
    "ขอความอนุเคราะห์",
    "รายงานผล",
    "การดำเนินงาน",
    "แต่งตั้งคณะกรรมการ",
    "การคัดเลือก",
]
MATTERS = [
    "การป้องกันฝุ่นละออง",
    "งบประมาณรายจ่าย",
    "โครงการอาหารกลางวัน",
    "การประเมินคุณภาพ",
    "การสอบบรรจุ",
    "ครูผู้ช่วย",
    "ทุนการศึกษา",
    "ระบบสารสนเทศ",
    "การรับนักเรียน",
    "อาคารสถานที่",
]
ENDINGS = [
    "ประจำปีงบประมาณ",
    "ของสถานศึกษา",
    "ในสังกัด",
    "ครั้งที่",
    "ภาคเรียนที่",
    "ระดับประเทศ",
    "ตามมติคณะรัฐมนตรี",
    "ของสำนักงานเขตพื้นที่",
]
SENDERS = [
    f"โรงเรียนบ้าน{one}{two}"
    for one in ("ห้วย", "ดอน", "หนอง", "ป่า")
    for two in ("แก้ว", "ทราย", "ยาง", "ไผ่", "ขาว")
]


class Shelf:
    """A house at work whose receive register has as many letters as are asked for."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.database: Database = home._databases["correspondence"]
        self.organisation = home.known.organisations["office"]
        self.count = 0
        self._chance = random.Random(7)
        self._year = bangkok_date(system_clock()).year + 543
        status, _, answer = home.gateway.ask("POST", "/api/letters", LETTER, "clerk")
        assert status == 201, answer
        self.letter: str = answer["id"]

    def fill(self, count: int) -> None:
        """Have `count` letters in all."""
        if count <= self.count:
            return
        indexes = [index for table in _TABLES for index in table.indexes]
        with self.database.begin() as connection:
            for index in indexes:
                index.drop(connection)
        for first in range(self.count, count, PAGE):
            self._copy(range(first, min(first + PAGE, count)))
        with self.database.begin() as connection:
            for index in indexes:
                index.create(connection)
        with self.database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in _TABLES:
                connection.exec_driver_sql(f"VACUUM ANALYZE {table.name}")
        self.count = count

    def _copy(self, numbers: range) -> None:
        rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in _TABLES}
        with self.database.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            for number in numbers:
                for table, row in self._rows(connection, number):
                    rows[table].append(row)
            with raw.cursor() as cursor:
                for table, found in rows.items():
                    names = [column.name for column in table.columns]
                    listed = ", ".join(f'"{name}"' for name in names)
                    content = copied([row.get(name) for name in names] for row in found)
                    cursor.copy_expert(f"COPY {table.name} ({listed}) FROM STDIN", content)
            raw.commit()

    def _rows(self, connection: Any, number: int) -> Iterator[tuple[Table, dict[str, Any]]]:
        pick, id = self._chance.choice, new_id()
        waits = number < OPEN
        year = self._year - number % YEARS
        moment = datetime(year - 543, 1, 2, tzinfo=UTC) + timedelta(minutes=number // YEARS)
        subject = f"{pick(BEGINNINGS)}{pick(MATTERS)}{pick(ENDINGS)} {number}"
        columns = {
            "reference": f"ศธ {number % 9000:05}/{number}",
            "subject": subject,
            "sender": pick(SENDERS),
            "recipient": "ผู้อำนวยการสำนักงาน",
            "note": "",
            "defect": "",
        }
        row = columns | {
            "id": id,
            "version": 1,
            "organisation": self.organisation,
            "register": "general",
            "year": year,
            "number": FIRST + number // YEARS,
            "received_at": moment,
            "received_on": bangkok_date(moment),
            "dated": bangkok_date(moment),
            "sender_key": sort_key(columns["sender"]),
            "subject_key": sort_key(subject)[:200],
            "urgency": "normal",
            "secrecy": "none",
            "channel": "paper",
            "state": "registered" if waits else "closed",
            "open": waits,
            "stage": "clerk" if waits else None,
            "by_heads": True,
            "order": None if waits else "act",
            "order_text": "",
            "schools": False,
            "ended_by": "",
            "answered": "",
            "copy": 0,
            "due": NO_DAY,
            "last_step_at": moment,
            "attachments": 0,
        }
        yield letters, row
        numbered = SimpleNamespace(**row)
        pieces = search.registration(numbered, numbered)
        lines = [search.fold(piece) for piece in pieces]
        yield texts, {"letter": id} | search._values(connection, numbered, lines)
        if waits:
            task = {"letter": id, "group": "", "organisation": self.organisation, "kind": "propose"}
            task |= {"stage": "clerk", "clerk": False, "urgency": 3, "due": NO_DAY, "since": moment}
            yield tasks, task
        else:
            group = self.home.known.groups["plan"]
            work = {"letter": id, "group": group, "place": 0, "lead": True, "by_head": False}
            yield works, work | {"state": "closed", "year": year, "number": FIRST + number // YEARS}


@functools.cache
def shelf() -> Shelf:
    """The one that all measurements share; closed at the end."""
    opened = ExitStack()
    atexit.register(opened.close)
    return Shelf(opened.enter_context(house()))
