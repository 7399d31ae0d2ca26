"""A little identity provider on this machine, with keys of its own."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

AUDIENCE = "reform-pulse"
CLIENT, SECRET = "board", "a:secret/with+signs"


class Provider:
    """An identity provider: its keys over HTTP, tokens signed with them, and people who sign in with PKCE."""

    def __init__(self) -> None:
        self.private: dict[str, Any] = {}
        self.confidential = True
        self.asked, self.down, self.more = 0, False, list[dict[str, Any]]()
        self.codes: dict[str, dict[str, str]] = {}
        self.person: dict[str, Any] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urlsplit(self.path)
                if asked.path in ("/authorize", "/leave"):
                    self.send_response(302)
                    self.send_header("Location", provider.sent_to(asked.path, dict(parse_qsl(asked.query))))
                    self.end_headers()
                    return
                found = provider.answer(self.path)
                self.send_response(200 if found else 503)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["content-length"])).decode()
                status, found = provider.exchange(
                    dict(parse_qsl(form)), self.headers.get("authorization", "")
                )
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, path: str) -> Any:
        if self.down:
            return None
        if path.endswith("openid-configuration"):
            ends = {"authorization": "authorize", "token": "token", "end_session": "leave"}
            endpoints = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()}
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **endpoints}
        self.asked += 1
        return {"keys": [*(self.public(name) for name in self.private), *self.more]}

    def add(self, name: str, kind: str = "RSA") -> None:
        made = (
            rsa.generate_private_key(65537, 2048)
            if kind == "RSA"
            else ec.generate_private_key(ec.SECP256R1())
        )
        self.private[name] = made

    def public(self, name: str) -> dict[str, Any]:
        key = self.private[name]
        algorithm = (
            jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
        )
        return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        made = {"iss": self.issuer, "aud": AUDIENCE, "sub": "u1", "iat": now, "exp": now + 300}
        made |= {"roles": ["viewer"], "agencies": ["H51.18"]} | changed
        return {name: value for name, value in made.items() if value is not None}

    def token(self, key: str = "one", algorithm: str = "RS256", **changed: Any) -> str:
        return jwt.encode(self.claims(**changed), self.private[key], algorithm, headers={"kid": key})

    def sent_to(self, path: str, asked: dict[str, str]) -> str:
        """Where a browser goes from here: everybody is known already, as `person`."""
        if path == "/leave":
            return asked["post_logout_redirect_uri"]
        assert asked["client_id"] == CLIENT
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Give an ID token for a code, once, to who asked for it."""
        asked = self.codes.pop(form["code"], None)
        pair = base64.b64encode(f"{CLIENT}:{quote_plus(SECRET)}".encode()).decode()
        known = f"Basic {pair}" == authorization if self.confidential else form.get("client_id") == CLIENT
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        fits = asked and asked["code_challenge"] == base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if not known or not asked or not fits or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        claims = {"aud": CLIENT, "nonce": asked["nonce"], "name": "Nguyễn Văn A"} | self.person
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token(**claims)}

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def provided() -> Iterator[Provider]:
    """One that runs, with the key "one"."""
    made = Provider()
    made.add("one")
    try:
        yield made
    finally:
        made.close()
