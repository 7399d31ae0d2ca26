"""The oracle's KPIs and stocks, on cases small enough to count by hand."""

import json
from datetime import UTC, date, datetime

import pytest

from tests.oracle import oracle
from tests.oracle_more import AMOUNTS, OFFERED
from tests.oracle_rules import KPIS, STOCKS
from tests.small_events import due, event

START, END = date(2022, 7, 1), date(2022, 8, 1)
LATER = datetime(2023, 1, 1, tzinfo=UTC)


def row(events, kpi, start=START, end=END, now=LATER, **options):
    (only,) = rows(events, kpi, start, end, now, **options)
    return only["numerator"], only["denominator"]


def rows(events, kpi, start=START, end=END, now=LATER, **options):
    return [r for r in oracle(events, start, end, now, **options) if r["kpi"] == kpi]


class TestRatios:
    def test_on_time_compares_local_dates(self):
        events = [
            event("dossier.received", "same", "07-01", due_at="2022-07-04T08:00:00+07:00"),
            event("dossier.ended", "same", "2022-07-04T23:30:00+07:00"),
            event("dossier.received", "next", "07-01", due_at="2022-07-04T08:00:00+07:00"),
            event("dossier.ended", "next", "2022-07-04T17:00:01Z"),  # 5 July, 00:00:01 in Vietnam
            event("dossier.ended", "undue", "07-04"),
        ]
        assert row(events, "on_time_rate") == (2, 3)
        assert row(events, "apology_rate") == (0, 1)
        assert row([*events, event("dossier.apologised", "next", "07-06")], "apology_rate") == (1, 1)

    def test_a_period_is_half_open_in_local_time(self):
        events = [
            event("dossier.received", "in", "2022-06-30T17:00:00Z", channel="online"),
            event("dossier.received", "out", "2022-07-31T17:00:00Z", channel="online"),
        ]
        assert row(events, "online_dossier_rate") == (1, 1)

    def test_in_time_counts_what_is_not_yet_due(self):
        events = [
            event("dossier.received", "pending", "07-01", due_at=due("07-20")),
            event("dossier.received", "good", "07-01", due_at=due("07-05")),
            event("dossier.ended", "good", "07-05"),
            event("dossier.received", "bad", "07-01", due_at=due("07-05")),
            event("dossier.ended", "bad", "07-06"),
            event("dossier.received", "free", "07-01"),
        ]
        assert row(events, "in_time_rate", now=datetime(2022, 7, 20, 12, tzinfo=UTC)) == (3, 4)
        assert row(events, "in_time_rate", now=datetime(2022, 7, 20, 17, tzinfo=UTC)) == (2, 4)
        assert row(events, "in_time_rate") == (2, 4)
        assert row(events, "in_time_rate", end=date(2022, 7, 6)) == (3, 4)
        assert row(events, "in_time_rate", end=date(2022, 7, 5)) == (4, 4)

    def test_fees_and_levels_count_among_their_own(self):
        events = [
            event("dossier.received", "a", fee_due=True, service_level="full", channel="online"),
            event("dossier.fee_paid", "a", "07-05", paid_channel="gateway"),
            event("dossier.received", "b", fee_due=True, service_level="full"),
            event("dossier.fee_paid", "b", "07-05", paid_channel="cash"),
            event("dossier.received", "c", service_level="partial", channel="online"),
            event("dossier.fee_paid", "c", "07-05", paid_channel="portal"),
        ]
        assert row(events, "online_payment_rate") == (1, 2)
        assert row(events, "full_process_use_rate") == (1, 2)
        assert row(events, "full_process_dossier_rate") == (1, 3)
        assert row(events, "online_dossier_rate") == (2, 3)

    def test_verdicts_and_results(self):
        events = [
            event("dossier.ended", "a", outcome="granted", result_file=True),
            event("dossier.rated", "a", "07-09", satisfied=True),
            event("dossier.ended", "b", outcome="granted"),
            event("dossier.rated", "b", "07-09", satisfied=False),
            event("dossier.ended", "c", outcome="returned", result_file=True),
        ]
        assert row(events, "satisfaction_rate") == (1, 2)
        assert row(events, "digitised_result_rate") == (1, 2)
        assert row(events, "returned_rate") == (1, 3)

    def test_documents(self):
        events = [
            event("document.issued", "a", kind="report", form="both"),
            event("document.signed", "a", "07-05", by="person"),
            event("document.issued", "b", kind="other", form="electronic"),
            event("document.issued", "c", kind="report", form="paper"),
            event("document.issued", "d", kind="report", form="electronic"),
            event("document.recalled", "d", "07-05"),
        ]
        assert row(events, "document_signed_rate") == (1, 2)
        assert row(events, "signed_report_rate") == (1, 1)

    def test_feedback_and_tasks(self):
        events = [
            event("feedback.received", "a", due_at=due("07-20")),
            event("feedback.answered", "a", "2022-07-20T17:00:00+07:00"),
            event("feedback.rated", "a", "07-21", satisfied=True),
            event("feedback.received", "b", due_at=due("07-20")),
            event("feedback.answered", "b", "2022-07-20T17:00:01+07:00"),
            event("feedback.received", "c", due_at=due("07-25")),
            event("task.assigned", "t1", kind="plan"),
            event("task.assigned", "t2", kind="plan"),
            event("task.done", "t2", "07-05"),
        ]
        assert row(events, "feedback_on_time_rate") == (1, 3)
        assert row(events, "feedback_on_time_rate", now=datetime(2022, 7, 25, 12, tzinfo=UTC)) == (1, 2)
        assert row(events, "feedback_satisfaction_rate") == (1, 1)
        assert row(events, "task_done_rate") == (1, 2)

    def test_nothing_counted_has_no_value(self):
        found = oracle([], START, END, LATER)
        assert {r["kpi"] for r in found} >= {*KPIS, *STOCKS, *AMOUNTS, *OFFERED}
        assert all(r["value"] is None for r in found if r["kpi"] in KPIS)

    def test_voided_leaves_every_count_and_may_come_first(self):
        events = [event("dossier.voided", at="07-02"), event("dossier.received", at="07-01")]
        assert row(events, "online_dossier_rate") == (0, 0)
        assert row(events, "dossiers_pending") == (0, None)


