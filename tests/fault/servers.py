"""A PostgreSQL and a RabbitMQ of our own, from this machine's programs: to be stopped, killed and wiped."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import make_url

from infra.ids import new_id
from tests import servers
from tests.amnuay.processes import free_port

PATIENCE = 60.0  # seconds until a server that was started must answer
_DEBIAN = ("/usr/lib/postgresql/*/bin/pg_ctl", "/usr/lib/rabbitmq/bin/rabbitmq-server")


def missing() -> str | None:
    """What this machine lacks to run servers of our own."""
    wanted = {"pg_ctl": _DEBIAN[0], "rabbitmq-server": _DEBIAN[1]}
    absent = [name for name, usual in wanted.items() if _program(name, usual) is None]
    return f"{' and '.join(absent)} not installed" if absent else None


class PostgreSQL:
    """A cluster on a port of its own; everybody may log in from this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        program = _program("pg_ctl", _DEBIAN[0])
        assert program is not None
        self._pg_ctl = program
        self.port = free_port()
        self.url = f"postgresql://postgres:postgres@127.0.0.1:{self.port}/postgres"
        folder.mkdir(parents=True)
        if os.getuid() == 0:  # it will not run as root
            shutil.chown(folder, "postgres", "postgres")
            for above in folder.parents:
                if above.owner() == "root" and above.stat().st_mode & 0o077 == 0:
                    above.chmod(0o711)
        initdb = f"-A trust -U postgres -N --locale=C --encoding=UTF8 -D {self._data}"
        self._run(program.with_name("initdb"), *initdb.split())
        with (self._data / "postgresql.auto.conf").open("a") as file:
            file.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                f"unix_socket_directories = ''\nmax_connections = 200\nmax_wal_size = 256MB\n"
            )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._run(
            self._pg_ctl, "-D", str(self._data), "-l", str(self.folder / "log"), "-w", "start"
        )
        _until(lambda: servers._postgresql(self.url))

    def stop(self, mode: str = "fast") -> None:
        """`fast` as an administrator does; `immediate` as a crash would."""
        self._run(self._pg_ctl, "-D", str(self._data), "-m", mode, "-w", "stop")

    def database(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def _run(self, *command: str | Path) -> None:
        user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        with (self.folder / "said").open("ab") as said:
            subprocess.run(
                list(map(str, command)), check=True, stdout=said, stderr=said, cwd="/", **user
            )  # type: ignore[call-overload]


class RabbitMQ:
    """A node of our own."""

    def __init__(self, folder: Path) -> None:
        program = _program("rabbitmq-server", _DEBIAN[1])
        assert program is not None
        self._bin, self.folder = program.parent, folder
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"
        folder.mkdir(parents=True)
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.local = 127.0.0.1:{self.port}\n")
        (folder / "plugins").write_text("[].\n")
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("RABBITMQ_")},
            "HOME": str(folder),  # where Erlang keeps its cookie
            "RABBITMQ_NODENAME": f"fault-{new_id()[-12:]}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 1",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "said").open("ab") as said:
            self._process = subprocess.Popen(
                [self._bin / "rabbitmq-server"],
                env=self._environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        _until(lambda: servers._rabbitmq(self.url))

    def stop(self) -> None:
        """As an administrator does: it says farewell to everybody."""
        if self._process is not None:
            self._signal(signal.SIGTERM)
            self._process.wait(PATIENCE)
            self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def wipe(self) -> None:
        """Take a stopped node's data away: queues, exchanges, bindings, messages."""
        shutil.rmtree(self.folder / "data")

    def control(self, *command: str) -> None:
        """`rabbitmqctl …`."""
        said = subprocess.run(
            [self._bin / "rabbitmqctl", "--quiet", *command],
            env=self._environment,
            capture_output=True,
            text=True,
        )
        assert said.returncode == 0, said.stdout + said.stderr

    def _signal(self, number: int) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)


def _program(name: str, usual: str) -> Path | None:
    """Debian's own scripts of these names stand in front of the programs; those are wanted."""
    found = sorted(Path("/").glob(usual.lstrip("/")))
    if found:
        return found[-1]
    elsewhere = shutil.which(name)
    return Path(elsewhere) if elsewhere else None


def _until(answers: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers():
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.1)
