"""The document (văn bản): what an agency issues, from document management systems (QLVB&ĐH).

Secret documents send no event (domain, section 8).
"""

from schemas.column import AGENCY, VOIDED, Column, Kind, code, time
from schemas.entity import Entity, EventType, Own, corrected, snapshot, voided

COLUMNS = (
    AGENCY,
    code(
        "kind",
        "`report` with a signature is the signed periodic report.",
        "administrative",
        "report",
        "other",
    ),
    code("form", "Form of the original.", "electronic", "paper", "both"),
    time("issued_at", "When it was issued."),
    time("signed_person_at", "When the competent person signed it digitally."),
    time("signed_agency_at", "When the agency signed it digitally."),
    time("sent_at", "When it was sent by electronic interchange."),
    time("recalled_at", "When it was recalled."),
    VOIDED,
)

BY = Column("by", Kind.CODE, "Whose signature.", codes=("agency", "person"))

EVENTS = (
    EventType("issued", "Issued.", ("agency", "kind", "form", "issued_at"), {"issued_at": Own.TIME}),
    EventType(
        "signed",
        "Digitally signed.",
        ("signed_person_at", "signed_agency_at"),
        required=("by",),
        extras=(BY,),
        choices={"by": {"person": "signed_person_at", "agency": "signed_agency_at"}},
    ),
    EventType("sent", "Sent by electronic interchange.", ("sent_at",), {"sent_at": Own.TIME}),
    EventType("recalled", "Recalled.", ("recalled_at",), {"recalled_at": Own.TIME}),
    corrected(COLUMNS),
    voided(),
    snapshot(COLUMNS),
)

DOCUMENT = Entity("document", "reform.documents", "documents", "document id", COLUMNS, EVENTS, ("kind",))
