"""What the settings `oidc_*` make: the reader of tokens, people's sessions, the way to sign in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streams.cli.options import UsageError

if TYPE_CHECKING:
    from streams.settings import Settings
    from web.sessions import Sessions
    from web.sign_in import SignIn
    from web.tokens import Tokens


def tokens_of(settings: "Settings") -> "Tokens | None":
    """The reader of OIDC tokens, if an issuer is set; raises UsageError."""
    from web.jwks import Jwks
    from web.tokens import Tokens, roles_of

    if not settings.oidc_issuer:
        return None
    if not settings.oidc_audience:
        raise UsageError("settings: oidc_issuer needs oidc_audience: a token for others is not for us")
    with _told():
        return Tokens(
            settings.oidc_issuer,
            settings.oidc_audience,
            Jwks(settings.oidc_issuer, settings.oidc_jwks_url),
            settings.oidc_role_claim,
            settings.oidc_agency_claim,
            roles_of(settings.oidc_roles),
        )


def sessions_of(settings: "Settings") -> "Sessions | None":
    """The sessions of people, if they can sign in; raises UsageError."""
    from web.discovery import checked
    from web.seal import Seal
    from web.sessions import Sessions

    if not settings.oidc_client_id:
        return None
    if not settings.oidc_issuer or not settings.board_url:
        raise UsageError(
            "settings: oidc_client_id needs oidc_issuer and board_url: where people come back to"
        )
    with _told():
        address = urlsplit(checked(settings.board_url))
        if address.path not in ("", "/") or address.query or address.fragment:
            raise UsageError("settings: board_url has nothing after the host: the board is at the top of it")
        seal = Seal(settings.session_secret.get_secret_value())
        return Sessions(seal, timedelta(minutes=settings.session_minutes), secure=address.scheme == "https")


def sign_in_of(settings: "Settings", sessions: "Sessions | None") -> "SignIn | None":
    """The way to sign in, if there are sessions; raises UsageError."""
    from web.code_flow import CodeFlow
    from web.discovery import Discovery
    from web.sign_in import BACK, SignIn

    tokens = tokens_of(settings)
    if sessions is None or tokens is None:
        return None
    home = settings.board_url.rstrip("/")
    flow = CodeFlow(
        Discovery(settings.oidc_issuer),
        replace(tokens, audience=settings.oidc_client_id),
        settings.oidc_client_secret.get_secret_value(),
        home + BACK,
        settings.oidc_scope,
    )
    return SignIn(flow, sessions, home)


@contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong as one line about the settings."""
    from web.discovery import AddressError
    from web.seal import SecretError
    from web.tokens import RolesError

    try:
        yield
    except (AddressError, RolesError, SecretError) as error:
        raise UsageError(f"settings: {error}") from None
