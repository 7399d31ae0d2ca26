"""Which target is given: the agency's own, else its level's."""

from datetime import date
from pathlib import Path

import pytest

from schemas.reference.check import mistakes
from schemas.reference.tables import gather
from schemas.reference.target import Targets
from schemas.reference.value import as_number
from tests.reference.tables import CATALOGUE


@pytest.fixture(scope="module")
def targets():
    reference, wrong = gather(map(Path, ("provinces", "nga_nam", "calendar")))
    assert wrong + mistakes(reference, CATALOGUE) == []
    return Targets(reference.targets, reference.tree)


@pytest.mark.parametrize(
    ("kpi", "agency", "day", "value"),
    [
        ("on_time_rate", "H51.18", date(2022, 7, 1), 0.995),
        ("on_time_rate", "H51.18.01", date(2022, 7, 1), None),  # not handed down
        ("on_time_rate", "H51.18", date(2023, 7, 1), None),
        ("online_dossier_rate", "H51.18", date(2022, 9, 1), 0.9),
        ("online_dossier_rate", "H51.18.01", date(2022, 9, 1), 0.7),
        ("online_dossier_rate", "H13.NN.01", date(2026, 1, 1), 0.7),
        ("online_dossier_rate", "unknown", date(2022, 9, 1), None),
        ("dossiers_pending", "H51.18", date(2022, 9, 1), None),
    ],
)
def test_the_most_specific_wins(targets, kpi, agency, day, value):
    assert targets.given(kpi, agency, day) == value


@pytest.mark.parametrize("percent", [0, 7, 9, 500, 994, 999, 1000])
def test_a_percentage_is_the_same_number_as_the_ratio_that_reaches_it(percent):
    assert as_number(f"{percent // 10},{percent % 10} %") == percent / 1000
