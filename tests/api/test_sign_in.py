"""People sign in on the board with an identity provider, and what does not hold opens nothing."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import jwt
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from serving.api import stream
from streams.cli.oidc import sessions_of, sign_in_of
from streams.cli.options import UsageError
from streams.cli.parts import doorkeeper_of
from streams.settings import Settings
from tests.api.conftest import Counting
from tests.api.signing_in import COOKIE, session, signing_in
from tests.web.provider import AUDIENCE, CLIENT, Provider, provided
from web.principal import Principal, Role
from web.problem import Problem
from web.seal import Seal
from web.sessions import Person, Sessions

KPIS = "/v1/kpis?period=2022-Q3&kpi=online_dossier_rate"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provided() as made:
        yield made


@pytest.fixture
def provider(running: Provider) -> Iterator[Provider]:
    yield running
    running.person, running.confidential, running.down = {}, True, False


@pytest.fixture(scope="module")
def home(reader: Counting, running: Provider) -> Iterator[tuple[str, Settings]]:
    """Address and settings of a server with query API and board."""
    with signing_in(reader, running) as made:
        yield made


@pytest.fixture
def client(home: tuple[str, Settings]) -> Iterator[httpx.Client]:
    """A browser without cookies."""
    with httpx.Client(base_url=home[0], timeout=60) as made:
        yield made


def coming_back(client: httpx.Client, view: str = "") -> str:
    """Begin to sign in; the address that the provider sends the browser back to."""
    to_provider = client.get("/session/sign-in", params={"view": view})
    assert to_provider.status_code == 303
    assert to_provider.headers["cache-control"] == "no-store"
    return httpx.get(to_provider.headers["location"]).headers["location"]


def signed_in(client: httpx.Client) -> httpx.Response:
    return client.get(coming_back(client))


def refused(client: httpx.Client, answer: httpx.Response, status: int) -> None:
    """A page that says so, and nothing is open."""
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "Chưa đăng nhập được" in answer.text
    assert COOKIE not in client.cookies
    assert client.get(KPIS).status_code == 401


def test_who_signs_in_sees_what_their_claims_give_until_they_sign_out(
    client: httpx.Client, provider: Provider, home: tuple[str, Settings]
) -> None:
    assert client.get("/session").json() == {"sign_in": True, "name": None, "left": None}
    assert client.get(KPIS).status_code == 401
    provider.person = {"agencies": ["H51.18.01"]}
    answer = client.get(coming_back(client, "?period=2022-Q3&lang=en"))
    assert answer.headers["location"] == f"{home[0]}/?period=2022-Q3&lang=en"
    given = [text for text in answer.headers.get_list("set-cookie") if text.startswith(f"{COOKIE}=")]
    assert len(given) == 1
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=3600"} <= set(given[0].split("; "))
    assert "reform-pulse-sign-in" not in client.cookies
    who = client.get("/session")
    assert who.json()["name"] == "Nguyễn Văn A"
    assert 3_500 < who.json()["left"] <= 3_600
    assert who.headers["cache-control"] == "no-store"
    own = client.get(KPIS)
    assert own.json()["agency"] == "H51.18.01"
    assert "Cookie" in own.headers["vary"]
    assert client.get(f"{KPIS}&agency=H51.18").status_code == 403
    assert client.get("/v1/dossiers?kpi=online_dossier_rate&which=numerator").status_code == 403
    leaving = client.delete("/session").json()["then"]
    assert leaving.startswith(f"{provider.issuer}/leave?")
    assert httpx.get(leaving).headers["location"] == f"{home[0]}/"
    assert client.get(KPIS).status_code == 401
    assert client.get("/session").json()["name"] is None


def test_a_public_client_signs_in_by_pkce_alone(provider: Provider, home: tuple[str, Settings]) -> None:
    provider.confidential = False
    settings = home[1].model_copy(update={"oidc_client_secret": SecretStr("")})
    made = sign_in_of(settings, sessions_of(settings))
    assert made is not None
    location, pending = made._flow.begun("")
    code = dict(parse_qsl(urlsplit(httpx.get(location).headers["location"]).query))["code"]
    assert made._flow.ended(code, pending).principal.role == Role.VIEWER


def test_the_provider_gets_no_more_than_it_needs(client: httpx.Client) -> None:
    asked = dict(parse_qsl(urlsplit(client.get("/session/sign-in").headers["location"]).query))
    assert asked.keys() == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    again = dict(parse_qsl(urlsplit(client.get("/session/sign-in").headers["location"]).query))
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) == 43
        assert asked[name] != again[name]


def test_an_answer_to_somebody_elses_question_opens_nothing(
    client: httpx.Client, home: tuple[str, Settings]
) -> None:
    back = coming_back(client)
    state = parse_qs(urlsplit(back).query)["state"][0]
    with httpx.Client(base_url=home[0]) as other:  # a link with the answer for another browser
        refused(other, other.get(back), 400)
        refused(other, other.get(coming_back(other).replace("state=", "state=x")), 400)
        theirs = coming_back(other)
    refused(client, client.get(back.replace(state, "")), 400)
    back = coming_back(client)
    ours, code = (parse_qs(urlsplit(each).query)["code"][0] for each in (back, theirs))
    refused(client, client.get(back.replace(ours, code)), 401)  # their code with our state: PKCE
    refused(client, client.get(coming_back(client) + "x"), 403)  # says that it is of another issuer


def test_a_code_is_good_once(client: httpx.Client) -> None:
    back = coming_back(client)
    begun = dict(client.cookies)
    assert client.get(back).status_code == 303
    client.cookies.clear()
    client.cookies.update(begun)  # even with the cookie that the browser was told to forget
    refused(client, client.get(back), 401)


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": AUDIENCE},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
    ],
)
def test_an_id_token_that_is_not_for_this_sign_in(
    client: httpx.Client, provider: Provider, changed: dict[str, Any]
) -> None:
    provider.person = changed
    refused(client, signed_in(client), 401)


def test_an_id_token_of_somebody_elses_key(client: httpx.Client, provider: Provider) -> None:
    right = provider.private["one"]
    provider.add("one")
    forger, provider.private["one"] = provider.private["one"], right
    assert signed_in(client).status_code == 303  # the right key is known now
    client.cookies.clear()
    provider.private["one"] = forger
    try:
        refused(client, signed_in(client), 401)
    finally:
        provider.private["one"] = right


def test_who_has_no_role_is_told_so(client: httpx.Client, provider: Provider) -> None:
    provider.person = {"roles": ["something"]}
    answer = signed_in(client)
    refused(client, answer, 403)
    assert "chưa được cấp vai trò" in answer.text
    provider.person = {"agencies": [f"H51.{number}" for number in range(500)]}
    refused(client, signed_in(client), 403)


def test_who_is_turned_away_by_the_provider(client: httpx.Client) -> None:
    state = parse_qs(urlsplit(coming_back(client)).query)["state"][0]
    answer = client.get("/session/callback", params={"state": state, "error": "<script>"})
    refused(client, answer, 403)
    assert "<script>" not in answer.text


def test_a_provider_that_is_away(provider: Provider, home: tuple[str, Settings]) -> None:
    made = sign_in_of(home[1], sessions_of(home[1]))
    assert made is not None
    provider.down = True
    for _ in range(2):
        with pytest.raises(Problem) as raised:
            made.begin()
        assert raised.value.kind.status == 503
        provider.down = False  # seen after the pause
    assert made._flow.left("http://127.0.0.1/") == "http://127.0.0.1/"


@pytest.mark.parametrize(
    "view",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "@evil.example",
        ".evil.example",
        "javascript:alert(1)",
        "?x=\r\nSet-Cookie: a=b",
        "?//evil.example",
    ],
)
def test_a_sign_in_ends_on_the_board_and_nowhere_else(
    client: httpx.Client, home: tuple[str, Settings], view: str
) -> None:
    answer = client.get(coming_back(client, view))
    to = answer.headers["location"]
    assert to == f"{home[0]}/" or to.startswith(f"{home[0]}/?")
    assert "a" not in client.cookies


def test_a_cookie_that_we_did_not_give(client: httpx.Client, provider: Provider) -> None:
    client.cookies.set(COOKIE, session(timedelta(minutes=1)))
    assert client.get(KPIS).status_code == 200
    good = session(timedelta(minutes=1), role="administrator", agencies=["*"])
    header, body, signature = good.split(".")
    mine = session(timedelta(minutes=1)).split(".")
    claims = {"aud": "session", "exp": 9e9, "sub": "x", "role": "operator", "agencies": ["*"], "name": "x"}
    pending = client.get("/session/sign-in").cookies["reform-pulse-sign-in"]
    for text in (
        "",
        "x",
        "a.b.c",
        f"{header}.{body}.",
        f"{header}.{body}.{mine[2]}",
        f"{header}.{mine[1]}.{signature}",
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims, "t" * 32, "HS256"),
        jwt.encode(claims, provider.private["one"], "RS256", headers={"kid": "one"}),
        provider.token(aud=CLIENT),
        pending,
    ):
        client.cookies.clear()
        client.cookies.set(COOKIE, text)
        assert client.get(KPIS).status_code == 401, text
        assert client.get("/session").json()["name"] is None
    client.cookies.clear()
    assert client.get(KPIS, headers={"Authorization": f"Bearer {good}"}).status_code == 401


def test_a_session_ends(client: httpx.Client) -> None:
    client.cookies.set(COOKIE, session(timedelta(seconds=-1)))
    assert client.get(KPIS).status_code == 401
    assert client.get("/session").json()["left"] is None


def test_a_stream_ends_with_the_session(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "ALIVE_SECONDS", 0.1)
    client.cookies.set(COOKIE, session(timedelta(seconds=2)))
    with client.stream("GET", "/v1/stream") as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[0] == "event: figures"
    assert json.loads(lines[1].removeprefix("data: "))["agency"] == "H51.18"
    assert client.get("/v1/stream").status_code == 401


def test_a_wrong_key_is_not_made_good_by_a_session(client: httpx.Client) -> None:
    client.cookies.set(COOKIE, session(timedelta(minutes=1)))
    assert client.get(KPIS, headers={"Authorization": "Bearer rp_0_x"}).status_code == 401


def _with_cookie(answer: Response) -> Request:
    pair = answer.headers["set-cookie"].partition(";")[0]
    return Request({"type": "http", "headers": [(b"cookie", pair.encode())], "state": {}})


def test_nobody_sends_events_with_a_cookie(home: tuple[str, Settings]) -> None:
    doorkeeper, answer = doorkeeper_of(home[1]), Response()
    assert doorkeeper.sessions
    doorkeeper.sessions.begin(answer, Person(Principal("a", Role.ADMINISTRATOR, (), ("*",)), "A"))
    assert doorkeeper.admit(_with_cookie(answer), Role.OPERATOR).role == Role.ADMINISTRATOR
    with pytest.raises(Problem) as raised:
        doorkeeper.admit(_with_cookie(answer), Role.SENDER)
    assert raised.value.kind.status == 401


def test_over_tls_the_cookie_is_for_this_host_and_tls_alone() -> None:
    sessions, answer = Sessions(Seal(), timedelta(hours=1), secure=True), Response()
    person = Person(Principal("a", Role.VIEWER, (), ("*",)), "A")
    sessions.begin(answer, person)
    words = answer.headers["set-cookie"].split("; ")
    assert words[0].startswith("__Host-reform-pulse-session=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(words)
    assert not [word for word in words if word.lower().startswith("domain")]
    found = sessions.person(_with_cookie(answer))
    assert found is not None
    assert found.principal == person.principal
    assert Sessions(Seal(), timedelta(hours=1), secure=True).person(_with_cookie(answer)) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"oidc_issuer": ""}, "oidc_issuer"),
        ({"board_url": ""}, "board_url"),
        ({"board_url": "http://pulse.example"}, "https"),
        ({"board_url": "https://pulse.example/board"}, "top of it"),
        ({"session_secret": "short"}, "session_secret has 5 signs"),
    ],
)
def test_settings_say_what_is_wrong(changed: dict[str, str], said: str) -> None:
    whole = {
        "oidc_issuer": "https://sso.example",
        "oidc_audience": AUDIENCE,
        "oidc_client_id": CLIENT,
        "board_url": "https://pulse.example/",
    }
    make: Callable[..., Settings] = Settings
    found = sign_in_of(make(**whole), sessions_of(make(**whole)))
    assert found is not None
    assert found._flow.back == "https://pulse.example/session/callback"
    with pytest.raises(UsageError, match=said):
        sessions_of(make(**(whole | changed)))
