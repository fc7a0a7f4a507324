"""`amnuay user`: who can log in when nobody can."""

import secrets
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from infra.contract import Command
    from infra.messaging.runtime import Parts


@click.group(short_help="Make an administrator, reset a password.")
def user() -> None:
    """Make an administrator, or give somebody a new password.

    Both print a password, which is to be changed at the first log-in. They work on the database
    of `personnel`, which may be at work meanwhile.
    """


@user.command()
@click.argument("username")
@click.option("--first-name", prompt="First name (ชื่อ)")
@click.option("--last-name", prompt="Last name (นามสกุล)")
@click.option("--office", help="The office's name, where there is none yet.")
@click.option("--code", help="The office's code, where there is none yet.")
def administrator(
    username: str, first_name: str, last_name: str, office: str | None, code: str | None
) -> None:
    """Make an administrator (ผู้ดูแลระบบ) who logs in as USERNAME, and the office if there is none."""
    from infra.clock import bangkok_date
    from services.personnel import contract
    from services.personnel.contract import OrganisationKind

    with _Personnel() as personnel:
        if personnel.person(username) is not None:
            raise click.ClickException(f"there is a {username} already; `amnuay user password`")
        home = personnel.office()
        if home is None:
            home = personnel.send(
                contract.AddOrganisation,
                kind=OrganisationKind.OFFICE.value,
                name=office or click.prompt("Name of the office (ชื่อสำนักงาน)"),
                code=code or click.prompt("Code of the office (รหัส)"),
            )
        person = personnel.send(
            contract.AddPerson, organisation=home, first_name=first_name, last_name=last_name
        )
        post = personnel.send(
            contract.CreatePost, organisation=home, role="administrator", title="ผู้ดูแลระบบ"
        )
        today = bangkok_date(personnel.parts.clock()).isoformat()
        personnel.send(contract.FillPost, id=post, person=person, first_day=today)
        made = _new_password()
        personnel.send(contract.OpenAccount, id=person, username=username, password=made)
    click.echo(f"{username} can log in with {made}")


@user.command()
@click.argument("username")
def password(username: str) -> None:
    """Give USERNAME a new password; their sessions end."""
    from services.personnel import contract

    with _Personnel() as personnel:
        person = personnel.person(username)
        if person is None:
            raise click.ClickException(f"nobody logs in as {username}")
        made = _new_password()
        personnel.send(contract.ResetPassword, id=person, password=made)
    click.echo(f"{username} can log in with {made}")


def _new_password() -> str:
    """Easy to read out: four times four letters, none like another."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


class _Personnel:
    """`personnel` in this process, worked with the right of the command line."""

    parts: "Parts"

    def __enter__(self) -> "_Personnel":
        from amnuay import environment
        from infra import migrate
        from infra.messaging.runtime import Parts

        settings, names = environment.for_upkeep()
        if "personnel" not in names:
            raise click.ClickException("AMNUAY_DATABASE_URL_PERSONNEL is not set")
        environment.check_keys(settings)
        self.parts = Parts(migrate.service_class("personnel"), settings)
        return self

    def __exit__(self, *_: object) -> None:
        self.parts.close()

    def send(self, contract: "type[Command]", **body: Any) -> str:
        """Carry a command out; the id of what it made or changed."""
        from infra.errors import Problem
        from infra.identity import service_token
        from infra.ids import new_id

        token = service_token("amnuay", self.parts.settings.service_key, self.parts.clock())
        instance = self.parts.instance({"auth_token": token, "correlation_id": new_id()})
        reply: dict[str, Any] = getattr(instance, contract.method())(body)
        if "problem" in reply:
            raise click.ClickException(_in_words(Problem.from_dict(reply["problem"])))
        return str(reply["ok"]["id"])

    def office(self) -> str | None:
        from sqlalchemy import select

        from services.personnel.contract import OrganisationKind
        from services.personnel.contract.directory import organisations

        query = select(organisations.c.id).where(organisations.c.kind == OrganisationKind.OFFICE)
        with self.parts.database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def person(self, username: str) -> str | None:
        from services.personnel import accounts

        with self.parts.database.read() as connection:
            found = accounts.by_key(connection, accounts.key(username))
        return found.person if found else None


def _in_words(problem: Any) -> str:
    told = problem.to_dict()
    fields = [f"{name}: {' '.join(texts)}" for name, texts in (told.get("fields") or {}).items()]
    return "; ".join([str(told.get("detail") or told.get("title")), *fields])
