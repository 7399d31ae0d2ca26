"""The page's files over HTTP: with which headers, and that they need nothing from elsewhere."""

import re
from collections.abc import Iterator

import httpx
import pytest

from serving.live.files import FOLDER, files
from serving.live.router import POLICY, router
from streams.cli.door import open_door
from streams.settings import Settings
from web.application import application
from web.server import Server, listen

NAMESPACES = ("http://www.w3.org/2000/svg",)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    server = Server(application("test", "1", [router()]), listen("127.0.0.1", 0))
    server.start()
    with httpx.Client(base_url=server.address) as made:
        yield made
    server.stop()


def test_the_page_is_at_the_top_and_its_files_below_static(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(named) == 3
    for name in named:
        assert client.get(name).status_code == 200
    assert {f"/static/{name}" for name in files()} == {*named, "/static/index.html"}


@pytest.mark.parametrize("path", ["/", "/static/board.js", "/static/board.css", "/static/icon.svg"])
def test_nothing_but_our_own_files_may_run(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy == POLICY
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_page_has_no_script_or_style_of_its_own(client: httpx.Client) -> None:
    text = client.get("/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)


@pytest.mark.parametrize("name", sorted(files()))
def test_no_file_needs_another_machine(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert not re.search(r"(?:https?:|wss?:)?//[\w-]+\.\w", text)
    assert "@import" not in text
    assert "sourceMappingURL" not in text


def test_what_the_browser_has_is_not_sent_again(client: httpx.Client) -> None:
    tag = client.get("/static/board.js").headers["etag"]
    again = client.get("/static/board.js", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == POLICY
    assert client.get("/static/board.js", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/static/none.js", "/static/..%2Frouter.py", "/static/%2e%2e/files.py"])
def test_there_are_no_other_files(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_one_machine_serves_it_beside_the_rest(tmp_path) -> None:
    with open_door(Settings(http_port=0), tmp_path) as address:
        assert httpx.get(f"{address}/").text == (FOLDER / "index.html").read_text(encoding="utf-8")
        assert "/v1/kpis" in httpx.get(f"{address}/openapi.json").json()["paths"]
