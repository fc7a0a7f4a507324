"""The house in containers, as an office runs it, with two replicas of each service."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_docker.plugin import get_docker_services

from tests import servers
from tests.amnuay.processes import free_port

ROOT = Path(__file__).parents[2]
SERVICES = ("personnel", "correspondence", "resources", "standards", "notify")
PATIENCE = 240.0  # seconds

Answer = dict[str, Any]


def until(happens: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something that comes about by itself."""
    deadline = time.monotonic() + patience
    while not happens():
        assert time.monotonic() < deadline, f"{what}: not in {patience:.0f} seconds"
        time.sleep(0.2)


@dataclass
class Person:
    """Somebody who is logged in at the JSON API at `base`."""

    base: str
    token: str

    def get(self, path: str, **params: str) -> Answer:
        return self._answer("GET", path, params=params)

    def post(self, path: str, **body: Any) -> Answer:
        return self._answer("POST", path, json=body)

    def upload(self, name: str, content: bytes) -> str:
        answer = self._answer("POST", "/api/uploads", files={"file": (name, content)})
        id: str = answer["id"]
        return id

    def _answer(self, method: str, path: str, **more: Any) -> Answer:
        response = requests.request(
            method,
            self.base + path,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            **more,
        )
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        found: Answer = response.json() if response.content else {}
        return found


@dataclass
class House:
    """A project of Docker compose at work. `base` is the address of its gateway."""

    command: list[str]
    environment: dict[str, str]
    project: str
    base: str
    people: dict[str, Person] = field(default_factory=dict)

    def compose(self, *arguments: str) -> str:
        """What compose says; it must succeed."""
        done = subprocess.run(
            [*self.command, "-p", self.project, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def containers(self) -> dict[str, str]:
        """How each container is doing, by name."""
        label = f"label=com.docker.compose.project={self.project}"
        told = subprocess.run(
            ["docker", "ps", "--filter", label, "--format", "{{.Names}}\t{{.Status}}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return dict(line.split("\t") for line in told.splitlines())

    def is_healthy(self) -> bool:
        """Whether all are: each service twice, gateway, PostgreSQL, RabbitMQ."""
        states = self.containers().values()
        healthy = ["(healthy)" in state for state in states]
        return len(healthy) == 2 * len(SERVICES) + 3 and all(healthy)

    def log_in(self, username: str, password: str) -> Person:
        answer = requests.post(
            f"{self.base}/api/tokens",
            json={"username": username, "password": password},
            timeout=30,
        )
        assert answer.ok, answer.text
        return Person(self.base, answer.json()["token"])


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment file as an office makes it."""
    path = tmp_path_factory.mktemp("secrets") / "env"
    subprocess.run([ROOT / "infra" / "deployment" / "env", path], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def house(secrets: Path) -> Iterator[House]:
    """All containers, healthy, each service twice."""
    command, images = servers.compose_command(), servers.images()
    assert command is not None
    assert images is not None
    port = free_port()
    chosen = images | {"AMNUAY_PORT": str(port), "AMNUAY_IMAGE": "amnuay-tests"}
    with _environment(chosen):
        project = f"amnuay-docker-{os.getpid()}"
        command = f'{command} --env-file "{secrets}"'
        with get_docker_services(
            command, str(ROOT / "docker-compose.yml"), project, [], ["down -v -t 20"]
        ) as services:
            twice = " ".join(f"--scale {name}=2" for name in SERVICES)
            services._docker_compose.execute("build migrate")
            services._docker_compose.execute(f"up -d {twice}")
            house = House(
                command.replace('"', "").split(), dict(os.environ), project, _address(port)
            )
            until(house.is_healthy, "all containers healthy")
            yield house


@contextmanager
def _environment(more: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"
