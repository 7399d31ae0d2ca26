"""Somebody signs in on the board in a real Chromium, works on when the session is over, and signs out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from streams.cli.querying import StoreReader
from tests.api.signing_in import COOKIE, session, signing_in
from tests.live.chromium import Page
from tests.web.provider import Provider, provided

ASKED = "document.querySelector('#key').open && document.querySelector('#key-sign-in')"
KNOWN = "document.querySelector('#who') && document.querySelector('.card .value')"
QUARTER = "?period=2022-Q3"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provided() as made:
        yield made


@pytest.fixture
def home(reader: StoreReader, provider: Provider) -> Iterator[str]:
    with signing_in(reader, provider) as (address, _):
        yield address


def there(tab: Page, script: str) -> None:
    """Wait for it on a page that comes by way of others: a page that goes away answers nothing."""
    for _ in range(20):
        try:
            tab.until(script)
        except AssertionError as error:
            if "context" not in str(error).lower() and "navigated" not in str(error):
                raise
        else:
            return
    raise AssertionError(f"never: {script}")


def test_from_the_sign_in_to_the_sign_out(tab: Page, home: str, provider: Provider) -> None:
    tab.size(1366, 768)
    tab.call("Network.clearBrowserCookies")
    tab.requested.clear()
    tab.errors.clear()
    tab.goto(f"{home}/{QUARTER}")
    there(tab, ASKED)
    tab.run("document.querySelector('#key-sign-in').click()")
    there(tab, KNOWN)
    assert any(url.startswith(f"{provider.issuer}/authorize?") for url in tab.requested)
    assert tab.run("location.search") == QUARTER
    assert tab.text("#who") == "Đang đăng nhập: Nguyễn Văn A"
    assert tab.run("document.cookie") == ""
    assert not tab.run("document.querySelector('#key').open")
    there(tab, "document.querySelector('.pulse.live')")
    # The session is over: the browser has dropped its cookie.
    _with_session(tab, home, timedelta(seconds=50))
    tab.call("Network.clearBrowserCookies")
    tab.requested.clear()
    tab.run("document.querySelector('#place-all').click()")
    there(tab, f"{KNOWN} && document.querySelector('#who').innerText.includes('Nguyễn')")
    assert any(url.startswith(f"{provider.issuer}/authorize?") for url in tab.requested)
    # Signed out in another tab: nobody is signed in again who did not ask for it.
    _with_session(tab, home, timedelta(minutes=50))
    tab.call("Network.clearBrowserCookies")
    tab.requested.clear()
    tab.run("document.querySelector('#place-all').click()")
    there(tab, ASKED)
    tab.run("document.querySelector('#key-sign-in').click()")
    there(tab, f"{KNOWN} && document.querySelector('#who').innerText.includes('Nguyễn')")
    tab.run("document.querySelector('#sign-out').click()")
    there(tab, f"{ASKED} && document.querySelector('#sign-in') && !document.querySelector('#who')")
    assert any(url.startswith(f"{provider.issuer}/leave?") for url in tab.requested)
    assert [error for error in tab.errors if "401" not in error] == []
    tab.goto("about:blank")


def _with_session(tab: Page, home: str, left: timedelta) -> None:
    """Open the board anew as A, with so much left of the session."""
    tab.goto("about:blank")
    tab.call("Network.setCookie", name=COOKIE, value=session(left), url=home, httpOnly=True)
    tab.goto(f"{home}/{QUARTER}")
    there(tab, f"{KNOWN} && document.querySelector('#who').innerText.endsWith(': A')")
