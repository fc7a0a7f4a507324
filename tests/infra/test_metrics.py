"""How the services stand, as Prometheus is told: read from their databases, so true at any time."""

import pytest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import insert

from infra.database import Database
from infra.eventstore.tables import cursors
from infra.ids import new_id
from infra.metrics import STANDING, Figure, Standing
from tests.harness import Harness
from tests.infra.conftest import LIBRARIAN
from tests.infra.shelf.contract import BuildShelf


def samples(standing: Standing) -> dict[tuple[str, ...], float]:
    """Each sample by metric and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in standing.collect()
        for sample in family.samples
    }


@pytest.fixture
def standing(shelf: Harness) -> Standing:
    standing = Standing()
    standing.watch(
        "shelf", shelf.parts.database, lambda _: [Figure("amnuay_emails", 3, ("waiting",))]
    )
    return standing


def test_a_process_that_has_just_started_tells_how_things_stand(
    standing: Standing, shelf: Harness
) -> None:
    shelf.send(LIBRARIAN, BuildShelf, id=new_id(), name="poetry")
    shelf.relay()
    shelf.send(LIBRARIAN, BuildShelf, id=new_id(), name="prose")
    with shelf.parts.database.begin() as connection:
        connection.execute(
            insert(cursors).values(source="town", position=7, types="{}", catching='{"Seen": 3}')
        )
    assert samples(standing) == {
        ("amnuay_log_position", "shelf"): 1,
        ("amnuay_unpublished", "shelf"): 1,
        ("amnuay_subscription_position", "shelf", "town"): 7,
        ("amnuay_subscription_catching", "shelf", "town"): 1,
        ("amnuay_parked", "shelf", "town"): 0,
        ("amnuay_emails", "shelf", "waiting"): 3,
        ("amnuay_database_up", "shelf"): 1,
    }


def test_of_a_database_that_is_away_it_tells_that_and_no_more(standing: Standing) -> None:
    standing.watch("reader", Database("postgresql://127.0.0.1:1/nothing"))
    found = samples(standing)
    assert found["amnuay_database_up", "reader"] == 0
    assert [name for name in found if "reader" in name] == [("amnuay_database_up", "reader")]
    assert found["amnuay_log_position", "shelf"] == 0
    standing.forget("reader")
    assert not [name for name in samples(standing) if "reader" in name]


def test_every_metric_says_what_it_is_even_where_there_is_nothing_to_tell() -> None:
    families = list(Standing().collect())
    assert {family.name for family in families} == set(STANDING)
    assert all(
        isinstance(family, GaugeMetricFamily) and family.documentation for family in families
    )
