"""The payment: one request to pay, from the payment platform; keyed in Kafka by its dossier."""

from schemas.column import AGENCY, VOIDED, code, integer, key, time
from schemas.dossier import PAYMENT_CHANNELS
from schemas.entity import Entity, EventType, Own, corrected, snapshot, voided

COLUMNS = (
    key("dossier", "Code of the dossier it pays for."),
    AGENCY,
    integer("amount", "Amount in đồng."),
    time("requested_at", "When payment was asked for."),
    time("settled_at", "When the money came."),
    code("channel", "How it was paid.", *PAYMENT_CHANNELS),
    code("status", "Where it stands.", "pending", "settled", "failed", "refunded"),
    VOIDED,
)

ABOUT = ("dossier", "agency", "amount", "channel")

EVENTS = (
    EventType(
        "requested",
        "Payment asked for.",
        (*ABOUT, "requested_at"),
        {"requested_at": Own.TIME, "status": "pending"},
    ),
    EventType("settled", "Paid.", (*ABOUT, "settled_at"), {"settled_at": Own.TIME, "status": "settled"}),
    EventType("failed", "Failed.", ABOUT, {"status": "failed"}),
    EventType("refunded", "Paid back.", ABOUT, {"status": "refunded"}),
    corrected(COLUMNS),
    voided(),
    snapshot(COLUMNS),
)

PAYMENT = Entity(
    "payment", "reform.dossiers", "payments", "payment reference", COLUMNS, EVENTS, lies_with="dossier"
)
