"""What loading a list of people would do, with the posts that they hold.

A person is known by first and last name within their organisation. Somebody with several posts has
several lines. Whoever gets a post fills a vacant one of that title, else a new one.
"""

from collections import defaultdict
from functools import partial
from typing import Any

from sqlalchemy import Row as Known
from sqlalchemy import select

from infra.eventstore.store import Work
from infra.identity import Role
from infra.ids import new_id
from infra.thai import fold
from services.personnel import people, rights, views
from services.personnel.columns import Plan, Row, Table
from services.personnel.contract import OrganisationKind, directory
from services.personnel.organisation import misplaced
from services.personnel.person import Person
from services.personnel.post import Days, Post

_SINGLE = (Role.DIRECTOR, Role.SCHOOL_DIRECTOR)  # an organisation has one


def plan(work: Work, table: Table, home: str) -> Plan:
    """The steps for the rows of `table`, which gets a fault wherever one cannot be loaded."""
    planning = _Planning(work, table, home)
    for row in table.rows:
        planning.take(row)
    return planning.plan


class _Planning:
    """The directory as it stands, and as the rows so far would leave it."""

    def __init__(self, work: Work, table: Table, home: str) -> None:
        self.work, self.table, self.home = work, table, home
        self.plan = Plan()
        self._first: dict[tuple[str, str], Row] = {}  # the first line of each person
        self._posts_of: dict[tuple[str, str], set[tuple[Any, ...]]] = defaultdict(set)
        self._ids: dict[tuple[str, str], str] = {}
        self._load_organisations()
        self._load_people()
        self._load_posts()

    def _load_organisations(self) -> None:
        self.organisations: dict[str, str] = {}
        self.kinds: dict[str, OrganisationKind] = {}
        table = directory.organisations
        for row in self.work.connection.execute(select(table).where(~table.c.closed)):
            self.kinds[row.id] = OrganisationKind(row.kind)
            if rights.is_administrator(self.work.connection, self.work.actor, row.id):
                names = (row.short_name, row.name, row.code)
                self.organisations |= {fold(name): row.id for name in names if name}
        groups = directory.groups
        self.groups = {
            (row.organisation, fold(row.name)): row.id
            for row in self.work.connection.execute(select(groups).where(~groups.c.closed))
        }

    def _load_people(self) -> None:
        query = select(people.people, views.persons.c.organisation)
        query = query.join(views.persons, views.persons.c.id == people.people.c.id)
        self.known: dict[tuple[str, str], list[Known[Any]]] = defaultdict(list)
        self.emails: dict[str, tuple[str, str]] = {}
        for row in self.work.connection.execute(query):
            key = row.organisation, _name(row._asdict())
            self.known[key].append(row)
            if row.email:
                self.emails[fold(row.email)] = key

    def _load_posts(self) -> None:
        posts, holdings = directory.posts, directory.holdings
        self.posts: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        self.singles: dict[tuple[str, Role], str] = {}
        for row in self.work.connection.execute(
            select(posts).where(posts.c.closed_after.is_(None))
        ):
            self.posts[row.organisation, row.group, row.role, fold(row.title)].append(row.id)
            if row.role in _SINGLE:
                self.singles[row.organisation, Role(row.role)] = row.id
        self.held: dict[str, list[Known[Any]]] = defaultdict(list)
        for row in self.work.connection.execute(select(holdings)):
            self.held[row.post].append(row)
        self.given: set[str] = set()  # posts that a row so far fills

    def take(self, row: Row) -> None:
        """Plan one row, or find it at fault."""
        faults = len(self.table.faults)
        organisation = self._organisation(row)
        if organisation is None or not {"first_name", "last_name"} <= row.values.keys():
            return
        key = organisation, _name(row.values)
        first = self._first.setdefault(key, row)
        self._compare(row, first)
        self._check_email(row, key)
        self._check_role(row, organisation)
        group = self._group(row, organisation)
        post = organisation, group, row.values["role"], fold(row.values["title"])
        if first is not row and post in self._posts_of[key]:
            self.table.fault(row.line, "first_name", f"ซ้ำกับบรรทัดที่ {first.line}")
        self._posts_of[key].add(post)
        if len(self.known[key]) > 1:
            self.table.fault(row.line, "first_name", "มีชื่อนี้ในระบบมากกว่าหนึ่งคน กรุณาแก้ไขทีละคน")
        if not row.sound or len(self.table.faults) > faults:
            return
        known = self.known[key][0] if self.known[key] else None
        id = self._ids.setdefault(key, known.id if known else new_id())
        outcome = self._person(row, first, id, known, organisation)
        if row.values["role"] is not None and self._fill(row, id, post) and outcome == "same":
            outcome = "changed"
        setattr(self.plan, outcome, getattr(self.plan, outcome) + 1)

    def _organisation(self, row: Row) -> str | None:
        if not row.values["organisation"]:
            return self.home
        found = self.organisations.get(fold(row.values["organisation"]))
        if found is None:
            self.table.fault(row.line, "organisation", "ไม่พบหน่วยงานนี้")
        return found

    def _group(self, row: Row, organisation: str) -> str | None:
        if not row.values["group"]:
            return None
        found = self.groups.get((organisation, fold(row.values["group"])))
        if found is None:
            self.table.fault(row.line, "group", "ไม่พบกลุ่มนี้ในหน่วยงาน")
        return found

    def _check_role(self, row: Row, organisation: str) -> None:
        role = row.values["role"]
        message = misplaced(role, self.kinds[organisation]) if role is not None else ""
        if message:
            self.table.fault(row.line, "role", message)

    def _compare(self, row: Row, first: Row) -> None:
        """Several lines of a person must say the same of them."""
        for field in people.FIELDS:
            if row.values.get(field, "") != first.values.get(field, ""):
                message = f"ต่างจากบรรทัดที่ {first.line} ซึ่งเป็นชื่อเดียวกัน"
                self.table.fault(row.line, field, message)

    def _check_email(self, row: Row, key: tuple[str, str]) -> None:
        email = fold(row.values.get("email", ""))
        if email and self.emails.setdefault(email, key) != key:
            self.table.fault(row.line, "email", "มีผู้อื่นใช้อีเมลนี้แล้ว")

    def _person(
        self, row: Row, first: Row, id: str, known: Known[Any] | None, organisation: str
    ) -> str:
        """Plan what becomes of the person's data; the outcome."""
        if row is not first:
            return "same"
        given = {field: row.values[field] for field in people.FIELDS if field in row.values}
        if known is None:
            data = dict.fromkeys(people.FIELDS, "") | given
            self.plan.steps.append(partial(_add, self.work, id, organisation, data))
            return "new"
        before = {field: getattr(known, field) for field in people.FIELDS}
        if before | given == before:
            return "same"
        self.plan.steps.append(partial(_correct, self.work, id, before | given))
        return "changed"

    def _fill(self, row: Row, person: str, post: tuple[Any, ...]) -> bool:
        """Plan that the person holds the post from the first day on; whether they do not already."""
        organisation, _, role, _ = post
        day = row.values["first_day"]
        vacant = None
        for id in self.posts[post]:
            later = [one for one in self.held[id] if one.last_day is None or one.last_day >= day]
            if any(one.person == person for one in later):
                return False
            if not later and id not in self.given and vacant is None:
                vacant = id
        if vacant is None and role in _SINGLE and (organisation, role) in self.singles:
            self.table.fault(row.line, "role", "มีตำแหน่งนี้ในหน่วยงานแล้ว และยังมีผู้ดำรงหรือใช้ชื่ออื่น")
            return False
        id = vacant or new_id()
        self.given.add(id)
        if role in _SINGLE:
            self.singles[organisation, role] = id
        self.plan.steps.append(
            partial(_fill, self.work, id, post if vacant is None else None, row.values, person)
        )
        return True


def _name(values: dict[str, Any]) -> str:
    return fold(f"{values['first_name']} {values['last_name']}")


def _add(work: Work, id: str, organisation: str, data: dict[str, Any]) -> None:
    person = Person(id)
    person.add(organisation)
    people.add(work.connection, id, data)
    work.save(person)


def _correct(work: Work, id: str, data: dict[str, Any]) -> None:
    person = work.find(Person, id)
    assert person is not None
    person.correct(people.change(work.connection, id, data))
    work.save(person)


def _fill(
    work: Work, id: str, place: tuple[Any, ...] | None, values: dict[str, Any], person: str
) -> None:
    """`place` is of a post that is to be created."""
    post = Post(id) if place is not None else work.find(Post, id)
    assert post is not None
    if place is not None:
        organisation, group, role, _ = place
        post.create(organisation, group, role, values["title"])
    post.fill(person, Days(values["first_day"]))
    work.save(post)
