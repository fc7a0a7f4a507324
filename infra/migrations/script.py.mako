"""${message}"""

import sqlalchemy as sa
from alembic import op

import infra.database
import infra.eventstore.tables
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% if down_revision is None:
    for statement in infra.eventstore.tables.guards(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute("INSERT INTO relay (name) VALUES ('relay')")
% endif
