"""Personal data and secrecy marks, in every dress that was thought of."""

import re

import polars as pl
import pytest

from schemas.contract import TYPES
from schemas.models import BAD_EDGE, Envelope
from schemas.privacy import AS_KEY, IN_ID, IN_TEXT, secret_field, secret_value
from schemas.refusal import Reason, Refusal
from tests.schemas.samples import envelope, event, refused, why
from tests.strategies import DOSSIERS, ODD_TEXTS, SUBJECTS, TEXTS

IN_A_TEXT = [
    *(
        "079099001234",
        "CCCD079099001234",
        "so 272123456.",
        "079 099 001 234",
        "0790-9900-1234",
        "272.123.456",
    ),
    *(
        "0912345678",
        "SDT0912345678",
        "0912 345 678",
        "0912\u00a0345\u00a0678",
        "(0912) 345-678",
        "0912.345.678",
    ),
    *("+84912345678", "+84 (0) 912 345 678", "0084912345678", "02993.621.621", "0912\u200b345678"),
    *("０７９０９９００１２３４", "٠٧٩٠٩٩٠٠١٢٣٤"),
    *("an@soctrang.gov.vn", "Nguyễn <an.nguyen@gmail.com>", "an＠gmail.com"),
]
IN_A_KEY = [
    *("079099001234", "272123456", "0912345678", "84912345678", "079 099 001 234", "an@gmail.com"),
    *("H51-079099001234", "hs/0912345678", "/h51/+84912345678", "０９１２３４５６７８", "0912 345 678"),
]
NO_PERSONAL_TEXT = [*ODD_TEXTS, *(text for texts in TEXTS.values() for text in texts), "KH-152/2022"]
NO_PERSONAL_KEY = [
    *(key for keys in SUBJECTS.values() for key in keys),
    *("H51.18-220701-000123456", "DVCQG-20220701000123456", "2207010001234567", "H13.114-220101-0001"),
    *(
        "000.18.29.H51,2022/07/01,272123456/BC-UBND",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
]


@pytest.mark.parametrize("text", IN_A_TEXT)
def test_a_text_with_personal_data_is_refused(text):
    assert why(event(agency=text)) == ("personal_data", "data.agency")


@pytest.mark.parametrize("key", IN_A_KEY)
@pytest.mark.parametrize("attribute", ["subject", "source", "partitionkey", "dataschema", "tracestate"])
def test_a_key_that_is_or_holds_personal_data_is_refused(attribute, key):
    assert why(envelope(**{attribute: key})) == ("personal_data", attribute)


@pytest.mark.parametrize("text", NO_PERSONAL_TEXT)
def test_codes_are_no_personal_data(text):
    assert why(event(agency=text)) is None


@pytest.mark.parametrize("key", NO_PERSONAL_KEY)
def test_codes_with_long_running_numbers_are_no_personal_data(key):
    assert why(envelope(subject=key)) is None


def test_patterns_mean_the_same_to_polars():
    samples = pl.Series(
        [*IN_A_TEXT, *IN_A_KEY, *NO_PERSONAL_TEXT, *NO_PERSONAL_KEY, "\u200bx", "x\t", "a\u202eb"]
    )

    for pattern in (IN_TEXT, AS_KEY, IN_ID, BAD_EDGE):
        ours = [bool(re.search(pattern, text)) for text in samples]
        assert samples.str.contains(pattern).to_list() == ours


def test_traceparent_is_only_what_w3c_says():
    assert why(envelope(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")) is None
    assert why(envelope(traceparent="00-079099001234")) == ("wrong_value", "traceparent")


def test_an_unknown_field_with_personal_data_counts_as_personal_data():
    assert why(event(so_cccd="079099001234")) == ("personal_data", "data.so_cccd")
    assert why(event(ghi_chu="sdt 0912345678", outcome="granted"))[0] == "personal_data"
    assert why(event(lost=1, agency="0912345678")) == ("personal_data", "data.agency")
    assert why(event(**{"0912345678": 1})) == ("personal_data", "data.9999999999")


@pytest.mark.parametrize(
    "name", ["so_0912345678", "a0912", "nguyen.van.an", "Nguyễn", "a b", "\x1b[31m", "x" * 90]
)
def test_field_names_that_may_tell_something_are_masked(name):
    field = Refusal(Reason.UNKNOWN_FIELD, f"data.{name}").field
    assert name not in field
    assert field.startswith("data.")


def test_field_names_of_the_contract_are_kept():
    for entity, kind in TYPES.values():
        for name in (*entity.by_name, *kind.columns, *entity.extras, "data_base64", "addr2"):
            assert Refusal(Reason.MISSING, f"data.{name}").field == f"data.{name}"


MARKS = [
    *("Mật", "MẬT", "mật", "mat", "Ma\u0323\u0302t", "Tối mật", "TUYỆT MẬT", "tuyet_mat", "ToiMat", "toimat"),
    *("top secret", "TopSecret", "SECRET", "Confidential", "Văn bản mật", "Mật - Hỏa tốc", "Mật (A)"),
    *("Độ mật: Tối mật", "bí mật nhà nước", "M\u200bật", "ＭẬＴ", "state secret"),
]
MARK_FIELDS = [
    *(
        "do_mat",
        "doMat",
        "DoMat",
        "Độ mật",
        "độ_mật",
        "mat",
        "isMat",
        "mucDoMat",
        "vb_mat",
        "secrecy",
        "secret",
    ),
    *(
        "isSecret",
        "secret_level",
        "SECURITY_CLASSIFICATION",
        "confidentiality",
        "capDoBaoMat",
        "securityLevel",
    ),
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_secrecy_mark_as_a_value_is_refused_and_nothing_is_kept(mark):
    for record in (
        event(agency=mark),
        event(unknown=mark),
        event("document.issued", kind=mark),
        event(unknown=[{"deep": [mark]}]),
        envelope(subject=mark),
        envelope(extension=mark),
        envelope(type=mark),
        {"x": mark},
    ):
        _nothing_kept(record)


@pytest.mark.parametrize("name", MARK_FIELDS)
def test_a_secrecy_mark_as_a_name_is_refused_and_nothing_is_kept(name):
    for record in (event(**{name: ""}), envelope(**{name: False}), event(unknown=[{name: 1}]), {name: 1}):
        _nothing_kept(record)


def test_a_mark_inside_text_that_should_be_an_object_is_seen():
    _nothing_kept(envelope(data='{"do_mat": "Tối mật"}'))


def test_a_refusal_for_secrecy_never_names_a_field():
    refusal = Refusal(Reason.SECRET, "data.agency", "Tối mật")
    assert (refusal.field, refusal.value) == ("", "")


@pytest.mark.parametrize(
    "text", ["mặt bằng xây dựng", "format", "Ban Mật mã", "mat-bang", "Mathematics", "B-mat-12"]
)
def test_words_that_only_sound_like_a_mark_are_allowed(text):
    assert not secret_value(text)


def test_no_name_of_the_contract_is_taken_for_a_mark():
    names = {n for entity, _ in TYPES.values() for n in (*entity.by_name, *entity.extras)}
    assert not [name for name in (*names, *Envelope.model_fields) if secret_field(name)]
    assert not [type_ for type_ in TYPES if secret_value(type_)]
    assert not [key for key in DOSSIERS if secret_value(key)]


def _nothing_kept(record):
    refusal = refused(record)
    assert refusal is not None
    assert (refusal.reason, refusal.field, refusal.value) == (Reason.SECRET, "", "")
    assert str(refusal) == f"{Reason.SECRET.vi('')} / {Reason.SECRET.en('')}"


@pytest.mark.parametrize(
    "text", ["H51\u200b", "\ufeffH51", "H51\u202e18", "H51\x7f", "H51\x85", " H51", "H51\u00a0"]
)
def test_signs_that_nobody_sees_are_refused_because_they_make_two_codes_of_one(text):
    assert why(event(agency=text)) == ("wrong_value", "data.agency")
    assert why(envelope(subject=text)) == ("wrong_value", "subject")
