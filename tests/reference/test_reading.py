"""Reading of tables as offices write them: CSV of every kind, workbooks, Vietnamese words."""

from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from schemas.reference.row import AgencyLevel
from schemas.reference.tables import TABLES, built_in, gather, table_of
from tests.reference.tables import AGENCIES, good, read

ENDED = "code\nP1\nP1.D\nP1.D.A\nP1.D.B\n"
PLAIN = "code,name,level,parent\nH1,Tỉnh Một,province,\nH1.1,Sở Một,department,H1\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", ";").encode("utf-8-sig"),
        PLAIN.replace(",", "\t").replace("\n", "\r\n").encode(),
        ("# ghi chú, một; hai; ba; bốn; năm\n\n" + PLAIN + "\n,,,\n").encode(),
        b"M\xc3\xa3;T\xc3\xaan;C\xe1\xba\xa5p;m\xc3\xa3 c\xe1\xba\xa5p tr\xc3\xaan\n"
        + "H1;Tỉnh Một;Tỉnh;\nH1.1;Sở Một;sở;H1\n".encode(),
    ],
    ids=["plain", "bom", "semicolon", "tab-crlf", "comments", "vietnamese"],
)
def test_csv_in_every_form(tmp_path, data):
    (tmp_path / "agencies.csv").write_bytes(data)
    reference, wrong = gather([tmp_path])
    assert wrong == []
    assert [(a.code, a.name, a.level, a.parent) for a in reference.agencies] == [
        ("H1", "Tỉnh Một", AgencyLevel.PROVINCE, ""),
        ("H1.1", "Sở Một", AgencyLevel.DEPARTMENT, "H1"),
    ]


def test_a_workbook_is_the_same_as_its_csv(tmp_path):
    book = Workbook()
    first = book.active
    first.title = "Cơ quan"
    for row in (
        ["mã", "tên", "cấp", "mã cấp trên", "từ ngày", "đến trước ngày"],
        ["H1", "Tỉnh Một", "tỉnh", None, None, None],
        ["H1.1", "Huyện", "huyện", "H1", datetime(2020, 1, 1), "01/07/2025"],  # noqa: DTZ001
    ):
        first.append(row)
    kept = book.create_sheet("Kế thừa")
    kept.append(["mã", "mã kế thừa", "tỷ lệ"])
    kept.append(["H1.1", None, 1.0])
    procedures = book.create_sheet("procedures")
    procedures.append(["code", "name", "duration", "cut_off", "fee_due"])
    procedures.append(["1.004946", "Thủ tục", 3.0, time(15), True])
    book.create_sheet("targets")
    book.save(tmp_path / "du-lieu.xlsx")
    reference, wrong = gather([tmp_path])
    assert wrong == []
    assert reference.agencies[1].valid_from == date(2020, 1, 1)
    assert reference.agencies[1].valid_to == date(2025, 7, 1)
    assert str(reference.agencies[1].place) == "du-lieu.xlsx[Cơ quan], dòng/row 3"
    assert reference.successors[0].successor == ""
    (procedure,) = reference.procedures
    assert (procedure.duration, procedure.cut_off, procedure.fee_due) == (3, time(15), True)


def test_a_workbook_with_one_sheet_is_called_after_its_file(tmp_path):
    book = Workbook()
    for row in (["day", "kind"], [datetime(2025, 9, 1), "nghỉ"]):  # noqa: DTZ001
        book.active.append(row)
    book.save(tmp_path / "calendar-2025.xlsx")
    assert gather([tmp_path])[0].calendar[0].day == date(2025, 9, 1)


@pytest.mark.parametrize(
    ("text", "column", "vi"),
    [
        ("code,name,level,parent\nH1,,province,\n", "name", "thiếu giá trị"),
        ("code,name,level,parent\nH1,x,phường,\n", "level", "không có trong"),
        ("code,name,level,parent\nH 1,x,province,\n", "code", "dấu cách"),
        ("code,name,level,valid_from\nH1,x,province,31/02/2024\n", "valid_from", "không phải là ngày"),
        ("code,name,level,valid_to\nH1,x,province,9999-12-31\n", "valid_to", "để trống"),
        ("code,name,level,valid_from,valid_to\nH1,x,province,2024-01-01,2024-01-01\n", "", "hiệu lực rỗng"),
        ("code,name,level\nH1,x,province,thừa\n", "", "không thuộc cột nào"),
        ("code,name,levle\nH1,x,province\n", "levle", "không có cột này"),
        ("code,name\nH1,x\n", "level", "thiếu cột bắt buộc"),
        ("code,code,name,level\nH1,H1,x,province\n", "code", "hai lần"),
        ('code,name,level\nH1,"x,province\n', "", "nháy"),
    ],
)
def test_a_mistake_says_where_and_what(tmp_path, text, column, vi):
    _, wrong = read(tmp_path, agencies=text)
    found = [m for m in wrong if vi in m.vi]
    assert found, wrong
    assert found[0].place.file == "agencies.csv"
    assert found[0].column == column
    assert found[0].en


def test_files_that_are_no_tables(tmp_path):
    (tmp_path / "agencies.csv").write_bytes("code,name,level\nH1,Tỉnh,province\n".encode("utf-16"))
    (tmp_path / "targets.xlsx").write_bytes(b"no workbook")
    (tmp_path / "people.csv").write_text("a,b\n1,2\n")
    (tmp_path / "readme.txt").write_text("left alone")
    (tmp_path / "~$targets.xlsx").write_bytes(b"a lock of Excel")
    _, wrong = gather([tmp_path])
    assert [m.place.file for m in wrong] == ["agencies.csv", "people.csv", "targets.xlsx"]
    assert "UTF-8" in str(wrong[0])


def test_excel_that_lost_a_nought(tmp_path):
    _, wrong = read(tmp_path, procedures="code,name\n1.00161,Thủ tục\n")
    assert "định dạng cột là Text" in wrong[0].vi


@pytest.mark.parametrize(
    ("name", "table"),
    [("agencies", "agencies"), ("Cơ quan 2025", "agencies"), ("CHI_TIEU", "targets"), ("Lịch", "calendar")],
)
def test_names_of_tables(name, table):
    assert table_of(name) == table
    assert table_of("nhân sự") is None


def test_every_column_has_a_vietnamese_heading():
    for model in TABLES.values():
        assert set(model.headings().values()) == set(model.model_fields) - {"place"}
        assert len(model.headings()) == 2 * (len(model.model_fields) - 1)


def test_content_does_not_depend_on_order_or_file(tmp_path):
    head, *rows = AGENCIES.splitlines()
    for name, lines in {"a": rows, "b": rows[::-1]}.items():
        (tmp_path / name).mkdir()
        good(
            tmp_path / name, agencies="\n".join([head, *lines]), successors="code\nP1\nP1.D\nP1.D.A\nP1.D.B\n"
        )
    assert gather([tmp_path / "a"])[0].content == gather([tmp_path / "b"])[0].content


def test_what_comes_with_the_program():
    assert built_in() == ["calendar", "nga_nam", "provinces", "template"]
