"""A ClickHouse server for tests: a thin HTTP front over the embedded engine, with faults on demand.

It speaks as much of the HTTP interface as clickhouse-connect uses; the answers are the real engine's.
"""

import re
import ssl
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import chdb

INSERT = re.compile(rb"\s*(INSERT\s+INTO\s[^\n]+?)\s+FORMAT\s+(\w+)\s*?(?:\n|$)", re.IGNORECASE)
FORMAT = re.compile(r"\sFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
TRANSPORT = frozenset(
    {"query", "database", "session_id", "query_id", "wait_end_of_query", "client_protocol_version"}
    | {"default_format", "compress", "decompress", "enable_http_compression", "buffer_size"}
    | {"send_progress_in_http_headers", "http_headers_progress_interval_ms"}
    | {"cancel_http_readonly_queries_on_client_close"}
)


class Fault(Enum):
    """What goes wrong with one request."""

    BUSY = auto()  # 503, not executed
    RESET = auto()  # the connection ends, not executed
    LOST = auto()  # executed, and the connection ends without an answer
    BROKEN = auto()  # 500 with an exception of the server, not executed
    PARTS = auto()  # the same: more parts than ClickHouse can merge
    SLOW = auto()  # executed after `Front.seconds`
    HANG = auto()  # no answer as long as the front is not healed, not executed


REFUSING = (Fault.BUSY, Fault.RESET, Fault.LOST, Fault.BROKEN, Fault.PARTS)
"""Those that a client notices at once."""
EXCEPTIONS = {
    Fault.BROKEN: b"Code: 1001. DB::Exception: std::exception: something broke. (STD_EXCEPTION)",
    Fault.PARTS: b"Code: 252. DB::Exception: Too many parts (3001 with average size of 1.00 KiB) in table. "
    b"Merges are processing significantly slower than inserts. (TOO_MANY_PARTS)",
}


class Front:
    """A server at `url` over the engine in a directory; to be used as a context. tls: it speaks https.

    `fail(fault, times, only)`: the next requests whose statement contains `only` meet the fault.
    `down`, `up`: nobody listens at the port, and open connections end; then the server is back.
    `executed`: the statements that the engine has run, in order. `met`: how many requests met each fault.
    """

    seconds = 0.5

    def __init__(self, directory: str, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.executed: list[str] = []
        self.met: Counter[Fault] = Counter()
        self._healed = threading.Event()
        self._away = False
        self._faults: deque[tuple[Fault, str]] = deque()
        self._engine: Any = chdb.connect(directory)  # type: ignore[no-untyped-call]
        self._set: dict[str, str] = {}
        self._lock = threading.Lock()
        front = self

        class Handler(_Handler):
            def answer(self, body: bytes) -> None:
                front._answer(self, body)

        self._handler = Handler
        self._listen(0)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://default@127.0.0.1:{self._server.server_port}/default"

    def __enter__(self) -> Self:
        self._serve()
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self.down()
        with self._lock:
            self._engine.close()

    def fail(self, fault: Fault, times: int = 1, only: str = "INSERT") -> None:
        self._healed.clear()
        self._faults.extend([(fault, only)] * times)

    def heal(self) -> None:
        self._faults.clear()
        self._healed.set()

    def down(self) -> None:
        self._away = True
        self._server.shutdown()
        self._server.server_close()

    def up(self) -> None:
        self._listen(self._server.server_port)
        self._away = False
        self._serve()

    def _listen(self, port: int) -> None:
        self._server = _Server(("127.0.0.1", port), self._handler)
        if self._tls:  # each connection's thread shakes hands, not the one that accepts
            self._server.socket = self._tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def _serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _answer(self, request: "_Handler", body: bytes) -> None:
        if self._away:
            return request.drop()
        url = urlsplit(request.path)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        if url.path == "/ping":
            return request.reply(200, b"Ok.\n")
        statement, data = _parted(query.get("query", "").encode(), body)
        fault = self._fault(statement.decode())
        if fault is Fault.BUSY:
            return request.reply(503, b"busy")
        if fault in EXCEPTIONS:
            return request.reply(500, EXCEPTIONS[fault])
        if fault is Fault.HANG:
            self._healed.wait()
        if fault in (Fault.RESET, Fault.HANG):
            return request.drop()
        if fault is Fault.SLOW:
            time.sleep(self.seconds)
        with self._lock:
            reply = self._execute(statement, data, query)
        return request.drop() if fault is Fault.LOST else request.reply(*reply)

    def _fault(self, statement: str) -> Fault | None:
        with self._lock:
            if not self._faults or self._faults[0][1] not in statement:
                return None
            fault = self._faults.popleft()[0]
            self.met[fault] += 1
            return fault

    def _execute(self, statement: bytes, data: bytes, query: dict[str, str]) -> tuple[int, bytes, str]:
        parameters = {name[6:]: value for name, value in query.items() if name.startswith("param_")}
        settings = {n: v for n, v in query.items() if n not in TRANSPORT and not n.startswith("param_")}
        try:
            for name, value in settings.items() - self._set.items():  # setting them is half of the statements
                self._engine.query(f"SET {name} = '{value}'")
                self._set[name] = value
            self.executed.append(statement.decode())
            return self._insert(statement, data) if data else self._select(statement.decode(), parameters)
        except Exception as error:
            return 500, str(error).encode(), ""

    def _insert(self, statement: bytes, data: bytes) -> tuple[int, bytes, str]:
        found = INSERT.match(statement)
        assert found, statement
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(data)
            self._engine.query(f"{found[1].decode()} FROM INFILE '{file.name}' FORMAT {found[2].decode()}")
        return 200, b"", ""

    def _select(self, statement: str, parameters: dict[str, str]) -> tuple[int, bytes, str]:
        found = FORMAT.search(statement)
        form = found[1] if found else "TabSeparated"
        result = self._engine.query(
            statement[: found.start()] if found else statement, form, params=parameters
        )
        return 200, result.bytes() or b"", form


def _parted(query: bytes, body: bytes) -> tuple[bytes, bytes]:
    """The statement and the data of an insert; both may come in the body."""
    if query:
        return query, body
    found = INSERT.match(body)
    return (body[: found.end()].strip(), body[found.end() :]) if found else (body, b"")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a client that gave up before its answer."""
        if not isinstance(sys.exception(), (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body: bytes) -> None:
        raise NotImplementedError

    def do_GET(self) -> None:
        self.answer(b"")

    def do_POST(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            self.answer(b"".join(iter(self._chunk, b"")))
        else:
            self.answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline().split(b";")[0], 16))
        self.rfile.readline()
        return data

    def reply(self, code: int, data: bytes, form: str = "") -> None:
        self.send_response(code)
        if data and form:
            self.send_header("X-ClickHouse-Format", form)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
