"""The sample's letters that go out happen in office hours, after what they follow from, and before now."""

from datetime import datetime
from typing import Any

import pytest

from amnuay.sample import circulars, office_hours, people
from infra.clock import BANGKOK
from tests.sample.test_plots import NOWS


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_nothing_happens_after_now_or_out_of_hours(now: datetime) -> None:
    schools = [str(number) for number, _school in enumerate(people.schools())]
    nobody: Any = None  # they are asked only when an act is carried out
    acts = list(circulars.acts(nobody, now, nobody, schools))
    assert len(acts) > circulars.REGISTERED
    for at, source, _act in acts:
        local = at.astimezone(BANGKOK)
        assert at <= now
        assert office_hours.is_open(local.date())
        assert local.time() >= office_hours.OPENS
        assert local.hour < 17  # an e-mail may come after the office closed
        assert source in ("personnel", "correspondence")
