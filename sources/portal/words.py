"""What both services share: the statuses in our words, the sender's agency, the dossier's pseudonym."""

import re
from collections.abc import Mapping
from typing import ClassVar

from schemas.dossier import DOSSIER
from schemas.refusal import Reason
from sources.adapter import Context
from sources.configuration import Configuration
from sources.converted import FieldError
from sources.fields import Fields, agency_code

STATUSES = frozenset(
    (
        "submitted",
        "received",
        "refused",
        "processing",
        "supplement",
        "fee",
        "withdrawn",
        "stopped",
        "ended",
        "returned",
    )
)
"""Mới đăng ký, được tiếp nhận, không được tiếp nhận, đang xử lý, yêu cầu bổ sung, nghĩa vụ tài chính, rút,
dừng, xong, đã trả.
"""


def _codes(column: str) -> frozenset[str]:
    return frozenset(DOSSIER.by_name[column].codes)


class Portal(Configuration):
    """Of the sync services."""

    tables: ClassVar[Mapping[str, frozenset[str] | None]] = {
        "agency": None,
        "status": STATUSES,
        **{
            name: _codes(name)
            for name in ("channel", "applicant_kind", "service_level", "paid_channel", "return_channel")
        },
    }


CODE = re.compile(r"(?:(?:[0-9]{2,3}\.)+[HG][0-9]{2}|[HG][0-9]{2}(?:\.[0-9]+)*)-[0-9]{6}-[0-9]{4,}")
"""A dossier code (domain, section 5.3). Others are taken too: it is an opaque key."""


def status_of(fields: Fields, name: str, column: str = "") -> str:
    """The status in our words. Raises FieldError."""
    fields.needed(name)
    status = fields.code(name, "status", column)
    if status not in STATUSES:
        raise FieldError(Reason.WRONG_VALUE, name, fields.text(name))
    return status


def sender_of(madonvi: str, context: Context) -> str | None:
    """The sending agency, by the table `agency` or the shape of its code."""
    found: str | None = context.configuration.code("agency", madonvi)
    return found or agency_code(madonvi)


def subject_of(fields: Fields, context: Context) -> str:
    """The pseudonym of the dossier."""
    return context.pseudonyms.of("dossier", fields.needed("MaHoSo", "subject"))
