"""API keys: hashed, scoped, changed over without a gap, read again when their file changes."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from web.doorkeeper import Doorkeeper, OpenDoorError, loopback
from web.key_file import KeyFile, alone, read, write
from web.keys import Client, KeyBook, KeysError
from web.principal import Principal, Role

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
ONE_STOP = Client(name="one-stop", role=Role.SENDER, sources=("/h51/one-stop",), agencies=("H51",))


def book() -> tuple[KeyBook, str]:
    return KeyBook().create(ONE_STOP, NOW)


def test_a_key_opens_and_is_not_kept() -> None:
    keys, text = book()
    assert keys.principal(text, NOW) == ONE_STOP.principal
    assert text not in keys.model_dump_json()
    assert text.split("_", 2)[2] not in keys.model_dump_json()


@pytest.mark.parametrize(
    "spoil", [lambda k: k[:-1], lambda k: k + "x", lambda k: k.replace("rp_", "rq_"), str.upper]
)
def test_a_spoilt_key_does_not_open(spoil) -> None:
    keys, text = book()
    assert keys.principal(spoil(text), NOW) is None


@pytest.mark.parametrize("text", ["", "rp", "rp_", "rp__", "rp_00000000_", "\ud800", "rp_\ud800_\ud800"])
def test_what_is_no_key_does_not_open(text: str) -> None:
    assert book()[0].principal(text, NOW) is None


def test_while_a_key_changes_over_both_open_and_then_only_the_new_one() -> None:
    keys, old = book()
    keys, new = keys.rotate("one-stop", WEEK, NOW)
    for moment in (NOW, NOW + WEEK - timedelta(seconds=1)):
        assert keys.principal(old, moment) == keys.principal(new, moment) == ONE_STOP.principal
    assert keys.principal(old, NOW + WEEK) is None
    assert keys.principal(new, NOW + WEEK) == ONE_STOP.principal


def test_there_are_never_three_keys() -> None:
    keys, _ = book()
    keys, _ = keys.rotate("one-stop", WEEK, NOW)
    with pytest.raises(KeysError, match="2 valid keys already"):
        keys.rotate("one-stop", WEEK, NOW)
    keys, _ = keys.rotate("one-stop", WEEK, NOW + WEEK)
    assert len(keys.client("one-stop").keys) == 2


def test_a_revoked_key_opens_no_more_and_the_other_one_does() -> None:
    keys, old = book()
    keys, new = keys.rotate("one-stop", WEEK, NOW)
    keys = keys.revoke("one-stop", old.split("_")[1])
    assert (keys.principal(old, NOW), keys.principal(new, NOW)) == (None, ONE_STOP.principal)
    assert keys.revoke("one-stop", None).clients == ()


def test_what_makes_no_sense_is_told() -> None:
    keys, _ = book()
    with pytest.raises(KeysError, match="already"):
        keys.create(ONE_STOP, NOW)
    with pytest.raises(KeysError, match="no client `two`"):
        keys.rotate("two", WEEK, NOW)
    with pytest.raises(KeysError, match="no key `0`"):
        keys.revoke("one-stop", "0")
    with pytest.raises(ValidationError):
        Client(name="0912 345 678", role=Role.SENDER)


def test_scopes_cover_what_is_below_and_nothing_beside() -> None:
    one = Principal("x", Role.SENDER, ("/h51/one-stop",), ("H51.18",))
    assert [one.may_send_as(s) for s in ("/h51/one-stop", "/h51/one-stop/a", "/h51/one-stop2", "/h51")] == [
        *(True, True),
        *(False, False),
    ]
    assert [one.may_speak_for(a) for a in ("H51.18", "H51.18.3", "H51.181", "H51")] == [
        True,
        True,
        False,
        False,
    ]
    nobody, anybody = Principal("x", Role.SENDER), Principal("x", Role.SENDER, ("*",), ("*",))
    assert not nobody.may_send_as("/h51")
    assert anybody.may_send_as("/h51")
    assert anybody.may_speak_for("H51")


def test_roles_may_what_those_before_them_may() -> None:
    may = {role: {other for other in Role if Principal("x", role).has(other)} for role in Role}
    assert may == {
        Role.SENDER: {Role.SENDER},
        Role.PUBLIC: {Role.PUBLIC},
        Role.VIEWER: {Role.PUBLIC, Role.VIEWER},
        Role.OPERATOR: {Role.PUBLIC, Role.VIEWER, Role.OPERATOR},
        Role.ADMINISTRATOR: set(Role),
    }


def test_a_file_is_for_its_owner_and_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys, old = book()
    write(path, keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = KeyFile(path)
    assert held.book().principal(old, NOW)
    with alone(path) as found:
        write(path, found.revoke("one-stop", None))
    assert held.book().principal(old, NOW) is None
    assert sorted(each.name for each in tmp_path.iterdir()) == ["keys.json", "keys.json.lock"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away; run the tests as root")
def test_the_service_goes_on_reading_what_root_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write(path, KeyBook())
    os.chown(path, 10001, 10002)
    path.chmod(0o644)
    write(path, book()[0])
    status = path.stat()
    assert (status.st_uid, status.st_gid) == (10001, 10002)
    assert stat.S_IMODE(status.st_mode) == 0o640


def test_a_file_that_cannot_be_read_any_more_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "keys.json"
    keys, text = book()
    write(path, keys)
    held = KeyFile(path)
    path.write_text('{"clients": [{"name": "secret-of-somebody"}]}')
    assert held.book().principal(text, NOW)
    assert held.book().principal(text, NOW)
    assert len(caplog.records) == 1
    path.unlink()
    assert held.book().principal(text, NOW)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text('{"clients": [{"role": "boss"}]}')
    with pytest.raises(KeysError, match=r"keys\.json is no file of keys: clients\.0\.name: Field required"):
        read(path)
    with pytest.raises(FileNotFoundError):
        KeyFile(tmp_path / "none")


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir()
    with pytest.raises(OSError, match=r"keys\.json"):
        write(tmp_path / "keys.json", book()[0])
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org"])  # noqa: S104
def test_no_door_to_the_world_without_keys(tmp_path: Path, host: str) -> None:
    with pytest.raises(OpenDoorError, match="can be reached from other machines, and there are no API keys"):
        Doorkeeper(None).may_listen_on(host)
    path = tmp_path / "keys.json"
    write(path, KeyBook())
    Doorkeeper(KeyFile(path)).may_listen_on(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_alone_needs_no_keys(host: str) -> None:
    assert loopback(host)
    Doorkeeper(None).may_listen_on(host)
