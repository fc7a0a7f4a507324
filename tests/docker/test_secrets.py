"""No container starts on a secret that everybody knows."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import servers
from tests.docker.conftest import ROOT

pytestmark = pytest.mark.docker


def _config(environment_file: Path) -> subprocess.CompletedProcess[str]:
    command = servers.compose_command()
    assert command is not None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMNUAY_")}
    return subprocess.run(
        [*command.split(), "--env-file", str(environment_file), "config"],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
    )


def test_the_secrets_written_are_all_that_is_needed(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert _config(secrets).returncode == 0


def test_a_secret_that_is_missing_is_named(secrets: Path, tmp_path: Path) -> None:
    lines = [line for line in secrets.read_text().splitlines() if line and line[0] != "#"]
    assert len(lines) == 10
    for missing in lines:
        without = tmp_path / "env"
        without.write_text("\n".join(line for line in lines if line != missing))
        refused = _config(without)
        assert refused.returncode != 0
        assert missing.split("=")[0] in refused.stderr


def test_secrets_are_not_overwritten(secrets: Path) -> None:
    before = secrets.read_bytes()
    again = subprocess.run(
        [ROOT / "infra" / "deployment" / "env", secrets], capture_output=True, text=True
    )
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert secrets.read_bytes() == before
