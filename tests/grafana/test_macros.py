"""The port of the data source's macros, on the examples of its own tests and on its edges."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.grafana.brackets import MacroError
from tests.grafana.screen import Screen

START = datetime(2014, 11, 12, 11, 45, 26, 371000, tzinfo=UTC)
END = datetime(2015, 11, 12, 11, 45, 26, 371000, tzinfo=UTC)
SCREEN = Screen(
    START, END, {"agency": "H51.18", "many": ["a", "b'c"], "none": "", "all": "$__all"}, {"all": ["x"]}
)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$__timeFilter(col)", "col >= toDateTime(1415792726) AND col <= toDateTime(1447328726)"),
        (
            "$__timeFilter_ms(col)",
            "col >= fromUnixTimestamp64Milli(1415792726371) "
            "AND col <= fromUnixTimestamp64Milli(1447328726371)",
        ),
        ("$__dateFilter(d)", "d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')"),
        (
            "$__dt(d, t)",
            "(d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')) "
            "AND (t >= toDateTime(1415792726) AND t <= toDateTime(1447328726))",
        ),
        ("$__timeFrom(c)", "c >= toDateTime(1415792726)"),
        ("$__timeTo(c)", "c <= toDateTime(1447328726)"),
        ("$__fromTime, $__toTime", "toDateTime(1415792726), toDateTime(1447328726)"),
        ("$__fromTime()", "toDateTime(1415792726)"),
        ("$__timeInterval(c)", "toStartOfInterval(toDateTime(c), INTERVAL 60 second)"),
        ("$__timeInterval_ms(c)", "toStartOfInterval(toDateTime64(c, 3), INTERVAL 60000 millisecond)"),
        ("$__timeGroup(c, '5m')", "toStartOfInterval(toDateTime(c), INTERVAL 300 second)"),
        ("$__interval_s", "60"),
        ("$__unknown(c)", "$__unknown(c)"),
        (
            "toDate($__timeInterval(f(a, b)))",
            "toDate(toStartOfInterval(toDateTime(f(a, b)), INTERVAL 60 second))",
        ),
        ("'$agency'", "'H51.18'"),
        ("${agency:sqlstring}", "'H51.18'"),
        ("${many:sqlstring}", "'a','b''c'"),
        ("${many:singlequote}", "'a','b\\'c'"),
        ("$many", "'a','b'c'"),
        ("${all:sqlstring}", "'x'"),
        ("$other", "$other"),
        ("$__conditionalAll(a = '$agency', $agency)", "a = 'H51.18'"),
        ("$__conditionalAll(f(a, (b)) AND c, $none)", "1=1"),
        ("$__conditionalAll(a IN ($all), $all) x", "1=1 x"),
        ("$__conditionalAll(f(a), $all) AND $__conditionalAll(f(b), $agency)", "1=1 AND f(b)"),
    ],
)
def test_expansion(text: str, expanded: str) -> None:
    assert SCREEN.sql(text) == expanded


def test_commas_in_the_browser_macro_split_even_in_quotes() -> None:
    """Its third argument makes the data source leave the macro as it is; so does the port."""
    text = "$__conditionalAll(a = ',', $agency)"
    assert SCREEN.sql(text) == "$__conditionalAll(a = ',', H51.18)"


@pytest.mark.parametrize("text", ["$__timeFilter()", "$__dt(a)", "$__timeGroup(a, 0s)", "$__timeFilter(a"])
def test_wrong_use(text: str) -> None:
    with pytest.raises(MacroError):
        SCREEN.sql(text)


def test_intervals_are_at_least_one() -> None:
    quick = Screen(START, END, interval=timedelta(0))
    assert quick.sql("$__interval_s $__interval_ms") == "1 1"


def test_the_date_macro_is_a_day_off_in_vietnam() -> None:
    """Why our SQL takes the day of `$__fromTime` in the zone: midnight there is the day before in UTC."""
    midnight = datetime.fromisoformat("2022-07-01T00:00:00+07:00")
    assert "2022-06-30" in Screen(midnight, midnight).sql("$__dateFilter(day)")
