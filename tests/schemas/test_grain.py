"""A question is parted among the cubes: every selected hour is read once, from the coarsest that fits."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.grain import Grain, parted
from schemas.instant import VIETNAM
from schemas.selection import By, Days, Hours, Scope, Selection

FIRST, HOURS = datetime(2025, 12, 20, tzinfo=VIETNAM), 24 * 90
DAYS = st.none() | st.dates(date(2025, 12, 15), date(2026, 4, 5))
MOMENTS = st.integers(-24, HOURS + 24).map(lambda n: FIRST + timedelta(hours=n))
SELECTIONS = st.builds(
    Selection,
    st.tuples(DAYS, DAYS).map(lambda pair: Days(*pair)),
    by=st.sampled_from([None, *By]),
    hours=st.none() | st.tuples(MOMENTS, MOMENTS).map(lambda pair: Hours(*pair)),
).filter(lambda each: each.hourly or not each.hours)


def selected(selection: Selection, hour: datetime) -> bool:
    (start, end), hours = selection.days, selection.hours
    within = (not start or start <= hour.date()) and (not end or hour.date() < end)
    return within and (not hours or hours.start <= hour < hours.end)


def bucket(grain: Grain, hour: datetime) -> datetime:
    """Where the cube has it."""
    if grain is Grain.HOURLY:
        return hour
    return hour.replace(hour=0, day=1 if grain is Grain.MONTHLY else hour.day)


@given(SELECTIONS, st.booleans())
def test_every_selected_hour_is_read_once(selection: Selection, by_month: bool) -> None:
    legs = list(parted(selection, by_month=by_month))
    for hour in (FIRST + timedelta(hours=n) for n in range(HOURS)):
        readers = [grain for grain, leg in legs if selected(leg, bucket(grain, hour))]
        assert len(readers) == selected(selection, hour), (hour, readers)


@given(SELECTIONS)
def test_no_cube_is_asked_what_it_cannot_tell(selection: Selection) -> None:
    for grain, leg in parted(selection):
        assert replace(leg, days=selection.days, hours=selection.hours) == selection
        assert grain is not Grain.MONTHLY or selection.by not in (By.DAY, By.HOUR)
        assert grain is Grain.HOURLY or selection.by is not By.HOUR or not selection.hourly
        assert (grain is Grain.DAILY) == (not selection.hourly)


def test_the_coarsest_that_fits() -> None:
    year = Selection(Days(date(2025, 12, 30), date(2026, 3, 2)))
    assert [(grain, leg.days) for grain, leg in parted(year)] == [
        (Grain.MONTHLY, Days(date(2026, 1, 1), date(2026, 3, 1))),
        (Grain.AGENCY_DAILY, Days(date(2025, 12, 30), date(2026, 1, 1))),
        (Grain.AGENCY_DAILY, Days(date(2026, 3, 1), date(2026, 3, 2))),
    ]
    assert [grain for grain, _ in parted(year, by_month=False)] == [Grain.AGENCY_DAILY]
    narrow = replace(year, scope=Scope(only=((By.PROCEDURE, "1.004946"),)))
    assert [grain for grain, _ in parted(narrow)] == [Grain.DAILY]
