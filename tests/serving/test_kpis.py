"""The rules of KPIs and stocks, on cells small enough to count by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.catalogue import Score, load
from schemas.instant import VIETNAM
from schemas.selection import By, Scope
from serving.figures import UnknownKpiError, left_out
from serving.kpis import kpi_rows
from serving.period import calendar
from tests.serving.cubes import counts

CATALOGUE = load()
JULY = calendar("2022-07")
LATER = datetime(2023, 1, 1, tzinfo=UTC)


def july(day, month=7):
    return date(2022, month, day)


def cell(measure, day, **other):
    return {"measure": measure, "day": day, **other}


def rows(cells, name, now=LATER, period=JULY, catalogue=CATALOGUE, **options):
    return kpi_rows(catalogue, counts(*cells), period, now, names=[name], **options)


def figures(*arguments, **options):
    return [(r.key, r.numerator, r.denominator, r.value) for r in rows(*arguments, **options)]


class TestRatios:
    def test_a_ratio_of_sums_over_the_period(self):
        cells = [cell("dossiers_received", july(d), value=2) for d in (1, 31)]
        cells += [cell("dossiers_received_online", july(31), value=1)]
        cells += [cell("dossiers_received", july(1, 8)), cell("dossiers_received", july(30, 6))]
        assert figures(cells, "online_dossier_rate") == [(None, 1, 4, 0.25)]

    def test_over_nothing_there_is_no_value(self):
        assert figures([], "online_dossier_rate") == [(None, 0, 0, None)]
        assert figures([], "online_dossier_rate", by=By.DAY) == []

    def test_the_public_form(self):
        (row,) = rows([cell("dossiers_received", july(1))], "online_dossier_rate", by=By.MONTH)
        assert row.as_dict() == {
            "kpi": "online_dossier_rate",
            "agency": None,
            "from": "2022-07-01",
            "to": "2022-08-01",
            "numerator": 0,
            "denominator": 1,
            "value": 0.0,
            "month": "2022-07",
        }

    def test_what_must_have_elapsed_counts_from_the_next_day(self):
        cells = [cell("feedback_answered", july(5)), cell("feedback_answered_on_time", july(5))]
        cells += [cell("feedback_unanswered", july(5)), cell("feedback_unanswered", july(20))]
        seventh = datetime(2022, 7, 5, 23, 59, tzinfo=VIETNAM)
        assert figures(cells, "feedback_on_time_rate", now=seventh) == [(None, 1, 1, 1.0)]
        assert figures(cells, "feedback_on_time_rate", now=seventh + timedelta(minutes=1)) == [
            (None, 1, 2, 0.5)
        ]
        assert figures(cells, "feedback_on_time_rate") == [(None, 1, 3, 1 / 3)]


class TestCohorts:
    CELLS = (
        cell("dossiers_received", july(4), value=3),
        cell("dossiers_received", july(1, 8), value=1),
        cell("dossiers_fell_due", july(6), cohort=july(4)),
        cell("dossiers_fell_due", july(1, 8), cohort=july(4)),
        cell("dossiers_fell_due", july(20), cohort=july(28, 6)),
        cell("dossiers_fell_due", july(8), cohort=date(1970, 1, 1)),
    )

    def test_the_cohort_of_the_period_that_fell_due_before_its_end(self):
        assert figures(self.CELLS, "in_time_rate") == [(None, 2, 3, 2 / 3)]

    def test_what_falls_due_on_the_day_of_now_has_not_yet(self):
        assert figures(self.CELLS, "in_time_rate", now=datetime(2022, 7, 6, 9, tzinfo=VIETNAM))[0][1] == 3

    def test_split_by_time_by_when_they_came_in(self):
        summer = calendar("2022-Q3")
        found = figures(self.CELLS, "in_time_rate", period=summer, by=By.MONTH)
        assert found == [("2022-07", 1, 3, 1 / 3), ("2022-08", 1, 1, 1.0)]

    def test_hours_have_no_cohorts(self):
        assert rows(self.CELLS, "in_time_rate", by=By.HOUR) == []
        assert left_out(CATALOGUE, ["in_time_rate", "sync_rate"], july(31), By.HOUR) == ["in_time_rate"]


class TestStocks:
    CELLS = (
        cell("dossiers_opened", july(30, 6), value=5),
        cell("dossiers_opened", july(2), value=2, hour=10),
        cell("dossiers_closed", july(3), value=4, hour=15),
        cell("dossiers_opened", july(1, 8), value=9),
        cell("dossiers_fell_due", july(2), cohort=july(30, 6), value=3, hour=17),
        cell("dossiers_closed_late", july(4), value=1, hour=9),
    )

    def test_all_flows_before_the_end(self):
        assert figures(self.CELLS, "dossiers_pending") == [(None, 3, None, 3)]
        assert figures(self.CELLS, "dossiers_overdue") == [(None, 2, None, 2)]

    def test_all_flows_before_now(self):
        third = datetime(2022, 7, 3, tzinfo=VIETNAM)
        assert figures(self.CELLS, "dossiers_pending", now=third) == [(None, 7, None, 7)]
        assert figures(self.CELLS, "dossiers_overdue", now=third) == [(None, 3, None, 3)]
        assert figures(self.CELLS, "dossiers_overdue", now=third - timedelta(minutes=1)) == [
            (None, 0, None, 0)
        ]

    def test_by_day_the_stock_at_the_end_of_each_day_until_now(self):
        now = datetime(2022, 7, 4, 12, tzinfo=VIETNAM)
        found = [
            (key, level) for key, level, _, _ in figures(self.CELLS, "dossiers_pending", now=now, by=By.DAY)
        ]
        assert found == [("2022-07-01", 5), ("2022-07-02", 7), ("2022-07-03", 3), ("2022-07-04", 3)]

    def test_by_month_the_last_day_counts(self):
        assert figures(self.CELLS, "dossiers_overdue", by=By.MONTH) == [("2022-07", 2, None, 2)]

    def test_by_hour_what_fell_due_enters_with_the_end_of_the_day(self):
        levels = {r.key: r.numerator for r in rows(self.CELLS, "dossiers_overdue", by=By.HOUR)}
        assert len(levels) == 31 * 24
        assert [levels[f"2022-07-02T{h}:00+07:00"] for h in (17, 22, 23)] == [0, 0, 3]
        assert [levels[f"2022-07-04T0{h}:00+07:00"] for h in (8, 9)] == [3, 2]

    def test_by_hour_a_procedure_alone_has_no_levels_as_its_counts_are_by_day(self):
        scope = Scope(only=((By.PROCEDURE, "1.004946"),))
        cells = [cell("dossiers_opened", july(2), hour=10, procedure="1.004946")]
        assert rows(cells, "dossiers_pending", by=By.DAY, scope=scope)[1].numerator == 1
        assert rows(cells, "dossiers_pending", by=By.HOUR, scope=scope) == []
        assert left_out(CATALOGUE, ["dossiers_pending"], july(2), By.HOUR, only=scope.only)

    def test_a_period_to_come_has_the_stock_of_now(self):
        before = datetime(2022, 7, 1, tzinfo=VIETNAM)
        later = calendar("2022-08")
        assert figures(self.CELLS, "dossiers_pending", now=before, period=later) == [(None, 5, None, 5)]
        assert figures(self.CELLS, "dossiers_pending", now=before, period=later, by=By.DAY) == []


class TestScopes:
    CELLS = tuple(
        cell("dossiers_received", july(4), agency=a) for a in ("", "H51", "H51.18", "H51.18.2", "H51.180")
    )

    @pytest.mark.parametrize(
        ("scope", "number"),
        [((), 5), (("H51.18",), 2), (("H51.18", True), 1), (("H51",), 4), (("H5",), 0), (("H51.18.2.1",), 0)],
    )
    def test_an_agency_and_its_subtree(self, scope, number):
        (row,) = rows(self.CELLS, "sync_rate", scope=Scope(*scope))
        assert (row.denominator, row.agency) == (number, scope[0] if scope else None)

    def test_split_by_agency_the_row_names_it(self):
        found = rows(self.CELLS, "sync_rate", by=By.AGENCY, scope=Scope("H51.18"))
        assert [(r.agency, r.as_dict()["agency"]) for r in found] == [("H51.18",) * 2, ("H51.18.2",) * 2]

    def test_without_a_code_the_key_is_null(self):
        first = rows(self.CELLS, "sync_rate", by=By.AGENCY)[0]
        assert (first.key, first.agency) == (None, None)


class TestChoice:
    def test_all_that_hold_and_only_those_that_can_be_split(self):
        every = {r.kpi for r in kpi_rows(CATALOGUE, counts(), JULY, LATER)}
        assert every == {f.name for f in CATALOGUE.figures if not isinstance(f, Score)}
        cells = [
            cell("documents_issued", july(4), kind="report"),
            cell("dossiers_received", july(4), field="f"),
        ]
        assert {r.kpi for r in kpi_rows(CATALOGUE, counts(*cells), JULY, LATER, by=By.KIND)} == {
            "document_signed_rate"
        }

    def test_an_unknown_name_is_told_with_what_is_near(self):
        with pytest.raises(UnknownKpiError, match="did you mean `online_dossier_rate`"):
            rows([], "online_dosier_rate")

    def test_versions(self, tmp_path):
        own = tmp_path / "own.toml"
        text = (
            '[[kpi]]\nname = "sync_rate"\nnumerator = "dossiers_digitised"\n'
            'denominator = "dossiers_received"\nvi = "x"\nen = "x"\n'
            "valid_from = 2022-07-31\nvalid_to = 2022-08-31\n"
        )
        own.write_text(text.replace("sync_rate", "new_rate") + text)
        catalogue = load(own)
        cells = [cell("dossiers_received", july(31), value=4), cell("dossiers_synced", july(31))]
        first = rows(cells, "sync_rate@2000-01-01", catalogue=catalogue)
        assert [(r.kpi, r.numerator) for r in first] == [("sync_rate@2000-01-01", 1)]
        assert rows(cells, "new_rate", catalogue=catalogue)[0].denominator == 4
        with pytest.raises(UnknownKpiError, match="does not hold on 2022-06-30"):
            rows(cells, "new_rate", catalogue=catalogue, period=calendar("2022-06"))
        assert rows(cells, "sync_rate", catalogue=catalogue)[0].numerator == 0
