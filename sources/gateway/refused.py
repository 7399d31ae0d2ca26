"""Why the gateway does not take an event: the contract's reasons, and the scope of the key."""

from dataclasses import dataclass
from typing import Any, Self

from schemas.refusal import Reason, Refusal
from web.words import Words


@dataclass(frozen=True, slots=True)
class Why:
    """A reason. code: for programs. status: what it would be as an answer of its own."""

    code: str
    status: int
    words: Words


OUT_OF_SCOPE = Why(
    "out_of_scope",
    403,
    Words(
        "Khoá API này không được gửi sự kiện với giá trị ở trường “{field}”.",
        "This API key does not allow events with this value of `{field}`.",
    ),
)
STATUS = {
    Reason.EMPTY: 400,
    Reason.NOT_JSON: 400,
    Reason.NOT_AN_EVENT: 400,
    Reason.TOO_LARGE: 413,
}
"""All other reasons: 422."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused event. field, value: as a refusal has them, safe to be told."""

    why: Why
    field: str
    value: str = ""

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """What the contract's reader says."""
        reason = refusal.reason
        words = Words(reason.vi(refusal.field), reason.en(refusal.field))
        return cls(Why(reason.code, STATUS.get(reason, 422), words), refusal.field, refusal.value)

    @property
    def words(self) -> Words:
        """The reason in words."""
        vi, en = (text.replace("{field}", self.field) for text in self.why.words)
        return Words(vi, en)

    def members(self) -> dict[str, Any]:
        """What a program is told."""
        return {"reason": self.why.code, "field": self.field, "value": self.value}
