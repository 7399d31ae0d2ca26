"""All adapters by name, and how a name becomes one that is ready: with its configuration and the keys.

The name is that of an adapter, or of a file `NAME.toml` in the folder of configurations, whose `adapter`
says which one it configures; so two source systems may speak the same format. It is the last word of
`/v1/ingest/NAME`, of the topic `reform.raw.NAME`, and the first of `reform-pulse convert NAME FILE`.
"""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from sources.adapter import Adapter, Bound
from sources.configuration import ConfigurationError, table
from sources.debezium import changes
from sources.edxml import documents
from sources.edxml.header import edxml_payloads
from sources.mapping import Mapping
from sources.payload import json_payloads, one_payload
from sources.payments import transactions
from sources.portal import dossiers, progress, totals
from sources.portal.words import Portal
from sources.pseudonym import Pseudonyms
from sources.sheets import adapt


def built_in(package: str, name: str) -> dict[str, Any]:
    """A configuration that comes with the program."""
    return tomllib.loads((resources.files(f"sources.{package}") / f"{name}.toml").read_text("utf-8"))


ADAPTERS: dict[str, Adapter] = {
    adapter.name: adapter
    for adapter in (
        Adapter(
            "portal-dossiers",
            "DongBoHoSoMC: hồ sơ đồng bộ lên Cổng DVCQG / dossiers synced to the national portal",
            dossiers.convert,
            json_payloads,
            Portal,
            built_in=built_in("portal", "dossiers"),
        ),
        Adapter(
            "portal-progress",
            "CapNhatTienDoHoSoMC: tiến độ xử lý hồ sơ / the steps of handling",
            progress.convert,
            json_payloads,
            Portal,
            built_in=built_in("portal", "progress"),
        ),
        Adapter(
            "portal-totals",
            "DongBoThongKeHoSo: số liệu tổng hợp tháng để đối soát / a month's totals, to reconcile with",
            totals.convert,
            json_payloads,
            Portal,
            built_in=built_in("portal", "totals"),
            gives="totals",
        ),
        Adapter(
            "payments",
            "Nền tảng thanh toán: phản hồi, truy vấn, giao dịch / payment callbacks and inquiries",
            transactions.convert,
            json_payloads,
            transactions.Payments,
            built_in("payments", "transactions"),
        ),
        Adapter(
            "edxml",
            "edXML, QCVN 102:2016: văn bản trên trục liên thông / documents on the interchange axis",
            documents.convert,
            edxml_payloads,
            documents.Axis,
            built_in=built_in("edxml", "documents"),
        ),
        Adapter(
            "sheet",
            "CSV, XLSX theo tệp ánh xạ: danh sách một cửa, văn bản / lists and exports, by a mapping file",
            adapt.convert,
            one_payload,
            Mapping,
        ),
        Adapter(
            "debezium",
            "Debezium (after-image) theo tệp ánh xạ / changes of a database table, by a mapping file",
            changes.convert,
            json_payloads,
            changes.Table,
        ),
    )
}


def bind(name: str, pseudonyms: Pseudonyms, folder: Path | None = None) -> Bound:
    """The adapter of a name. Raises ConfigurationError."""
    own = folder / f"{name}.toml" if folder else None
    if own and own.is_file():
        return bind_file(own, pseudonyms, name)
    adapter = adapter_of(name)
    if adapter.built_in is None:
        raise ConfigurationError(
            f"{name} needs a mapping: a configuration file that says what the columns mean,"
            " see docs/connect-a-source.md"
        )
    return Bound(adapter, adapter.model.of({}, name, adapter.built_in), pseudonyms)


def bind_file(file: Path, pseudonyms: Pseudonyms, name: str = "") -> Bound:
    """The adapter that a configuration file names, else the one of `name`. Raises ConfigurationError."""
    values = table(file)
    adapter = adapter_of(str(values.get("adapter", name)))
    return Bound(adapter, adapter.model.of(values, file.name, adapter.built_in), pseudonyms)


def adapter_of(name: str) -> Adapter:
    """Look one up. Raises ConfigurationError."""
    if name not in ADAPTERS:
        raise ConfigurationError(f"there is no adapter `{name}`; there are {', '.join(sorted(ADAPTERS))}")
    return ADAPTERS[name]
