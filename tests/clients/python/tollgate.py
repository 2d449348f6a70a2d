"""A whole Tollgate on a free port, a service behind it, and a person who allows what applications ask for."""

import html
import json
import os
import re
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote_plus, urljoin, urlsplit

import requests

CALLBACK = "https://client.example/callback"
PASSWORD = "correct horse battery staple"
SECRET = "tgs_secret+of/the:client~of the%tests"
# RFC 6749 section 2.3.1 encodes both halves of the Basic pair. Python's clients leave that to the application, which
# needs it for secrets that it picks itself: generated ones have nothing to encode.
ENCODED_SECRET = quote_plus(SECRET)

TESTS = Path(__file__).parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", TESTS.parent.parent / "target"))


@contextmanager
def running(folder, public_key):
    """The URL of a `tollgate dev` for clients of which one has this public key."""
    with backend() as address:
        text = (TESTS / "configuration.yaml").read_text()
        file = folder / "configuration.yaml"
        file.write_text(text.replace("PUBLIC_KEY", json.dumps(public_key)).replace("BACKEND", address))
        command = [TARGET / "debug" / "tollgate", "dev", "--config", file, "--port", "0"]
        environment = {**os.environ, "ALICE_PASSWORD": PASSWORD, "CLIENT_SECRET": SECRET}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
            try:
                yield ready(program)
            finally:
                program.terminate()


def ready(program):
    for line in program.stdout:
        if found := re.match(r"tollgate ready on (\S+)", line):
            threading.Thread(target=program.stdout.read, daemon=True).start()
            return found[1]
    raise RuntimeError("tollgate ended before it was ready")


@contextmanager
def backend():
    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"served")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def allow(request):
    """Goes where an application sends a person, signs in, allows it; gives the URL at the application where that ends."""
    browser = requests.Session()
    url, page = visit(browser, request)
    for fields in {"username": "alice", "password": PASSWORD}, {"decision": "allow"}:
        if page:
            form = re.findall(r"<form (.*?)</form>", page, re.DOTALL)[-1]
            hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
            named = {name: html.unescape(value) for name, value in hidden}
            action = html.unescape(re.search(r'action="([^"]*)"', form)[1])
            url, page = visit(browser, urljoin(url, action), {**named, **fields})
    assert page is None, "the pages end at the application"
    return url


def visit(browser, url, form=None):
    """Follows redirects on the server, to a page or to where they leave it."""
    server = urlsplit(url).netloc
    answer = browser.request("POST" if form else "GET", url, data=form, allow_redirects=False)
    while answer.status_code == 303:
        url = urljoin(url, answer.headers["Location"])
        if urlsplit(url).netloc != server:
            return url, None
        answer = browser.get(url, allow_redirects=False)
    assert answer.status_code == 200, answer.text
    return url, answer.text
