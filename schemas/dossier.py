"""The dossier (hồ sơ): what a citizen or organisation hands in, until its result is handed out.

Columns and events: design, section 3; milestones after Decree 61/2018 and 118/2025 (domain, section 4).
"""

from schemas.column import AGENCY, VOIDED, Column, Merge, code, flag, integer, term, text, time
from schemas.entity import Entity, EventType, Own, corrected, snapshot, voided

SERVICE_LEVELS = ("full", "partial", "info")
PAYMENT_CHANNELS = ("portal", "gateway", "transfer", "cash")

COLUMNS: tuple[Column, ...] = (
    AGENCY,
    text("receiving_agency", "Code of the agency whose counter took it in."),
    text("procedure", "Code of the administrative procedure, e.g. 1.004946."),
    text("field", "Code of the field, e.g. G03-GD10."),
    code("service_level", "Level of the online service (Decree 42/2022).", *SERVICE_LEVELS),
    code("channel", "How it was handed in.", "online", "counter", "postal"),
    code("applicant_kind", "Who handed it in.", "citizen", "organisation"),
    time("submitted_at", "When it was submitted online."),
    term("accept_due_at", "Until when an online submission must be answered."),
    time("received_at", "When it was accepted."),
    time("refused_at", "When it was refused."),
    term("original_due_at", "The first promised date.", Merge.FIRST),
    term("due_at", "The promised date now."),
    flag("fee_due", "Whether a fee is due."),
    time("paid_at", "When the fee was paid."),
    code("paid_channel", "How the fee was paid.", *PAYMENT_CHANNELS),
    integer("supplements", "Highest ordinal of a supplement request.", Merge.MAX),
    time("waiting_since", "Since when it waits for a supplement."),
    integer("waited_minutes", "Minutes waited for supplements so far."),
    time("stopped_at", "When handling was stopped."),
    time("ended_at", "When handling ended."),
    code("outcome", "How it ended.", "granted", "denied", "returned", "withdrawn"),
    flag("result_file", "Whether the result exists as a file."),
    time("returned_at", "When the result was handed out."),
    code("return_channel", "How the result was handed out.", "online", "counter", "postal"),
    flag("components_digitised", "Whether its papers were digitised."),
    flag("result_digitised", "Whether its result was digitised."),
    flag("data_reused", "Whether data digitised before were used again."),
    flag("identity_verified", "Whether the applicant's electronic identity was verified."),
    time("apologised_at", "When an apology for lateness was sent."),
    text("excused", "Reason code of a lateness that is the system's fault."),
    flag("satisfied", "The applicant's verdict."),
    time("synced_at", "When it was sent to the national portal."),
    VOIDED,
)

ORDINAL = integer("ordinal", "Which supplement request this is, from 1; 1 when left out.", Merge.MAX, least=1)

EVENTS = (
    EventType(
        "submitted",
        "Submitted online.",
        ("submitted_at", "agency", "procedure", "field", "service_level", "accept_due_at", "applicant_kind"),
        {"submitted_at": Own.TIME, "channel": "online"},
    ),
    EventType(
        "received",
        "Accepted.",
        (
            *("received_at", "agency", "receiving_agency", "procedure", "field", "service_level", "channel"),
            *(
                "applicant_kind",
                "due_at",
                "fee_due",
                "components_digitised",
                "data_reused",
                "identity_verified",
            ),
        ),
        {"received_at": Own.TIME},
        {"original_due_at": "due_at"},
    ),
    EventType("refused", "Not accepted.", ("refused_at",), {"refused_at": Own.TIME}),
    EventType(
        "supplement_requested",
        "A supplement is asked for; the clock pauses.",
        ("waiting_since",),
        {"waiting_since": Own.TIME, "supplements": 1},
        {"supplements": "ordinal"},
        extras=(ORDINAL,),
    ),
    EventType(
        "supplement_received",
        "The supplement has come.",
        ("waited_minutes", "due_at"),
        {"waiting_since": Own.CLEAR},
    ),
    EventType("extended", "The promised date moves.", ("due_at", "apologised_at")),
    EventType("stopped", "Handling stopped.", ("stopped_at",), {"stopped_at": Own.TIME}),
    EventType("fee_paid", "The fee was paid.", ("paid_at", "paid_channel"), {"paid_at": Own.TIME}),
    EventType(
        "fee_refunded", "The fee was paid back.", states={"paid_at": Own.CLEAR, "paid_channel": Own.CLEAR}
    ),
    EventType(
        "ended",
        "Handling ended.",
        ("ended_at", "outcome", "result_file", "result_digitised"),
        {"ended_at": Own.TIME},
    ),
    EventType(
        "returned", "The result was handed out.", ("returned_at", "return_channel"), {"returned_at": Own.TIME}
    ),
    EventType("apologised", "An apology was sent.", ("apologised_at",), {"apologised_at": Own.TIME}),
    EventType("rated", "The applicant's verdict.", ("satisfied",), required=("satisfied",)),
    EventType("synced", "Sent to the national portal.", ("synced_at",), {"synced_at": Own.TIME}),
    corrected(COLUMNS),
    voided(),
    snapshot(COLUMNS),
)

DOSSIER = Entity(
    "dossier", "reform.dossiers", "dossiers", "dossier code", COLUMNS, EVENTS, ("procedure", "field")
)
