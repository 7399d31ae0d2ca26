"""The checks of reference data as a whole: every mistake by file, row and column."""

import pytest

from tests.reference.tables import AGENCIES, SUCCESSORS, good, read

HEAD = "code,name,level,parent,valid_from,valid_to\n"


def test_good_data_has_no_mistakes(tmp_path):
    assert good(tmp_path, agencies=AGENCIES, successors=SUCCESSORS).agencies


@pytest.mark.parametrize(
    ("rows", "row", "column", "vi"),
    [
        ("H1,a,province,,,\nH1.1,b,commune,H9,,\n", 3, "parent", "không có cơ quan “H9”"),
        ("H1,a,province,,,\nH1.1,b,branch,H1.2,,\nH1.2,c,branch,H1.1,,\n", 3, "parent", "vòng lặp"),
        ("H1,a,province,,,\nH1.1,b,branch,H1.1,,\n", 3, "parent", "vòng lặp"),
        ("H1,a,province,,,2024-01-02\nH1,b,province,,2024-01-01,\n", 3, "", "trùng thời gian"),
        ("H1,a,province,,2024-01-01,\nH1.1,b,commune,H1,,\n", 3, "parent", "01/01/1970"),
        ("H1,a,province,,,\nH1.1,b,district,H1,,\n", 3, "valid_to", "30/06/2025"),
        ("H1,a,province,,,\nH2,b,province,H1,,\n", 3, "parent", "cấp tỉnh không có cấp trên"),
        ("H1,a,commune,,,\n", 2, "parent", "cấp tỉnh không có cấp trên"),
        (
            "H1,a,province,,,\nH1.1,b,commune,H1,,\nH1.2,c,department,H1.1,,\n",
            4,
            "level",
            "không thể nằm dưới",
        ),
        ("H1,a,province,,,2024-01-01\n", 2, "valid_to", "không có dòng kế thừa"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value and "\n" not in value else None,
)
def test_the_tree(tmp_path, rows, row, column, vi):
    _, wrong = read(tmp_path, agencies=HEAD + rows)
    assert [(m.place.file, m.place.row, m.column) for m in wrong if vi in m.vi] == [
        ("agencies.csv", row, column)
    ] or (vi == "vòng lặp" and [m.place.row for m in wrong if vi in m.vi] == [3, 4])


def test_a_row_that_outlives_its_parent_says_where_to_split(tmp_path):
    agencies = AGENCIES.replace("P1.D.A,Xã A,commune,P1.D,,2025-07-01", "P1.D.A,Xã A,commune,P1.D,,")
    _, wrong = read(tmp_path, agencies=agencies, successors=SUCCESSORS)
    assert any("tách dòng tại ngày đó" in m.vi and "01/07/2025" in m.vi for m in wrong)


@pytest.mark.parametrize(
    ("line", "changed", "column", "vi"),
    [
        ("P1.D,P2.K,0.4", "P1.D,P2.K,0.3", "share", "cộng lại được 0.9"),
        ("P1.D.A,P2.N,1", "P1.D.A,P9,1", "successor", "không có cơ quan “P9”"),
        ("P1.D.A,P2.N,1", "P9,P2.N,1\nP1.D.A,P2.N,1", "code", "không có cơ quan “P9”"),
        ("P1.D.A,P2.N,1", "P1.D.A,P1.D.B,1", "successor", "không có hiệu lực ngày 01/07/2025"),
        ("P1.D.A,P2.N,1", "P1.D.A,P2.N,1\nP2.K,P2.N,1", "code", "còn hiệu lực"),
        ("P1.D.A,P2.N,1", "P1.D.A,P2.N,0.5\nP1.D.A,P2.N,0.5", "", "trùng"),
        ("P1.D.A,P2.N,1", "P1.D.A,P2.N,2", "share", "không hợp lệ"),
    ],
)
def test_successors(tmp_path, line, changed, column, vi):
    _, wrong = read(tmp_path, agencies=AGENCIES, successors=SUCCESSORS.replace(line, changed))
    assert any(m.place.file == "successors.csv" and m.column == column and vi in m.vi for m in wrong), wrong


def test_a_code_with_successors_does_not_come_back(tmp_path):
    again = AGENCIES + "P1.D.A,Xã A lại,commune,P2,2026-01-01,2027-01-01\n"
    _, wrong = read(tmp_path, agencies=again, successors=SUCCESSORS)
    assert any("dùng mã mới" in m.vi for m in wrong)


TARGETS = "kpi,level,agency,value,valid_from,valid_to\n"


@pytest.mark.parametrize(
    ("rows", "row", "column", "vi"),
    [
        ("online_dosier_rate,xã,,70 %,,\n", 2, "kpi", "online_dossier_rate"),
        ("online_dossier_rate,,P9,70 %,,\n", 2, "agency", "không có cơ quan"),
        (
            "online_dossier_rate,,P2.N,70 %,2024-01-01,2025-01-01\n",
            2,
            "agency",
            "không tồn tại trong thời gian",
        ),
        ("online_dossier_rate,xã,P2,70 %,,\n", 2, "agency", "không cả hai"),
        ("online_dossier_rate,,,70 %,,\n", 2, "agency", "không cả hai"),
        ("online_dossier_rate,xã,,70,,\n", 2, "value", "lớn hơn 1"),
        ("online_dossier_rate,xã,,-1,,\n", 2, "value", "không phải là số"),
        (
            "on_time_rate,xã,,0.9,,2025-02-01\non_time_rate,commune,,95 %,2025-01-01,\n",
            3,
            "",
            "trùng thời gian",
        ),
    ],
)
def test_targets(tmp_path, rows, row, column, vi):
    _, wrong = read(tmp_path, agencies=AGENCIES, successors=SUCCESSORS, targets=TARGETS + rows)
    assert [(m.place.row, m.column) for m in wrong if vi in m.vi] == [(row, column)]


def test_a_stock_may_have_any_target(tmp_path):
    good(tmp_path, agencies=AGENCIES, successors=SUCCESSORS, targets=TARGETS + "dossiers_pending,xã,,200,,\n")


@pytest.mark.parametrize(
    ("tables", "column", "vi"),
    [
        ({"calendar": "day,kind\n2025-09-02,off\n02/09/2025,nghỉ\n"}, "", "trùng"),
        ({"calendar": "day,kind\n2025-09-01,makeup\n"}, "", "không phải thứ bảy"),
        ({"hours": "opens,closes\n07:00,11:30\n11:00,17:00\n"}, "opens", "trùng giờ"),
        ({"hours": "opens,closes\n11:30,07:00\n"}, "", "trước giờ đóng cửa"),
        ({"hours": "opens,closes\n07:00,11:30\n7h,12h\n"}, "", "trùng"),
        ({"procedures": "code,name\n1.004946,a\n1.004946,b\n"}, "", "trùng"),
        ({"procedures": "code,name,online_duration\n1.004946,a,3\n"}, "", "thiếu thời hạn"),
    ],
)
def test_other_tables(tmp_path, tables, column, vi):
    _, wrong = read(tmp_path, **tables)
    assert [m.column for m in wrong if vi in m.vi] == [column], wrong


def test_all_mistakes_come_at_once_in_order(tmp_path):
    _, wrong = read(
        tmp_path,
        agencies=HEAD + "H1,a,province,,,\nH1.1,b,commune,H9,,\n",
        targets=TARGETS + "no_such_rate,xã,,1,,\n",
        calendar="day,kind\n2025-09-02,off\n2025-09-02,off\n",
    )
    assert [m.place.file for m in wrong] == ["agencies.csv", "calendar.csv", "targets.csv"]
    assert "agencies.csv, dòng/row 3, cột/column parent: không có cơ quan “H9”" in str(wrong[0])
