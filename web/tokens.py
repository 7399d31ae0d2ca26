"""OIDC bearer tokens: who signed in elsewhere, with which role and for which agencies (RFC 9068, RFC 8725).

A token must be signed with a key of the issuer, for us as its audience, and not be over. Only algorithms
with a public key are taken, those of the key's own type: so neither `none` nor a public key taken for a
shared secret opens.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from web.jwks import Jwks
from web.principal import READERS, Principal, Role
from web.problem import problem

ALGORITHMS = {
    "RSA": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    "EC": ["ES256", "ES384", "ES512"],
    "OKP": ["EdDSA"],
}
LEEWAY_SECONDS = 30


class RolesError(ValueError):
    """A list of roles that cannot be read; the message says why."""


@dataclass(frozen=True)
class Tokens:
    """Reads tokens of one issuer.

    role_claim, agency_claim: where they stand, `realm_access.roles` for one inside another; text or a list.
    roles: by what the issuer calls them; none: it uses our names.
    """

    issuer: str
    audience: str
    jwks: Jwks
    role_claim: str = "roles"
    agency_claim: str = "agencies"
    roles: Mapping[str, Role] = field(default_factory=dict)

    def principal(self, token: str) -> Principal | None:
        """Who sent it; None: it does not hold. Raises Problem 403 if it gives no role, 503."""
        claims = self.claims(token)
        return None if claims is None else self.given(claims)

    def given(self, claims: Mapping[str, Any]) -> Principal:
        """Who has these claims, and what they may. Raises Problem 403 if they give no role."""
        known = self.roles or {role.value: role for role in READERS}
        found = [known[text] for text in _texts(claims, self.role_claim) if text in known]
        if not found:
            raise problem(
                "forbidden",
                "Tài khoản này chưa được cấp vai trò trong reform-pulse.",
                f"The token has no role for us in `{self.role_claim}`.",
            )
        # Logs have a name that is nobody's: whoever knows the subject can work it out.
        name = hashlib.sha256(f"{self.issuer}\n{claims['sub']}".encode()).hexdigest()[:12]
        return Principal(
            f"oidc-{name}", max(found, key=READERS.index), (), tuple(_texts(claims, self.agency_claim))
        )

    def claims(self, token: str) -> Mapping[str, Any] | None:
        """What a token that holds says; None: it does not hold. Raises Problem 503."""
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = self.jwks.key(key_id) if isinstance(key_id, str) else None
            if key is None:
                return None
            return jwt.decode(
                token,
                key.key,
                algorithms=ALGORITHMS[str(key.key_type)],
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "sub", "iss", "aud"]},
            )
        except (PyJWTError, UnicodeError):
            return None


def roles_of(text: str) -> dict[str, Role]:
    """Read `ioc-viewers=viewer, ioc-duty=operator`; raises RolesError."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        theirs, _, ours = part.rpartition("=")
        if not theirs or ours.strip() not in READERS:
            raise RolesError(f"`{part}` is no role; write THEIRS=OURS, ours one of {', '.join(READERS)}")
        found[theirs.strip()] = Role(ours.strip())
    return found


def _texts(claims: Mapping[str, Any], path: str) -> list[str]:
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str) and each]
