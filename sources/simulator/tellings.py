"""What is said of each life, event by event, in the words of contract v1 (design, section 3)."""

from functools import partial

import polars as pl

from sources.simulator.template import Template, fixed, plain, since, term, text

ONE_STOP = "/h51/one-stop"
PORTAL = "/h51/portal"

AGENCY = text("agency")
ABOUT = (AGENCY, text("procedure"), text("field"), text("service_level", "level"))
APPLICANT = text("applicant_kind", "applicant")
RECEIVED = (
    *ABOUT,
    APPLICANT,
    text("receiving_agency", "receiver"),
    text("channel"),
    plain("fee_due"),
    plain("components_digitised", "digitised"),
    plain("data_reused", "reused"),
    plain("identity_verified", "verified"),
)
ENDED = (text("outcome"), plain("result_file", "file"), plain("result_digitised", "file_digitised"))
NOT_ENDED = tuple(fixed(n, "null") for n in ("ended_at", "outcome", "result_file", "result_digitised"))
REPORT = fixed("kind", '"report"')
DUE_TO_ACCEPT = (term("accept_due_at"),)
AMOUNT = (text("dossier", "subject"), AGENCY, plain("amount"))

_dossier = partial(Template, "dossier", source=ONE_STOP)
_payment = partial(Template, "payment", source="/h51/payments", of="-P1")
_document = partial(Template, "document", source="/h51/documents")
_feedback = partial(Template, "feedback", source="/h51/feedback")
_task = partial(Template, "task", source="/h51/tasks")
_service = partial(Template, "service", source=ONE_STOP)


def _asked(n: int) -> Template:
    ordinal = (fixed("ordinal", f"{n}"),)
    return _dossier("supplement_requested", f"asked_{n}_at", fields=ordinal, mark=f"asked-{n}")


def _back(n: int) -> Template:
    waited, due = (plain("waited_minutes", f"waited_{n}"),), (term("due_at", f"due_{n}_at"),)
    return _dossier("supplement_received", f"back_{n}_at", fields=waited, terms=due, mark=f"back-{n}")


def _signed(by: str) -> Template:
    return _document("signed", f"signed_{by}_at", fields=(fixed("by", f'"{by}"'),), mark=f"signed-{by}")


def _corrected(mark: str, why: str, *fields: pl.Expr) -> Template:
    because = fixed("reason", f'"{why}"')
    return _dossier("corrected", f"{mark}_at", fields=(because, *fields), mark=mark)


DOSSIERS = (
    _dossier(
        "submitted", "submitted_at", source=PORTAL, fields=(*ABOUT, APPLICANT), terms=(term("accept_due_at"),)
    ),
    _dossier("received", "received_at", fields=RECEIVED, terms=(term("due_at"),)),
    _dossier("refused", "refused_at", source=PORTAL),
    *(_asked(1), _back(1), _asked(2), _back(2)),
    _dossier(
        "extended",
        "extended_at",
        fields=(since("apologised_at", "extended_at"),),
        terms=(term("due_at", "due_x_at"),),
    ),
    _dossier("fee_paid", "settled_at", fields=(text("paid_channel", "way"),)),
    _dossier("fee_refunded", "refunded_at"),
    _dossier("ended", "ended_at", fields=ENDED),
    _dossier("returned", "returned_at", fields=(text("return_channel"),)),
    _dossier("apologised", "apologised_at"),
    _dossier("rated", "rated_at", source=PORTAL, fields=(plain("satisfied"),)),
    _dossier("synced", "synced_at"),
    _corrected("digitised_fixed", "digitised-later", fixed("components_digitised", "true")),
    _corrected("moved", "wrong-agency", text("agency", "other")),
    _corrected("reopened", "ended-by-mistake", *NOT_ENDED),
    _corrected("outcome_fixed", "wrong-outcome", fixed("outcome", '"returned"')),
    _corrected("excused", "system-fault", fixed("excused", '"system_fault"')),
    _dossier("voided", "voided_at"),
    _payment("requested", "asked_at", fields=AMOUNT),
    _payment("failed", "failed_at"),
    _payment("settled", "settled_at", fields=(*AMOUNT, text("channel", "way"))),
    _payment("refunded", "refunded_at"),
)

DOCUMENTS = (
    _document("issued", "issued_at", fields=(AGENCY, text("kind"), text("form"))),
    _signed("person"),
    _signed("agency"),
    _document("sent", "sent_at"),
    _document("recalled", "recalled_at"),
    _document("corrected", "kind_fixed_at", fields=(fixed("reason", '"wrong-kind"'), REPORT)),
    _document("voided", "voided_at"),
)

FEEDBACK = (
    _feedback("received", "received_at", fields=(AGENCY, since("due_at"))),
    _feedback("answered", "answered_at"),
    _feedback("refused", "refused_at"),
    _feedback("rated", "rated_at", fields=(plain("satisfied"),)),
)

TASKS = (
    _task("assigned", "assigned_at", fields=(AGENCY, text("kind", "task"), since("due_at"))),
    _task("done", "done_at"),
)

SERVICES = (
    _service(
        "offered",
        "told_at",
        fields=(
            *(
                AGENCY,
                text("procedure"),
                text("field"),
                text("level"),
                plain("eligible_full"),
                plain("fee_due"),
            ),
            *(plain("payment_integrated"), plain("standard_minutes"), since("offered_at")),
        ),
    ),
    _service("changed", "upgraded_at", fields=(fixed("level", '"full"'),)),
    _service("withdrawn", "withdrawn_at"),
)
