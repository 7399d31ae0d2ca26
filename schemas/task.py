"""The task: a task of the reform plan, an inspection, a training, ..."""

from schemas.column import AGENCY, VOIDED, term, text, time
from schemas.entity import Entity, EventType, Own, corrected, snapshot, voided

COLUMNS = (
    AGENCY,
    text("kind", "What sort of task: plan, inspection, training, ..."),
    time("assigned_at", "When it was assigned."),
    term("due_at", "Until when it must be done."),
    time("done_at", "When it was done."),
    VOIDED,
)

EVENTS = (
    EventType(
        "assigned", "Assigned.", ("agency", "kind", "assigned_at", "due_at"), {"assigned_at": Own.TIME}
    ),
    EventType("done", "Done.", ("done_at",), {"done_at": Own.TIME}),
    corrected(COLUMNS),
    voided(),
    snapshot(COLUMNS),
)

TASK = Entity("task", "reform.tasks", "tasks", "task id", COLUMNS, EVENTS, ("kind",))
