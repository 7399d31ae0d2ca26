"""The feedback (phản ánh, kiến nghị): a petition about administrative rules or conduct, without its text."""

from schemas.column import AGENCY, VOIDED, flag, term, time
from schemas.entity import Entity, EventType, Own, corrected, snapshot, voided

COLUMNS = (
    AGENCY,
    time("received_at", "When it came in."),
    term("due_at", "Until when it must be answered."),
    time("answered_at", "When it was answered."),
    time("refused_at", "When it was refused."),
    flag("satisfied", "The sender's verdict."),
    VOIDED,
)

EVENTS = (
    EventType("received", "Came in.", ("agency", "received_at", "due_at"), {"received_at": Own.TIME}),
    EventType("answered", "Answered.", ("answered_at",), {"answered_at": Own.TIME}),
    EventType("refused", "Refused.", ("refused_at",), {"refused_at": Own.TIME}),
    EventType("rated", "The sender's verdict.", ("satisfied",), required=("satisfied",)),
    corrected(COLUMNS),
    voided(),
    snapshot(COLUMNS),
)

FEEDBACK = Entity("feedback", "reform.feedback", "feedback", "petition id", COLUMNS, EVENTS)
