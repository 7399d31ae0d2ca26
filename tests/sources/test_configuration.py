"""Configurations: those of the program are good, and what is wrong in one's own is named with its mend."""

from pathlib import Path

import pytest

import sources
from sources.adapters import ADAPTERS, bind, bind_file
from sources.configuration import ConfigurationError
from sources.portal.words import STATUSES
from tests.sources.samples import KEYS

FOLDER = Path(sources.__path__[0])
SHEET = 'adapter = "sheet"\nsource = "/x"\nentity = "dossier"\nsubject = ["a"]\n'
PORTAL = 'adapter = "portal-dossiers"\nsource = "/x"\n'


def test_every_adapter_is_ready_or_says_that_it_needs_a_mapping():
    for name, adapter in ADAPTERS.items():
        if adapter.built_in is None:
            with pytest.raises(ConfigurationError, match="needs a mapping"):
                bind(name, KEYS)
        else:
            assert bind(name, KEYS).configuration.source.startswith("/")


def test_the_national_table_has_every_status_and_the_second_vendor_its_own():
    national = bind("portal-dossiers", KEYS).configuration
    assert set(national.codes["status"].values()) == STATUSES
    assert list(national.codes["status"]) == [str(n) for n in range(1, 11)]
    vendor = bind_file(FOLDER / "portal" / "vendor_0_19.toml", KEYS).configuration
    assert vendor.code("status", "5") == "returned"
    assert vendor.code("status", "1") is None
    assert vendor.codes["channel"] == national.codes["channel"]


def test_a_file_in_the_folder_is_an_adapter_of_its_own_name(tmp_path):
    (tmp_path / "second-vendor.toml").write_text(PORTAL)
    assert bind("second-vendor", KEYS, tmp_path).adapter.name == "portal-dossiers"
    assert bind("payments", KEYS, tmp_path).configuration.source == "/payments"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('adapter = "portal"', "portal-dossiers"),
        (PORTAL + 'sauce = "x"', "sauce"),
        ('adapter = "payments"\nsource = "no slash"', "source"),
        (PORTAL + '[codes.status]\n"1" = "recieved"', "received"),
        (PORTAL + '[codes.chanel]\n"1" = "online"', "channel"),
        (PORTAL + 'codes = "x"', "codes"),
        (PORTAL + 'version = "newest"', "arrival"),
        ('adapter = "payments"\ndossier_in_reference = "(x"', "pattern"),
        ('adapter = "payments"\ndossier_in_reference = "x"', "?P<dossier>"),
        (SHEET.replace("dossier", "dosier") + "[columns]", "dossier"),
        (SHEET + '[columns]\nreceived = "x"', "received_at"),
        (SHEET + '[columns]\nchannel = "x"\n[codes.channel]\n"a" = "onlin"', "online"),
        (SHEET + '[columns]\n[codes.chanel]\n"a" = "online"', "channel"),
        (SHEET + '[columns]\n[defaults]\nchannel = "onlin"', "online"),
        (SHEET + 'closes = "25:00"\n[columns]', "closes"),
        (SHEET + 'dates = ["dd/MM/yyyy"]\n[columns]', "%d/%m/%Y"),
        (SHEET + "[columns", "TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_mend(tmp_path, text, hint):
    own = tmp_path / "own.toml"
    own.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        bind_file(own, KEYS)
    assert hint in str(error.value)


def test_a_callback_without_a_state_is_read_by_its_error_code(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('adapter = "payments"\nsource = "/x"\n[codes.error]\n"00" = "settled"\n"24" = "failed"\n')
    call = '{"HoSo":"1","MaThamChieu":"P","MaLoi":"%s","ThoiGianGD":"20260112094000"}'
    for code, kinds in (
        ("00", ["payment.settled", "dossier.fee_paid"]),
        ("24", ["payment.failed"]),
        ("99", []),
    ):
        result = bind_file(own, KEYS).adapt((call % code).encode(), 1_790_000_000_000_000)
        assert [event["type"][len("vn.reform.") : -len(".v1")] for event in result.events] == kinds
        assert [refused.column for refused in result.refused] == ([] if kinds else ["MaLoi"])


def test_the_dossier_may_be_in_the_reference(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'adapter = "payments"\nsource = "/x"\ndossier_in_reference = "^(?P<dossier>.+)-P[0-9]+$"\n'
    )
    call = b'{"MaThamChieu":"H51.21-260112-0001-P2","TrangThaiGD":"1","ThoiGianGD":"20260112094000"}'
    payment, dossier = bind_file(own, KEYS).adapt(call, 1_790_000_000_000_000).events
    assert payment["partitionkey"] == dossier["subject"] == KEYS.of("dossier", "H51.21-260112-0001")
