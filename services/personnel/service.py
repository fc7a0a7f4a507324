"""Nameko's view of `personnel`: commands and queries on organisations, people, posts and accounts."""

from datetime import timedelta
from typing import Any

from infra.errors import Forbidden, Invalid, OutOfOrder
from infra.eventstore.events import EventTypes
from infra.eventstore.store import Read, Work
from infra.ids import new_id
from infra.messaging.service import RuntimeProvider, command, query, timer
from services.personnel import (
    accounts,
    answers,
    confirming,
    contract,
    entry,
    imports,
    needs,
    passkeys,
    people,
    person,
    rights,
    seats,
    sessions,
    throttle,
    views,
)
from services.personnel.contract import (
    AddGroup,
    AddOrganisation,
    AddPasskey,
    AddPerson,
    AppointActing,
    Authenticate,
    BeginConfirmation,
    BeginPasskey,
    ChangeGroup,
    ChangeOrganisation,
    ChangePassword,
    ChangePerson,
    ChangePost,
    CloseGroup,
    CloseOrganisation,
    ClosePost,
    ConfirmByPasskey,
    ConfirmByPassword,
    Contact,
    CreatePost,
    EndActing,
    ErasePerson,
    FillPost,
    GetOrganisation,
    GetPerson,
    GetPost,
    ImportDirectory,
    ListActing,
    ListGroups,
    ListOrganisations,
    ListPasskeys,
    ListPeople,
    ListPosts,
    LockAccount,
    LogIn,
    LogOut,
    Me,
    Names,
    OfficeName,
    OpenAccount,
    OrganisationKind,
    RemovePasskey,
    ResetPassword,
    UnlockAccount,
    VacatePost,
    WhoHolds,
    directory,
)
from services.personnel.group import Group
from services.personnel.organisation import Organisation
from services.personnel.person import Person
from services.personnel.post import Days, Post


