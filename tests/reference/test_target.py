"""Which target is given: the agency's own, else its level's."""

from datetime import date
from pathlib import Path

import pytest

from schemas.reference.check import mistakes
from schemas.reference.tables import gather
from schemas.reference.target import Targets
from schemas.reference.value import as_number
from schemas.selection import By
from serving.period import calendar
from serving.reference import targets_of
from serving.row import Row
from tests.reference.tables import CATALOGUE, good


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


@pytest.mark.parametrize(
    ("agencies", "by", "value"),
    [
        ("P1,Tỉnh,province,,2022-09-01\nP1.D,Sở,department,P1,2022-09-01", None, 0.9),
        ("P1,Tỉnh,province,,2022-09-01\nP1.D,Sở,department,P1,2022-09-01", By.MONTH, 0.9),
        ("P1,Tỉnh,province,,2022-09-01\nP1.D,Sở,department,P1,2022-09-01", By.AGENCY, None),
        ("P1,Tỉnh,province,,2022-09-01\nP2,Tỉnh,province,,2022-09-01", None, None),
    ],
)
def test_what_is_about_all_has_the_target_of_the_only_province(tmp_path, agencies, by, value):
    tables = {"agencies": f"code,name,level,parent,valid_from\n{agencies}\n"}
    tables["targets"] = "kpi,agency,value\nonline_dossier_rate,P1,90 %\n"
    given = targets_of(good(tmp_path, **tables))
    row = Row(
        "online_dossier_rate", None, calendar("2022-09"), 1, 2, 0.5, by, "2022-09" if by is By.MONTH else None
    )
    assert given(row) == value
