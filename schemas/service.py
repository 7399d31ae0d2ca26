"""The service (dịch vụ công): one procedure offered by one agency."""

from schemas.column import AGENCY, code, flag, integer, term, text
from schemas.dossier import SERVICE_LEVELS
from schemas.entity import Entity, EventType, Own, snapshot

COLUMNS = (
    AGENCY,
    text("procedure", "Code of the administrative procedure."),
    text("field", "Code of the field."),
    code("level", "Level at which it is offered online.", *SERVICE_LEVELS),
    flag("eligible_full", "Whether it can be offered as a full-process service."),
    flag("fee_due", "Whether the procedure has a fee."),
    flag("payment_integrated", "Whether the fee can be paid online."),
    integer("standard_minutes", "Working minutes that handling may take."),
    term("offered_at", "Since when it is offered."),
    term("withdrawn_at", "Since when it is not offered any more."),
)

ABOUT = tuple(column.name for column in COLUMNS if column.kind.value != "time")

EVENTS = (
    EventType("offered", "Offered.", (*ABOUT, "offered_at"), {"offered_at": Own.TIME}),
    EventType("changed", "Changed.", ABOUT),
    EventType("withdrawn", "Withdrawn.", ("withdrawn_at",), {"withdrawn_at": Own.TIME}),
    snapshot(COLUMNS),
)

SERVICE = Entity(
    "service", "reform.services", "services", "service key", COLUMNS, EVENTS, ("procedure", "field")
)
