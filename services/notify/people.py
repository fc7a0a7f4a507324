"""Who holds which posts, as the rules of telling need it."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from infra.identity import Role
from services.correspondence.contract import Stage
from services.personnel.contract import directory


class People:
    """Who holds which posts of an organisation on a day, acting people included."""

    def __init__(self, connection: Connection, day: date, organisation: str) -> None:
        self._connection, self._day, self._organisation = connection, day, organisation

    def holding(self, *roles: Role, group: str | None = None) -> list[str]:
        found = directory.holders(
            self._connection, self._day, organisation=self._organisation, roles=roles, group=group
        )
        return list(dict.fromkeys(one.person for one in found))

    def of_post(self, post: str) -> list[str]:
        """Who exercises one post: its holder, and who acts there instead or beside them."""
        found = directory.holders(self._connection, self._day, organisation=self._organisation)
        return list(dict.fromkeys(one.person for one in found if one.seat.post == post))

    def clerks(self) -> list[str]:
        return self.holding(Role.CENTRAL_CLERK, Role.SCHOOL_CLERK)

    def directors(self) -> list[str]:
        return self.holding(Role.DIRECTOR, Role.SCHOOL_DIRECTOR)

    def central_heads(self) -> list[str]:
        central = directory.central_group(self._connection, self._organisation)
        return self.holding(Role.GROUP_HEAD, group=central) if central else []

    def at_desk(self, stage: str | None) -> list[str]:
        """Who sits at the desk on which a letter lies."""
        match stage:
            case Stage.CLERK:
                return self.clerks()
            case Stage.CENTRAL_HEAD:
                return self.central_heads()
            case Stage.DEPUTY:
                return self.holding(Role.DEPUTY)
            case Stage.DIRECTOR:
                return self.directors()
        return []

    def of_group(self, group: str) -> list[str]:
        """Who takes a letter into the group."""
        return self.holding(Role.GROUP_CLERK, Role.GROUP_HEAD, group=group)

    def leading(self, letter: Any, group: str) -> list[str]:
        """Who assigns a letter in the group and closes its part."""
        heads = self.holding(Role.GROUP_HEAD, group=group)
        if heads and letter.by_heads:
            return heads
        return self.of_group(group)

    def approving(self) -> list[str]:
        """Who decides on rooms and looks at reports first: the head of general administration;
        where there is none, the director."""
        return self.central_heads() or self.directors()
