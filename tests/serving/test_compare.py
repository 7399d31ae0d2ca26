"""Comparison and ranking: changes, targets, ties, movement, and agencies with too little to be ranked."""

from datetime import UTC, date, datetime

import pytest

from schemas.catalogue import load
from schemas.selection import By
from serving.answer import Asked, answer
from serving.compare import Against
from serving.figures import UnknownKpiError
from serving.period import Period
from serving.span import Span, named
from serving.tables import render
from tests.serving.cubes import counts

CATALOGUE = load()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ["kpi", "agency", "from", "to", "numerator", "denominator", "value"]


def received(agency, total, online, month=8):
    day = date(2022, month, 4)
    yield {"measure": "dossiers_received", "day": day, "agency": agency, "value": total}
    yield {"measure": "dossiers_received_online", "day": day, "agency": agency, "value": online}


def cells(*agencies):
    return counts(*(cell for agency in agencies for cell in received(*agency)))


def ask(store, *, name="online_dossier_rate", by=None, text="2022-08", **options):
    asked = Asked(named(text), NOW, by=by, names=(name,))
    return answer(CATALOGUE, store, asked, **options)


def test_nothing_more_than_asked_for():
    (row,) = ask(cells(("H51", 4, 3)))
    assert list(row.as_dict()) == KEYS


def test_the_period_before_and_the_change():
    store = cells(("H51", 4, 3), ("H51", 2, 1, 7))
    (row,) = ask(store, against=[Against.PREVIOUS])
    assert row.as_dict() == {
        **dict(zip(KEYS, ["online_dossier_rate", None, "2022-08-01", "2022-09-01", 3, 4, 0.75], strict=True)),
        "previous_numerator": 1,
        "previous_denominator": 2,
        "previous_value": 0.5,
        "change": 0.25,
    }


def test_without_a_value_there_is_no_change():
    (row,) = ask(cells(("H51", 4, 3)), against=[Against.PREVIOUS])
    made = row.as_dict()
    assert (made["previous_denominator"], made["previous_value"], made["change"]) == (0, None, None)


def test_the_target_and_the_gap():
    (row,) = ask(cells(("H51", 4, 1)), against=[Against.TARGET])
    assert [row.as_dict()[k] for k in ("target", "gap", "on_target")] == [0.5, -0.25, False]
    (row,) = ask(cells(("H51", 4, 2)), against=[Against.TARGET], targets=lambda _: 0.25)
    assert [row.as_dict()[k] for k in ("target", "gap", "on_target")] == [0.25, 0.25, True]
    (row,) = ask(cells(), against=[Against.TARGET])
    assert [row.as_dict()[k] for k in ("gap", "on_target")] == [None, None]


def test_where_less_is_better_a_target_is_a_ceiling():
    day = date(2022, 8, 4)
    store = counts(
        {"measure": "dossiers_ended", "day": day, "value": 10}, {"measure": "dossiers_returned", "day": day}
    )
    (row,) = ask(store, name="returned_rate", against=[Against.TARGET], targets=lambda _: 0.05)
    assert row.on_target is False


def test_ranks_ties_movement_and_those_with_too_little():
    store = cells(
        *(("H51.1", 100, 80), ("H51.2", 50, 45), ("H51.3", 40, 32), ("H51.4", 100, 10), ("H51.5", 3, 3)),
        *(("H51.1", 100, 90, 7), ("H51.2", 50, 10, 7), ("H51.4", 100, 50, 7)),
    )
    found = [(r.row.key, r.rank, r.previous_rank, r.movement) for r in ask(store, by=By.AGENCY, minimum=30)]
    assert found == [
        ("H51.2", 1, 3, 2),
        ("H51.1", 2, 1, -1),
        ("H51.3", 2, None, None),
        ("H51.4", 4, 2, -2),
        ("H51.5", None, None, None),
    ]


def test_a_rank_before_counts_those_that_have_none_now():
    store = cells(("H51.2", 50, 45), ("H51.1", 100, 90, 7), ("H51.2", 50, 10, 7))
    (found,) = ask(store, by=By.AGENCY, minimum=30)
    assert (found.rank, found.previous_rank, found.movement) == (1, 2, 1)


