"""A web server on this machine that can break off, ignore ranges, and answer with other things."""

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass
class Site:
    """What the server serves, and what it was asked."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int | None] = field(default_factory=list)
    ranges: bool = True
    etags: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


@pytest.fixture
def site():
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def do_GET(self):
            name = self.path.lstrip("/").split("?")[0]
            asked = self.headers.get("Range")
            site.requests.append((name, asked))
            if name not in site.files:
                self.answer(404, b"not here")
                return
            content = site.files[name]
            etag = f'"{hashlib.md5(content).hexdigest()}"'
            headers = {"ETag": etag} if site.etags else {}
            bound = self.headers.get("If-Range")
            start = 0
            if asked and site.ranges and bound in (None, etag):
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(content):
                    self.answer(416, b"")
                    return
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            cut = site.break_after.pop(0) if site.break_after else None
            self.answer(206 if start else 200, content[start:], headers, cut)

        def answer(self, status, body, headers=None, cut=None):
            site.statuses.append(status)
            self.send_response(status)
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if cut is None else body[:cut])
            if cut is not None:
                self.wfile.flush()
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """A client that went away is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Do not wait between attempts."""
    monkeypatch.setattr("xrpdsim.datasets.public._resuming.WAITS", (0.0, 0.0))


@pytest.fixture(autouse=True)
def own_data_home(monkeypatch, tmp_path):
    """No test touches the user's data."""
    monkeypatch.setenv("XRPDSIM_DATA", str(tmp_path / "data_home"))
    return tmp_path / "data_home"
