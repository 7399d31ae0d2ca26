"""An edXML message to the events of a document: new, recall, update, replace (`BussinessDocType` 0 to 3).

The axis does not tell whether a document is signed: its `DigitalSignature` is sent empty, the signatures lie
in the files. So the signing rate needs the document management system itself; this adapter tells what was
issued, sent and taken back.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from schemas.document import DOCUMENT
from schemas.refusal import Reason
from sources.adapter import Context, convert_records, stated
from sources.cloudevent import cloudevent
from sources.configuration import Configuration
from sources.converted import Converted, Drafted, Event, FieldError
from sources.edxml.header import STATUS, Node, message_of
from sources.fields import agency_code
from sources.vietnam_time import parsed

FORMS = (
    *("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y%m%d%H%M%S"),
    *("iso", "%Y/%m/%d", "%d/%m/%Y"),
)
NEW, RECALL, UPDATE, REPLACE = "0", "1", "2", "3"


class Axis(Configuration):
    """Of the interchange axis."""

    tables: ClassVar[Mapping[str, frozenset[str] | None]] = {
        "agency": None,
        "kind": frozenset(DOCUMENT.by_name["kind"].codes),
    }


def convert(payload: bytes, context: Context) -> Converted:
    """One message."""
    message = message_of(payload)

    def draft(_: object, context: Context) -> Drafted:
        return _draft(message, context)

    return convert_records([(1, {})], draft, context)


def _draft(message: Node, context: Context) -> Drafted:
    if message.name in STATUS or _find(message, "StatusCode"):
        drafted = Drafted([])
        drafted.noticed["status_message"] += 1
        return drafted
    business = _find(message, "Bussiness") or _find(message, "Business")
    kind = (business.text("BussinessDocType") or business.text("BusinessDocType") if business else "") or NEW
    if kind not in KINDS:
        raise FieldError(Reason.WRONG_VALUE, "BussinessDocType", kind)
    drafted = Drafted(list(KINDS[kind](message, business, context)), ORIGINS)
    signature = _find(message, "DigitalSignature")
    drafted.noticed["empty_signature"] += signature is not None and signature.empty
    drafted.understood.update(
        (name, column) for column, name in ORIGINS.items() if _find(message, name.split("/")[0])
    )
    return drafted


ORIGINS = {
    "agency": "From/OrganId",
    "issued_at": "PromulgationInfo/PromulgationDate",
    "time": "TraceHeader/Timestamp",
    "kind": "DocumentType/TypeName",
    "form": "Bussiness/Paper",
    "subject": "DocumentId",
}


def _new(message: Node, business: Node | None, context: Context) -> Iterable[Event]:
    subject, about = _subject(_document_id(message), context), _about(message, business, context)
    issued = about.pop("issued_at")
    source = context.configuration.source
    yield cloudevent("document.issued", source, subject, issued, stated(about, context.configuration))
    yield cloudevent("document.sent", source, subject, _sent(message))


def _recall(message: Node, business: Node | None, context: Context) -> Iterable[Event]:
    named = business.text("DocumentId") if business else ""
    subject = _subject(named or _document_id(message), context)
    yield cloudevent("document.recalled", context.configuration.source, subject, _sent(message))


def _update(message: Node, business: Node | None, context: Context) -> Iterable[Event]:
    named = business.text("DocumentId") if business else ""
    subject = _subject(named or _document_id(message), context)
    data = stated(_about(message, business, context), context.configuration) | {
        "reason": "interchange-update"
    }
    yield cloudevent("document.corrected", context.configuration.source, subject, _sent(message), data)


def _replace(message: Node, business: Node | None, context: Context) -> Iterable[Event]:
    """The new one, and the recall of those that it replaces."""
    own, sent = _document_id(message), _sent(message)
    replaced = business.at("ReplacementInfoList") if business else None
    others = {node.text() for node in replaced.deep("DocumentId")} - {"", own} if replaced else set()
    if not others:
        raise FieldError(Reason.MISSING, "ReplacementInfoList")
    yield from _new(message, business, context)
    for other in sorted(others):
        yield cloudevent("document.recalled", context.configuration.source, _subject(other, context), sent)


KINDS: dict[str, Callable[[Node, Node | None, Context], Iterable[Event]]] = {
    NEW: _new,
    RECALL: _recall,
    UPDATE: _update,
    REPLACE: _replace,
}


def _about(message: Node, business: Node | None, context: Context) -> dict[str, str]:
    organ = _needed(message, "From", "OrganId")
    agency = context.configuration.code("agency", organ) or agency_code(organ)
    if agency is None:
        raise FieldError(Reason.WRONG_VALUE, "From/OrganId", organ)
    kind = _find(message, "DocumentType")
    names = [kind.text("TypeName"), kind.text("Type"), kind.text()] if kind else []
    known = (context.configuration.code("kind", name) for name in names if name)
    paper = business is not None and business.text("Paper") == "1"
    return {
        "agency": agency,
        "kind": next((found for found in known if found), "other"),
        "form": "both" if paper else "electronic",
        "issued_at": _time(
            _needed(message, "PromulgationInfo", "PromulgationDate"), "PromulgationInfo/PromulgationDate"
        ),
    }


def _sent(message: Node) -> str:
    """When the sender handed it to the axis: the first trace."""
    trace = _find(message, "TraceHeader")
    text = (trace.text("Timestamp") or trace.text("Time")) if trace else ""
    if not text:
        raise FieldError(Reason.MISSING, "TraceHeader/Timestamp")
    return _time(text, "TraceHeader/Timestamp")


def _time(text: str, name: str) -> str:
    try:
        return parsed(text, FORMS)
    except ValueError:
        raise FieldError(Reason.SOURCE_TIME, name, text) from None


def _document_id(message: Node) -> str:
    """`OrganId,yyyy/MM/dd,number/notation`, or whatever the sender uses; put together where left out."""
    header = _find(message, "MessageHeader")
    if header and header.text("DocumentId"):
        return header.text("DocumentId")
    number, notation = _needed(message, "Code", "CodeNumber"), _needed(message, "Code", "CodeNotation")
    day = _needed(message, "PromulgationInfo", "PromulgationDate")
    return f"{_needed(message, 'From', 'OrganId')},{day},{number}/{notation}"


def _subject(document_id: str, context: Context) -> str:
    return context.pseudonyms.of("document", document_id)


def _needed(message: Node, *path: str) -> str:
    node = _find(message, path[0])
    text = node.text(*path[1:]) if node else ""
    if not text:
        raise FieldError(Reason.MISSING, "/".join(path))
    return text


def _find(message: Node, name: str) -> Node | None:
    return next(message.deep(name), None)
