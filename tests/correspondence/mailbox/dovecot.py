"""A real IMAP server of our own, with a mailbox for whoever logs in."""

import getpass
import grp
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from imaplib import IMAP4, Time2Internaldate
from pathlib import Path

from tests.certificates import certify
from tests.notify.mailserver import free_port

PASSWORD = "mail"
PATIENCE = 30.0  # seconds until a server that was started must answer

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:~/mail
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail_group} home={folder}/homes/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Rubbish {{
    special_use = \\Junk
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def program() -> str | None:
    """Where Dovecot is installed."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


class Dovecot:
    """Listens on a port of its own, for mailboxes under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        certify(folder)
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("run", "state", "homes"):
            (folder / name).mkdir(parents=True)
        root = os.getuid() == 0
        me, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        if root:  # mail is delivered to nobody, and its folder must let them in
            shutil.chown(folder / "homes", "nobody", "nogroup")
            folder.chmod(0o755)
        self._configuration = folder / "dovecot.conf"
        self._configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                port=self.port,
                tls_port=self.tls_port,
                password=PASSWORD,
                internal="dovecot" if root else me,
                internal_group="dovecot" if root else group,
                login="dovenull" if root else me,
                mail="nobody" if root else me,
                mail_group="nogroup" if root else group,
            )
        )

    def url(self, user: str) -> str:
        return f"imap://{user}:{PASSWORD}@127.0.0.1:{self.port}"

    def tls_url(self, user: str) -> str:
        return f"imaps://{user}:{PASSWORD}@127.0.0.1:{self.tls_port}"

    def start(self) -> None:
        command = [program() or "dovecot", "-F", "-c", str(self._configuration)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with IMAP4("127.0.0.1", self.port, timeout=5):
                return True
        except (OSError, IMAP4.error):
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=PATIENCE)
            self._process = None


class Box:
    """One user's mailbox: what is put into it, and how it looks."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self._server, self.user = server, user
        self.url = server.url(user)

    @contextmanager
    def _connected(self) -> Iterator[IMAP4]:
        with IMAP4("127.0.0.1", self._server.port, timeout=30) as connection:
            connection.login(self.user, PASSWORD)
            yield connection

    def put(self, message: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Let a message have come at that moment."""
        with self._connected() as connection:
            when = Time2Internaldate(at.astimezone(UTC))
            status, words = connection.append(_quoted(folder), None, when, message)  # type: ignore[arg-type]
            assert status == "OK", words

    def make(self, folder: str) -> None:
        with self._connected() as connection:
            assert connection.create(_quoted(folder))[0] == "OK"

    def move(self, folder: str, to: str) -> None:
        """Put all that is in one folder into another, as a person does who sorts."""
        with self._connected() as connection:
            connection.select(_quoted(folder))
            assert connection.uid("MOVE", "1:*", _quoted(to))[0] == "OK"

    def empty(self, folder: str = "INBOX") -> None:
        with self._connected() as connection:
            connection.select(_quoted(folder))
            connection.store("1:*", "+FLAGS", "\\Deleted")
            connection.expunge()

    def count(self, folder: str = "INBOX", which: str = "ALL") -> int:
        """How many messages lie there, or of those `UNSEEN`, `SEEN`, `DELETED`."""
        with self._connected() as connection:
            connection.select(_quoted(folder), readonly=True)
            return len(connection.search(None, which)[1][0].split())


def _quoted(folder: str) -> str:
    return f'"{folder}"'
