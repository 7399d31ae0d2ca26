"""API keys: who has which, what they allow, and how they change; only their SHA-256 is kept.

A key is `rp_<id>_<secret>`; the secret has 256 random bits, so a plain hash is enough: none can be guessed.
A client has one key, or two while it changes over from the old one to the new one.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from web.principal import Principal, Role

PREFIX = "rp"
NAME = r"^[a-z0-9][a-z0-9._-]{0,39}$"
MOST = 2


class KeysError(ValueError):
    """A change of keys that makes no sense; the message says why."""


class Key(BaseModel):
    """One key of a client. id: the part of the key that is no secret."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    sha256: str
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it still opens."""
        return self.expires_at is None or now < self.expires_at


class Client(BaseModel):
    """A client with its scope and its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=NAME)
    role: Role
    sources: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()

    @property
    def principal(self) -> Principal:
        """Who it is when it asks."""
        return Principal(self.name, self.role, self.sources, self.agencies)


class KeyBook(BaseModel):
    """All clients."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clients: tuple[Client, ...] = ()

    def client(self, name: str) -> Client:
        """The client of this name; raises KeysError."""
        for client in self.clients:
            if client.name == name:
                return client
        raise KeysError(f"there is no client `{name}`; `keys list` names them")

    def principal(self, key: str, now: datetime) -> Principal | None:
        """Whose key it is, None if it is nobody's or no longer valid."""
        prefix, _, rest = key.partition("_")
        given, _, secret = rest.partition("_")
        if prefix != PREFIX or not secret:
            return None
        for client in self.clients:
            for own in client.keys:
                if own.id == given and own.valid(now) and hmac.compare_digest(own.sha256, _hash(key)):
                    return client.principal
        return None

    def create(self, client: Client, now: datetime) -> tuple["KeyBook", str]:
        """Add a client with its first key, which is returned and never seen again; raises KeysError."""
        if any(each.name == client.name for each in self.clients):
            raise KeysError(f"there is a client `{client.name}` already; `keys rotate` gives it a new key")
        key, text = _new(now)
        made = client.model_copy(update={"keys": (key,)})
        return KeyBook(clients=(*self.clients, made)), text

    def rotate(self, name: str, overlap: timedelta, now: datetime) -> tuple["KeyBook", str]:
        """Give a client a second key; the first one goes on for `overlap`. Raises KeysError."""
        client = self.client(name)
        valid = [key for key in client.keys if key.valid(now)]
        if len(valid) >= MOST:
            raise KeysError(
                f"`{name}` has {MOST} valid keys already; revoke one of them: `keys list` has ids"
            )
        ending = tuple(_ending(key, now + overlap) for key in valid)
        key, text = _new(now)
        return self._with(client.model_copy(update={"keys": (*ending, key)})), text

    def revoke(self, name: str, key_id: str | None) -> "KeyBook":
        """Take one key away from a client, or the client with all its keys; raises KeysError."""
        client = self.client(name)
        if key_id is None:
            return KeyBook(clients=tuple(each for each in self.clients if each.name != name))
        left = tuple(key for key in client.keys if key.id != key_id)
        if left == client.keys:
            raise KeysError(f"`{name}` has no key `{key_id}`; `keys list` has the ids")
        return self._with(client.model_copy(update={"keys": left}))

    def _with(self, changed: Client) -> "KeyBook":
        return KeyBook(clients=tuple(changed if each.name == changed.name else each for each in self.clients))


def _new(now: datetime) -> tuple[Key, str]:
    key_id = secrets.token_hex(4)
    text = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
    return Key(id=key_id, sha256=_hash(text), created_at=now), text


def _ending(key: Key, end: datetime) -> Key:
    return key.model_copy(update={"expires_at": min(end, key.expires_at or end)})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