class PersonnelService:
    """Organisations, people, posts and accounts (บุคลากร)."""

    name = "personnel"
    runtime = RuntimeProvider(
        types=EventTypes(contract, person),
        project=views.project,
        read_tables=views.metadata,
        own_tables=[
            *(people.metadata, accounts.metadata, sessions.metadata),
            *(throttle.metadata, passkeys.metadata),
        ],
    )

    @command(AddOrganisation)
    def add_organisation(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        office = views.office(work.connection)
        rights.administrator(work.connection, work.actor, office)
        is_office = body["kind"] is OrganisationKind.OFFICE
        if is_office and office is not None:
            raise OutOfOrder("มีสำนักงานในระบบแล้ว")
        if not is_office and office is None:
            raise OutOfOrder("ต้องเพิ่มสำนักงานก่อน")
        if office is not None:
            needs.open_organisation(work, office)
        added = Organisation(new_id())
        added.add(parent=office, **body)
        return needs.save_named(work, added, body["code"], body["name"])

    @command(ChangeOrganisation)
    def change_organisation(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        changed = needs.managed(work, Organisation, body.pop("id"))
        changed.change(**body)
        return needs.save_named(work, changed, body["code"], body["name"])

    @command(CloseOrganisation)
    def close_organisation(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        views.hold(work.connection, directory.organisations, body["id"], alone=True)
        school = needs.managed(work, Organisation, body["id"])
        engaged = views.engaged(work.connection, needs.today(work), organisation=school.id)
        school.close(body["reason"], engaged)
        return needs.saved(work, school)

    @command(AddGroup)
    def add_group(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        home = needs.open_organisation(work, body["organisation"], alone=True)
        needs.new_group_name(work, home.id, body["name"])
        if body["central"]:
            needs.no_central_group(work, home.id)
        group = Group(new_id())
        group.add(**body)
        return needs.saved(work, group)

    @command(ChangeGroup)
    def change_group(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        group = needs.managed(work, Group, body.pop("id"))
        needs.open_organisation(work, group.organisation, alone=True)
        needs.new_group_name(work, group.organisation, body["name"], but=group.id)
        if body["central"] and not group.central:
            needs.no_central_group(work, group.organisation)
        group.change(**body)
        return needs.saved(work, group)

    @command(CloseGroup)
    def close_group(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        views.hold(work.connection, directory.groups, body["id"], alone=True)
        group = needs.managed(work, Group, body["id"])
        group.close(views.posts_in(work.connection, group.id, needs.today(work)))
        return needs.saved(work, group)

    @command(AddPerson)
    def add_person(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        home = needs.open_organisation(work, body["organisation"])
        people.check(body)
        added = Person(new_id())
        added.add(home.id)
        people.add(work.connection, added.id, body)
        return needs.saved(work, added)

    @command(ChangePerson)
    def change_person(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        changed = needs.managed(work, Person, body.pop("id"))
        changed.require_known()
        people.check(body)
        changed.correct(people.change(work.connection, changed.id, body))
        return needs.saved(work, changed)

    @command(ErasePerson)
    def erase_person(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        views.hold(work.connection, views.persons, body["id"], alone=True)
        erased = needs.managed(work, Person, body["id"])
        erased.erase(views.engaged(work.connection, needs.today(work), person=erased.id))
        people.erase(work.connection, erased.id)
        accounts.remove(work.connection, erased.id)
        passkeys.remove_all(work.connection, erased.id)
        sessions.end_all(work.connection, erased.id)
        return needs.saved(work, erased)

    @command(CreatePost)
    def create_post(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        home = needs.open_organisation(work, body["organisation"])
        home.require_role(body["role"])
        needs.open_group(work, home.id, body["group"])
        post = Post(new_id())
        post.create(**body)
        return needs.saved(work, post)

    @command(ChangePost)
    def change_post(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        post = needs.managed(work, Post, body.pop("id"))
        if body["group"] != post.group:
            needs.open_group(work, post.organisation, body["group"])
        post.change(**body)
        return needs.saved(work, post)

    @command(ClosePost)
    def close_post(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        post = needs.managed(work, Post, body["id"])
        post.close(body["last_day"])
        return needs.saved(work, post)

    @command(FillPost)
    def fill_post(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        post = needs.managed(work, Post, body["id"])
        needs.open_organisation(work, post.organisation)
        if needs.person(work, body["person"]) != post.organisation:
            raise Invalid(fields={"person": ["บุคคลนี้ไม่ได้สังกัดหน่วยงานของตำแหน่งนี้"]})
        post.fill(body["person"], Days(body["first_day"], body["last_day"]))
        return needs.saved(work, post)

    @command(VacatePost)
    def vacate_post(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        post = needs.managed(work, Post, body["id"])
        post.vacate(body["person"], body["last_day"])
        return needs.saved(work, post)

    @command(AppointActing)
    def appoint_acting(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        post = needs.managed(work, Post, body["id"])
        needs.open_organisation(work, post.organisation)
        needs.person(work, body["person"])
        days, acting = Days(body["first_day"], body["last_day"]), new_id()
        own = needs.own_post(work, body["person"], body["own_post"], days.first)
        post.appoint(acting, body["person"], own, body["capacity"], days, body["order"])
        return needs.saved(work, post) | {"acting": acting}

    @command(EndActing)
    def end_acting(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        post = work.load(Post, body["id"])
        today = needs.today(work)
        if not rights.is_administrator(work.connection, work.actor, post.organisation):
            rights.returned_holder(work.connection, work.actor, post.id, today)
            if body["last_day"] < today - timedelta(days=1):
                raise Invalid(fields={"last_day": ["ให้สิ้นสุดย้อนหลังได้ถึงเมื่อวานเท่านั้น"]})
        post.end_acting(body["acting"], body["last_day"])
        return needs.saved(work, post)

    @command(OpenAccount, before=entry.keep_password)
    def open_account(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        owner = needs.managed(work, Person, body["id"])
        entry.require_good(body["password"], body["username"])
        owner.open_account()
        accounts.add(work.connection, owner.id, body["username"], body["kept"], body["must_change"])
        return needs.saved(work, owner)

    @command(ResetPassword, before=entry.keep_password)
    def reset_password(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        owner = needs.managed(work, Person, body["id"])
        owner.reset_password()
        account = entry.account(work.connection, owner.id)
        entry.require_good(body["password"], account.username)
        values = {"password": body["kept"], "must_change": body["must_change"]}
        accounts.change(work.connection, owner.id, **values)
        throttle.forget(work.connection, account.key)
        sessions.end_all(work.connection, owner.id)
        return needs.saved(work, owner)

    @command(LockAccount)
    def lock_account(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        owner = needs.managed(work, Person, body["id"])
        owner.lock()
        # In this order: a log-in under way holds the row, and its session is then among those ended.
        accounts.change(work.connection, owner.id, locked=True)
        sessions.end_all(work.connection, owner.id)
        return needs.saved(work, owner)

    @command(UnlockAccount)
    def unlock_account(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        owner = needs.managed(work, Person, body["id"])
        owner.unlock()
        accounts.change(work.connection, owner.id, locked=False)
        return needs.saved(work, owner)

    @command(LogIn, before=entry.try_log_in)
    def log_in(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return entry.log_in(work, body)

    @command(LogOut)
    def log_out(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        sessions.end(work.connection, body["session"], work.actor.person)
        return {}

    @command(ChangePassword, before=entry.try_password)
    def change_password(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        owner = work.load(Person, work.actor.person)
        entry.change_password(work, owner, body)
        work.save(owner)
        return {}

    @command(ConfirmByPassword, before=confirming.try_password)
    def confirm_by_password(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return confirming.by_password(work, self.runtime.settings.private_key, body)

    @command(BeginConfirmation)
    def begin_confirmation(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return confirming.begin(work, self.runtime.settings, body["subject"])

    @command(ConfirmByPasskey, before=confirming.take_challenge)
    def confirm_by_passkey(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return confirming.by_passkey(work, self.runtime.settings, body)

    @command(BeginPasskey)
    def begin_passkey(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return confirming.begin_passkey(work, self.runtime.settings, body["confirmation"])

    @command(AddPasskey, before=confirming.take_challenge)
    def add_passkey(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return confirming.add_passkey(work, self.runtime.settings, body)

    @command(RemovePasskey)
    def remove_passkey(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return confirming.remove_passkey(work, body["id"])

    @command(ImportDirectory, before=imports.read_file)
    def import_directory(self, work: Work, body: dict[str, Any]) -> dict[str, Any]:
        return imports.carry_out(work, body)

    @query(Authenticate)
    def authenticate(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return {"token": entry.token(read, self.runtime.settings.private_key, **params)}

    @query(OfficeName)
    def office_name(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.office_name(read)

    @query(Me)
    def me(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.me(read)

    @query(ListPasskeys)
    def list_passkeys(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return confirming.list_passkeys(read, self.runtime.settings)

    @query(Names)
    def names(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.names_of(read, params["ids"])

    @query(Contact)
    def contact(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        if not read.actor.is_service:
            raise Forbidden()
        return answers.contacts(read, params["ids"])

    @query(ListOrganisations)
    def list_organisations(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.organisations(read, params)

    @query(GetOrganisation)
    def get_organisation(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.organisation(read, params["id"])

    @query(ListGroups)
    def list_groups(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.groups(read, params["organisation"])

    @query(ListPeople)
    def list_people(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.list_people(read, params)

    @query(GetPerson)
    def get_person(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.person(read, params["id"])

    @query(ListPosts)
    def list_posts(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.posts(read, params)

    @query(GetPost)
    def get_post(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.post(read, params["id"])

    @query(ListActing)
    def list_acting(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return answers.list_acting(read, params)

    @query(WhoHolds)
    def who_holds(self, read: Read, params: dict[str, Any]) -> dict[str, Any]:
        return seats.office_holders(read, params)

    @timer(seconds=600)
    def sweep(self) -> None:
        with self.runtime.database.begin() as connection:
            sessions.sweep(connection, self.runtime.clock())
            throttle.sweep(connection, self.runtime.clock())
            passkeys.sweep(connection, self.runtime.clock())
