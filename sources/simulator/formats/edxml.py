"""The interchange axis: an edXML message when a document is sent, updated or recalled."""

from collections.abc import Iterator

import polars as pl
from lxml import etree

from schemas.instant import to_datetime
from sources.simulator.formats.lives import Life, Lives, Step
from sources.simulator.formats.writer import PEOPLE

SPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
TYPES = {"administrative": "Công văn", "report": "Báo cáo", "other": "Bản ghi nhớ"}
KINDS = {"sent": "0", "recalled": "1", "voided": "1", "corrected": "2"}
"""`BussinessDocType` of what travels."""


class Documents:
    """Only what was sent travels; what happens to it later follows it."""

    def __init__(self) -> None:
        self._lives, self._sent = Lives("document"), set[str]()

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """A message for each of these, once it is known what was issued."""
        for life, step, _ in self._lives.hear(events):
            if {"issued_at", "sent_at"} <= life.now.keys():
                told = [step] if life.subject in self._sent else life.steps
                self._sent.add(life.subject)
                yield from (_message(life, each, KINDS[each.name]) for each in told if each.name in KINDS)

    def finish(self) -> Iterator[bytes]:
        """Nothing: all was sent."""
        yield from ()


def _message(life: Life, step: Step, kind: str) -> bytes:
    now = life.now
    day = f"{to_datetime(int(now['issued_at'])):%Y/%m/%d}"
    identity = f"{now['agency']},{day},{life.subject}/UBND"
    root = etree.Element(_name("edXMLEnvelope"), nsmap={"edXML": SPACE})
    header = _below(root, "edXMLHeader")
    message = _below(header, "MessageHeader")
    _below(_below(message, "From"), "OrganId", str(now["agency"]))
    _below(_below(message, "PromulgationInfo"), "PromulgationDate", day)
    _below(_below(message, "DocumentType"), "TypeName", TYPES[str(now["kind"])])
    _below(message, "Subject", f"Về việc của {PEOPLE['name']}")
    _below(_below(message, "SignerInfo"), "FullName", PEOPLE["name"])
    _below(message, "DocumentId", identity)
    traces = _below(header, "TraceHeaderList")
    _below(_below(traces, "TraceHeader"), "Timestamp", f"{to_datetime(step.time):%Y/%m/%d %H:%M:%S}")
    business = _below(traces, "Bussiness")
    _below(business, "BussinessDocType", kind)
    _below(business, "DocumentId", identity)
    _below(business, "Paper", "1" if now["form"] == "both" else "0")
    _below(header, "DigitalSignature")
    return bytes(etree.tostring(root, encoding="UTF-8"))


def _name(name: str) -> str:
    return f"{{{SPACE}}}{name}"


def _below(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, _name(name))
    child.text = text or None
    return child
