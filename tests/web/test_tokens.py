"""OIDC tokens against a real JWKS server: what holds opens, everything else does not."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request

from streams.cli.oidc import tokens_of
from streams.cli.options import UsageError
from streams.settings import Settings
from tests.web.provider import AUDIENCE, Provider, provided
from web.discovery import LIFE_SECONDS, PAUSE_SECONDS, AddressError
from web.doorkeeper import Doorkeeper, OpenDoorError
from web.jwks import Jwks
from web.principal import Role
from web.problem import Problem
from web.tokens import RolesError, Tokens, roles_of


class Time:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provided() as made:
        yield made


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def tokens(provider: Provider, clock: Time) -> Tokens:
    return Tokens(provider.issuer, AUDIENCE, Jwks(provider.issuer, clock=clock))


@pytest.mark.parametrize(("kind", "algorithm"), [("RSA", "RS256"), ("RSA", "PS256"), ("EC", "ES256")])
def test_a_token_of_the_issuer_gives_role_and_scope(
    provider: Provider, tokens: Tokens, kind: str, algorithm: str
) -> None:
    provider.add("two", kind)
    found = tokens.principal(provider.token("two", algorithm, roles=["viewer", "operator", "x"]))
    assert found is not None
    assert (found.role, found.agencies, found.sources) == (Role.OPERATOR, ("H51.18",), ())
    assert "u1" not in found.name
    assert found.name == getattr(tokens.principal(provider.token("two", algorithm)), "name", None)


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"aud": "others"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"sub": None},
        {"nbf": int(time.time()) + 3600},
        {"exp": "soon"},
    ],
)
def test_a_token_with_other_claims_does_not_hold(
    provider: Provider, tokens: Tokens, changed: dict[str, Any]
) -> None:
    key = provider.private["one"]
    token = _signed({"alg": "RS256", "kid": "one"}, provider.claims(**changed), key)
    assert tokens.principal(token) is None


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """Without a library that refuses to make nonsense."""
    text = f"{_part(header)}.{_part(claims)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(text.encode(), key)
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_no_signature_and_a_public_key_as_a_secret_do_not_open(provider: Provider, tokens: Tokens) -> None:
    good = provider.token()
    assert tokens.principal(good) is not None
    for algorithm in ("none", "None", "NONE", ""):
        text = f"{_part({'alg': algorithm, 'kid': 'one'})}.{_part(provider.claims())}"
        assert tokens.principal(f"{text}.") is None
    public = provider.private["one"].public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, pem.strip(), der, json.dumps(provider.public("one")).encode()):
        text = f"{_part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{_part(provider.claims())}"
        made = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        assert tokens.principal(f"{text}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}") is None


def test_a_secret_in_the_public_list_signs_nothing(provider: Provider, tokens: Tokens) -> None:
    secret = b"s" * 32
    encoded = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    provider.more = [{"kty": "oct", "k": encoded, "kid": "shared", "alg": "HS256"}]
    assert tokens.principal(jwt.encode(provider.claims(), secret, "HS256", headers={"kid": "shared"})) is None
    assert tokens.principal(provider.token()) is not None


def test_another_key_with_a_known_id_and_a_changed_body_do_not_open(
    provider: Provider, tokens: Tokens
) -> None:
    other = rsa.generate_private_key(65537, 2048)
    assert tokens.principal(_signed({"alg": "RS256", "kid": "one"}, provider.claims(), other)) is None
    head, _, signature = provider.token().split(".")
    assert tokens.principal(f"{head}.{_part(provider.claims(roles=['administrator']))}.{signature}") is None
    inside = {"alg": "RS256", "jwk": jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key(), as_dict=True)}
    assert tokens.principal(_signed(inside, provider.claims(), other)) is None
    for nonsense in (
        "..",
        "a.b.c",
        "é.é.é",
        _part([1]) + ".x.y",
        _part({"alg": "RS256", "kid": [1]}) + ".e30.x",
    ):
        assert tokens.principal(nonsense) is None


def test_keys_change_and_made_up_ids_do_not_make_us_ask_each_time(
    provider: Provider, tokens: Tokens, clock: Time
) -> None:
    assert tokens.principal(provider.token()) is not None
    assert provider.asked == 1
    provider.add("made-up")
    for _ in range(50):
        assert tokens.principal(provider.token("made-up")) is None
    assert provider.asked == 1
    clock.now += PAUSE_SECONDS + 1
    assert tokens.principal(provider.token("made-up")) is not None  # now it is one of theirs
    assert provider.asked == 2
    old = provider.token("one")
    del provider.private["one"]
    assert tokens.principal(old) is not None
    clock.now += LIFE_SECONDS + 1
    assert tokens.principal(old) is None
    assert provider.asked == 3


def test_a_provider_that_is_away(provider: Provider, tokens: Tokens, clock: Time) -> None:
    provider.down = True
    for _ in range(2):
        with pytest.raises(Problem) as raised:
            tokens.principal(provider.token())
        assert raised.value.kind.status == 503
        provider.down = False  # which is seen after the pause: until then nobody waits for it
    clock.now += PAUSE_SECONDS + 1
    assert tokens.principal(provider.token()) is not None
    provider.down = True
    clock.now += LIFE_SECONDS + 1
    assert tokens.principal(provider.token()) is not None  # with the keys that are known


def test_claims_are_found_where_the_issuer_puts_them(provider: Provider) -> None:
    tokens = Tokens(
        provider.issuer,
        AUDIENCE,
        Jwks(provider.issuer, f"{provider.issuer}/keys"),
        "realm_access.roles",
        "unit",
        roles_of("ioc=duty=operator, watch = viewer"),
    )
    found = tokens.principal(provider.token(realm_access={"roles": ["ioc=duty"]}, unit="H51.18.01"))
    assert found is not None
    assert (found.role, found.agencies) == (Role.OPERATOR, ("H51.18.01",))
    for roles in ({}, {"roles": "administrator"}, {"roles": [1]}, "viewer"):  # ours are not theirs
        with pytest.raises(Problem) as raised:
            tokens.principal(provider.token(realm_access=roles))
        assert raised.value.kind.status == 403
    with pytest.raises(RolesError, match="sender"):
        roles_of("x=sender")


def _request(token: str) -> Request:
    return Request({"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())], "state": {}})


def test_the_doorkeeper_takes_tokens_for_asking_alone(provider: Provider, tokens: Tokens) -> None:
    keeper = Doorkeeper(None, tokens=tokens)
    keeper.may_listen_on("0.0.0.0")  # noqa: S104
    with pytest.raises(OpenDoorError):
        Doorkeeper(None).may_listen_on("0.0.0.0")  # noqa: S104
    admin = provider.token(roles="administrator", agencies="*")
    assert keeper.admit(_request(admin), Role.OPERATOR).agencies == ("*",)
    for token, role, status in (
        (provider.token(), Role.OPERATOR, 403),
        (admin, Role.SENDER, 401),
        ("", Role.VIEWER, 401),
        ("rp_0_x", Role.VIEWER, 401),
        (provider.token(aud="x"), Role.VIEWER, 401),
    ):
        with pytest.raises(Problem) as raised:
            keeper.admit(_request(token), role)
        assert raised.value.kind.status == status


def test_settings_say_what_is_wrong(provider: Provider) -> None:
    assert tokens_of(Settings()) is None
    with pytest.raises(UsageError, match="oidc_audience"):
        tokens_of(Settings(oidc_issuer=provider.issuer))
    with pytest.raises(UsageError, match="https"):
        tokens_of(Settings(oidc_issuer="http://sso.example", oidc_audience="x"))
    with pytest.raises(AddressError):
        Jwks("https://sso.example", "file:///etc/passwd")
    made = tokens_of(Settings(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE))
    assert made is not None
    assert made.principal(provider.token()) is not None