class TestStocks:
    EVENTS = (
        event("dossier.received", "open", "07-01", due_at=due("07-10")),
        event("dossier.received", "late", "07-01", due_at=due("07-10")),
        event("dossier.ended", "late", "07-15"),
        event("dossier.received", "future", "07-20", due_at=due("07-30")),
        event("dossier.submitted", "unaccepted", "07-01"),
    )

    @pytest.mark.parametrize(
        ("end", "pending", "overdue"),
        [
            (date(2022, 7, 1), 0, 0),
            (date(2022, 7, 2), 2, 0),
            (date(2022, 7, 10), 2, 0),
            (date(2022, 7, 11), 2, 2),
            (date(2022, 7, 15), 2, 2),
            (date(2022, 7, 16), 1, 1),
            (date(2022, 7, 21), 2, 1),
            (date(2022, 8, 1), 2, 2),
        ],
    )
    def test_as_of_the_end(self, end, pending, overdue):
        assert row(self.EVENTS, "dossiers_pending", end=end) == (pending, None)
        assert row(self.EVENTS, "dossiers_overdue", end=end) == (overdue, None)

    def test_as_of_now_when_that_is_earlier(self):
        now = datetime(2022, 7, 12, tzinfo=UTC)
        assert row(self.EVENTS, "dossiers_overdue", now=now) == (2, None)


class TestGroups:
    EVENTS = (
        event("dossier.received", "a", "07-01", agency="H51.18", channel="online", procedure="p"),
        event("dossier.received", "b", "07-02", agency="H51.18.01", channel="postal", procedure="p"),
        event("dossier.received", "c", "07-02", agency="H51.180", channel="online", procedure="q"),
        event("dossier.received", "d", "07-02", channel="online"),
        event("document.issued", "v", "07-02", agency="H51.18", form="both", kind="other"),
    )

    def test_a_subtree_ends_at_the_dot(self):
        assert row(self.EVENTS, "online_dossier_rate") == (3, 4)
        assert row(self.EVENTS, "online_dossier_rate", agency="H51.18") == (1, 2)
        assert row(self.EVENTS, "online_dossier_rate", agency="H51.18", self_only=True) == (1, 1)

    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("agency", {"H51.18": (1, 1), "H51.18.01": (0, 1), "H51.180": (1, 1), None: (1, 1)}),
            ("procedure", {"p": (1, 2), "q": (1, 1), None: (1, 1)}),
            ("day", {"2022-07-01": (1, 1), "2022-07-02": (2, 3)}),
            ("month", {"2022-07": (3, 4)}),
            ("hour", {"2022-07-01T08:00+07:00": (1, 1), "2022-07-02T08:00+07:00": (2, 3)}),
            ("kind", {}),
        ],
    )
    def test_by(self, by, expected):
        found = rows(self.EVENTS, "online_dossier_rate", by=by)
        assert {r[by]: (r["numerator"], r["denominator"]) for r in found} == expected

    def test_only_what_has_the_column_is_grouped(self):
        assert [r["kind"] for r in rows(self.EVENTS, "document_signed_rate", by="kind")] == ["other"]
        assert rows(self.EVENTS, "document_signed_rate", by="procedure") == []
        assert {r["agency"]: r["value"] for r in rows(self.EVENTS, "dossiers_pending", by="agency")} == {
            **dict.fromkeys(("H51.18", "H51.18.01", "H51.180", None), 1)
        }
        levels = {r["day"]: r["value"] for r in rows(self.EVENTS, "dossiers_pending", by="day")}
        assert (levels["2022-07-01"], levels["2022-07-02"], levels["2022-07-03"]) == (1, 4, 4)

    def test_an_unknown_column_is_an_error(self):
        with pytest.raises(ValueError, match="by='colour'"):
            oracle([], START, END, LATER, by="colour")


def test_reads_lines_and_gives_plain_rows():
    lines = [json.dumps(e) for e in TestGroups.EVENTS]
    found = oracle([*lines, "", lines[0].encode()], START, END, LATER, agency="H51.18")
    assert found[2] == {
        "kpi": "online_dossier_rate",
        "agency": "H51.18",
        "from": "2022-07-01",
        "to": "2022-08-01",
        "numerator": 1,
        "denominator": 2,
        "value": 0.5,
    }