def test_a_stock_that_was_nothing_has_risen_from_nought():
    store = counts({"measure": "dossiers_opened", "day": date(2022, 8, 4), "value": 3})
    (row,) = ask(store, name="dossiers_pending", by=By.AGENCY, against=[Against.PREVIOUS])
    assert (row.as_dict()["previous_value"], row.change) == (0, 3)


def test_a_stock_of_which_nothing_is_left_has_fallen_to_nought_and_is_ranked():
    store = counts(
        {"measure": "dossiers_opened", "day": date(2022, 7, 4), "agency": "A"},
        {"measure": "dossiers_closed", "day": date(2022, 8, 4), "agency": "A"},
        {"measure": "dossiers_opened", "day": date(2022, 7, 4), "agency": "B", "value": 2},
    )
    found = ask(store, name="dossiers_pending", by=By.AGENCY, minimum=30, against=[Against.PREVIOUS])
    assert [(r.row.key, r.row.value, r.compared.change, r.rank) for r in found] == [
        ("A", 0, -1, 1),
        ("B", 2, 0, 2),
    ]
    assert found[0].row.period == named("2022-08").period


def test_only_one_figure_can_be_ranked():
    with pytest.raises(UnknownKpiError, match="rank by one"):
        ask(cells(), name="decision_766_score.*", by=By.AGENCY, minimum=1)


@pytest.mark.parametrize(
    ("by", "days"),
    [
        (None, [date(2022, 8, 14)]),
        (By.MONTH, [date(2022, 7, 31), date(2022, 8, 14)]),
        (By.DAY, [date(2022, 7, 4), date(2022, 8, 4)]),
        (By.HOUR, [date(2022, 7, 4), date(2022, 8, 4)]),
    ],
)
def test_a_part_of_a_period_is_held_against_the_target_of_its_own_last_day(by, days):
    span = Span(Period(date(2022, 7, 1), date(2022, 8, 15)), Period(date(2022, 5, 17), date(2022, 7, 1)))
    asked = Asked(span, NOW, by=by, names=("online_dossier_rate",))
    targets = {day: 0.1 * number for number, day in enumerate(days)}
    rows = answer(
        *(CATALOGUE, cells(("H51", 4, 3, 7), ("H51", 4, 3, 8)), asked),
        against=[Against.TARGET],
        targets=lambda row: targets.get(row.last_day),
    )
    assert [row.target for row in rows] == list(targets.values())


def test_where_nothing_is_given_the_target_is_that_of_the_catalogue_in_any_version():
    (row,) = ask(
        cells(), name="online_dossier_rate@2000-01-01", against=[Against.TARGET], targets=lambda _: None
    )
    assert row.target == 0.5


def test_where_less_is_better_the_least_is_first():
    day = date(2022, 8, 4)
    store = counts(
        *({"measure": "dossiers_ended", "day": day, "agency": a, "value": 10} for a in ("A", "B")),
        {"measure": "dossiers_returned", "day": day, "agency": "A"},
    )
    found = ask(store, name="returned_rate", by=By.AGENCY, minimum=1)
    assert [(r.row.key, r.rank) for r in found] == [("B", 1), ("A", 2)]


def test_agencies_added_up_to_a_level():
    store = cells(("H51.1", 10, 0), ("H51.1.7", 30, 30), ("H51.2", 40, 20))
    found = ask(store, by=By.AGENCY, minimum=1, above=lambda code: code[:5])
    assert [(r.row.agency, r.row.numerator, r.row.denominator, r.rank) for r in found] == [
        ("H51.1", 30, 40, 1),
        ("H51.2", 20, 40, 2),
    ]


@pytest.mark.parametrize("form", ["json", "csv"])
def test_programs_get_the_columns_too(form):
    text = render(ask(cells(("H51.1", 100, 80)), by=By.AGENCY, minimum=30), form, CATALOGUE)
    assert all(name in text for name in ("rank", "previous_rank", "movement"))


def test_people_get_points_and_arrows():
    store = cells(("H51.1", 100, 80), ("H51.2", 100, 40), ("H51.1", 100, 30, 7), ("H51.2", 100, 60, 7))
    both = [Against.PREVIOUS, Against.TARGET]
    text = render(ask(store, by=By.AGENCY, minimum=30, against=both), "table", CATALOGUE)
    assert all(part in text for part in ("+50,00 đ%", "-20,00 đ%", "▲ 1", "▼ 1", "Kỳ trước", "50,00 %"))
