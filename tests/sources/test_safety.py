"""What is sent to do harm: entities, network, bombs, depth; each is a refusal, soon and without a trace."""

import json
import tracemalloc
import zipfile
from io import BytesIO

import pytest

from schemas.refusal import Reason
from sources.adapters import bind
from sources.edxml.header import LIMIT
from sources.sheets import workbook
from tests.sources.samples import KEYS, NOW, SAMPLES, bound_of

NEW = (SAMPLES / "edxml" / "new.xml").read_text(encoding="utf-8")
DECLARED = NEW.replace('encoding="UTF-8"?>', 'encoding="UTF-8"?>{}').replace("UBND phường Mẫu", "{}")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12))


def edxml(text: str | bytes):
    return bind("edxml", KEYS).adapt(text if isinstance(text, bytes) else text.encode(), NOW)


def reason(result) -> Reason:
    (refused,) = result.refused
    assert result.events == []
    return refused.reason


@pytest.mark.parametrize(
    ("declaration", "use"),
    [
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]>', "&e;"),
        (f"<!DOCTYPE x [{LAUGHS}]>", "&l11;"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>', ""),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', ""),
        ("<!DOCTYPE x>", ""),
    ],
)
def test_a_document_type_declaration_is_refused_whole(declaration, use):
    tracemalloc.start()
    text = DECLARED.replace("{}", declaration, 1).replace("{}", use)
    assert reason(edxml(text)) is Reason.UNREADABLE
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_declaration_in_another_encoding_is_seen_too():
    text = DECLARED.replace("{}", '<!DOCTYPE x [<!ENTITY e "y">]>', 1).replace("{}", "&e;")
    assert reason(edxml(text.replace("UTF-8", "UTF-16").encode("utf-16"))) is Reason.UNREADABLE


def test_attachments_of_any_size_are_not_read():
    huge = NEW.replace("</edXML:edXMLBody>", f"<x>{'A' * (30 << 20)}</x></edXML:edXMLBody>")
    assert len(edxml(huge).events) == 2


def test_a_header_without_end_is_too_large():
    head, tail = NEW.split("<edXML:Subject>")
    assert reason(edxml(f"{head}<edXML:Subject>{'A' * LIMIT}{tail}")) is Reason.TOO_LARGE


def test_a_secrecy_mark_leaves_nothing():
    result = edxml((SAMPLES / "edxml" / "secret.xml").read_bytes())
    assert reason(result) is Reason.SECRET
    assert (result.refused[0].column, result.refused[0].value) == ("", "")


def test_deep_json_and_doubled_names_are_refused():
    portal = bind("portal-dossiers", KEYS)
    assert reason(portal.adapt(b"[" * 100_000, NOW)) is Reason.NOT_JSON
    assert reason(portal.adapt(b'{"MaHoSo":"1","MaHoSo":"2"}', NOW)) is Reason.DUPLICATE_FIELD
    assert reason(portal.adapt('{"a":"Tối mật","a":"x"}'.encode(), NOW)) is Reason.SECRET
    assert reason(portal.adapt(b" " * (17 << 20), NOW)) is Reason.TOO_LARGE
    assert (
        reason(portal.adapt(json.dumps({"service": "Khác", "data": []}).encode(), NOW)) is Reason.WRONG_VALUE
    )


def test_a_workbook_that_unpacks_to_much_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 2 << 20)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (3 << 20))
    sheet = bound_of(SAMPLES / "sheet" / "one-stop.xlsx")
    assert reason(sheet.adapt(out.getvalue(), NOW)) is Reason.TOO_LARGE
    assert reason(sheet.adapt(b"PK\x03\x04 no archive", NOW)) is Reason.UNREADABLE


def test_a_missing_column_is_named():
    sheet = bound_of(SAMPLES / "sheet" / "one-stop.csv")
    result = sheet.adapt("Mã hồ sơ;Đơn vị xử lý\n1;2\n".encode(), NOW)
    assert reason(result) is Reason.NO_COLUMN
    assert result.refused[0].column == "Mã TTHC"
