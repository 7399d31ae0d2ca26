"""Who asks, and what they may: a role and a scope. Keys give it, and so may other ways of signing in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

EVERYTHING = "*"


class Role(StrEnum):
    """What a client may do. A sender only sends events; each of the others may what those before it may.

    public: only figures that may be shown to everybody.
    """

    SENDER = "sender"
    PUBLIC = "public"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


READERS = (Role.PUBLIC, Role.VIEWER, Role.OPERATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Principal:
    """A client. sources: CloudEvents sources it may send as. agencies: agency codes, with all below them.

    `*` stands for everything; nothing named is nothing allowed.
    """

    name: str
    role: Role
    sources: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()

    def may_send_as(self, source: str) -> bool:
        """Whether it may send events of this source: `/h51` covers `/h51/one-stop`."""
        return _covered(source, self.sources, "/")

    def may_speak_for(self, agency: str) -> bool:
        """Whether the agency is in its scope by its code: `H51` covers `H51.18`; a tree may know better."""
        return _covered(agency, self.agencies, ".")

    def has(self, role: Role) -> bool:
        """Whether it may what this role may. The administrator may send, too."""
        if role is Role.SENDER:
            return self.role in (Role.SENDER, Role.ADMINISTRATOR)
        return self.role in READERS and READERS.index(self.role) >= READERS.index(role)


ANYBODY = Principal("local", Role.ADMINISTRATOR, (EVERYTHING,), (EVERYTHING,))
"""Whoever asks where no keys are configured: only on the loopback address."""


def _covered(value: str, scope: Iterable[str], separator: str) -> bool:
    return any(
        part in (EVERYTHING, value) or value.startswith(part.removesuffix(separator) + separator)
        for part in scope
    )
