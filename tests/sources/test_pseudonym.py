"""Pseudonyms: the same for the same code, another for another key, and chosen by the code's own date."""

import hashlib
import hmac
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.models import AS_KEY
from sources.pseudonym import PseudonymError, Pseudonyms

A, B = "a" * 32, "b" * 32
BOTH = Pseudonyms.parse(f"old={A}, new@2026-07-01={B}")
OLD = Pseudonyms.parse(f"old={A}")
codes = st.text(min_size=1, max_size=60).filter(lambda text: text.strip())


def test_it_is_an_hmac_of_the_kind_and_the_code():
    digest = hmac.new(A.encode(), b"dossier\x1fH51.18-260115-0001", hashlib.sha256).hexdigest()
    assert OLD.of("dossier", "H51.18-260115-0001") == f"old-{digest[:40]}"


def test_blanks_case_and_unicode_form_do_not_matter_but_the_kind_does():
    assert OLD.of("dossier", " h51.18-260115-0001 ") == OLD.of("dossier", "H51.18-260115-0001")
    assert OLD.of("document", "12/QĐ-UBND") == OLD.of("document", "12/Q\u0110-UBND")
    assert OLD.of("document", "Bé") == OLD.of("document", "Be\u0301")
    assert OLD.of("dossier", "1") != OLD.of("payment", "1")


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("H51.18-260630-0001", "old"),
        ("H51.18-260701-0001", "new"),
        ("000.00.01.H26-270930-0012", "new"),
        ("000.18.29.H51,2026/07/01,12/QĐ-UBND", "new"),
        ("000.18.29.H51,2026/06/30,12/QĐ-UBND", "old"),
        ("7f8c0e6e-36a5-4a35-9c0c-1f1a6d2d0b11", "old"),
        ("H51.18-269930-0001", "old"),
    ],
)
def test_the_date_in_the_code_chooses_the_key(code, key):
    assert BOTH.of("dossier", code).startswith(f"{key}-")


def test_rotation_leaves_what_there_was_alone():
    code = "H51.18-260115-0001"
    assert BOTH.of("dossier", code) == OLD.of("dossier", code)


def test_a_payment_follows_its_dossier():
    assert BOTH.of("payment", "PM1", belongs_to="H51.18-260801-0001").startswith("new-")
    assert BOTH.of("payment", "PM1", belongs_to="H51.18-260101-0001").startswith("old-")


@given(codes, codes)
def test_no_code_is_in_its_pseudonym_and_the_contract_takes_it(code, other):
    found = BOTH.of("dossier", code)
    assert re.fullmatch(r"(old|new)-[0-9a-f]{40}", found)
    assert not re.search(AS_KEY, found)
    same = code.strip().upper() == other.strip().upper()
    assert same or found != BOTH.of("dossier", other) or _normal(code) == _normal(other)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().upper()


@pytest.mark.parametrize(
    "text", ["", "a", "a=short", f"A={A}", f"a={A},a@2027-01-01={B}", f"a={A},b={B}", f"a@2026-13-01={A}"]
)
def test_bad_keys_are_refused_without_being_repeated(text):
    with pytest.raises(PseudonymError) as error:
        Pseudonyms.parse(text)
    assert A not in str(error.value)
    assert B not in str(error.value)
