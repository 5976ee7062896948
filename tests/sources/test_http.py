"""Fetching public files: real loopback servers with every kind of bad manners, and a patched httpx for the rest."""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from llmcost.errors import NetworkError
from llmcost.sources import http
from llmcost.sources.http import Limits, fetch

# A key that protects nothing, and its own certificate for rates.example and 127.0.0.1, valid from 2020 to 2120.
KEY = """
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglCwPfZ77To9ZD2i1
mWMsZxXM2PCOdcsYraE+hTv2y+ahRANCAAQo2nX4ESSX2nNZKPjTXwL4Yhq8QKdZ
C2SWk38EsnMIDG5f0O1VZmswquFeiDJ+nPE39Dd7UeakuI2YAdVfGELM
"""
CERTIFICATE = """
MIIBgjCCASmgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1sbG1jb3N0
IHRlc3RzMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1sbG1jb3N0IHRlc3RzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKNp1
+BEkl9pzWSj4018C+GIavECnWQtklpN/BLJzCAxuX9DtVWZrMKrhXogyfpzxN/Q3
e1HmpLiNmAHVXxhCzKNiMGAwHQYDVR0OBBYEFCunelXgILl8spI8KuXDFHVgsQr4
MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMB4GA1UdEQQXMBWCDXJh
dGVzLmV4YW1wbGWHBH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIgLZTGFYKHNCMV5234
tlfWrolrIKEsTeMVeP7keSR47h0CIGvLCDmTYLRFnbdBj0wu+iN32E0v6WhKBqM8
zAMAxT55
"""

PUBLIC = "93.184.215.14"
"""A public address; nothing here ever connects to it."""
SITE = f"https://{PUBLIC}/prices.json"
OK = b"HTTP/1.1 200 OK\r\n"
FILE = OK + b"content-length: 5\r\n\r\nrates"
MB = 1_000_000

Behaviour = Callable[["Server", Any], None]


class Server(socketserver.ThreadingTCPServer):
    """Answers in a thread for each connection, and keeps the head of each request and the bytes of what it sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behave: Behaviour, secure: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.behave = behave
        self.secure = secure
        self.connections = 0
        self.heads: list[bytes] = []
        self.sent = 0
        self.stopping = threading.Event()
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/prices.json"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        request.settimeout(10)
        if self.secure:
            request = self.secure.wrap_socket(request, server_side=True)
        with request:
            head = self.read_head(request)
            if head:
                self.behave(self, request)

    def read_head(self, request: Any) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            part = request.recv(10_000)
            if not part:
                return b""
            head += part
        self.heads.append(head)
        return head

    def send(self, request: Any, data: bytes) -> None:
        request.sendall(data)
        self.sent += len(data)

    def drip(self, request: Any, data: bytes) -> None:
        """Send one piece of data every 0.05 seconds, for as long as anybody listens."""
        while not self.stopping.wait(0.05):
            self.send(request, data)

    def flood(self, request: Any, data: bytes) -> None:
        """Send one piece of data again and again, for as long as anybody listens."""
        while not self.stopping.is_set():
            self.send(request, data)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many tests are about."""


@contextmanager
def serving(behave: Behaviour | bytes, secure: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port of this machine, which sends some bytes, or behaves in some way."""
    behaviour = behave if callable(behave) else lambda server, request: server.send(request, behave)
    with Server(behaviour, secure) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and certificates of the person who runs the tests do not reach the program."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """The certificates that come with httpx are read once, which takes half of a fetch."""
    patch = pytest.MonkeyPatch()
    usual = httpx.create_ssl_context(trust_env=False)
    patch.setattr(httpx, "create_ssl_context", lambda *, trust_env: usual)
    yield
    patch.undo()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names lead to; no other name is known. What is an address already leads to itself."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        host = host.decode() if isinstance(host, bytes) else host
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in known[host]]
        if not host.replace(".", "").isdigit() and ":" not in host:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def pem(kind: str, text: str) -> str:
    return f"-----BEGIN {kind}-----{text}-----END {kind}-----\n"


@pytest.fixture
def certificate(tmp_path: Path) -> str:
    path = tmp_path / "certificate.pem"
    path.write_text(pem("CERTIFICATE", CERTIFICATE), encoding="ascii")
    return str(path)


@pytest.fixture
def secure(tmp_path: Path, certificate: str) -> ssl.SSLContext:
    """What a server needs to be https."""
    key = tmp_path / "key.pem"
    key.write_text(pem("PRIVATE KEY", KEY), encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def refused(url: str, *, allow_private: bool = False, limits: Limits = http.LIMITS, host: str | None = None) -> str:
    """The message of a refused fetch: one line, short and harmless, that names the host, with a remedy."""
    with pytest.raises(NetworkError) as caught:
        fetch(url, allow_private=allow_private, limits=limits)
    message, remedy = caught.value.message, caught.value.remedy
    assert message.isprintable()
    assert len(message) < 400
    assert (host if host is not None else httpx.URL(url).host) in message
    assert remedy
    assert remedy.isprintable()
    return message


def refused_here(behave: Behaviour | bytes, limits: Limits = http.LIMITS) -> str:
    """The message of a fetch from a server on this machine."""
    with serving(behave) as server:
        return refused(server.url, allow_private=True, limits=limits)


# --- what it fetches


@pytest.mark.network
def test_a_file_comes_as_it_is() -> None:
    """The bytes of a file, whether its length is announced, or it comes in chunks, or until the server hangs up."""
    chunks = OK + b"transfer-encoding: chunked\r\n\r\n3\r\nrat\r\n2\r\nes\r\n0\r\n\r\n"
    for answer in (FILE, chunks, OK + b"\r\nrates"):
        with serving(answer) as server:
            assert fetch(server.url, allow_private=True) == b"rates"


@pytest.mark.network
def test_the_request_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks for the file uncompressed, with the query as given, and sends no password of a netrc file, nor a cookie."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(FILE) as server:
        fetch(f"{server.url}?day=1", allow_private=True)
    lines = server.heads[0].lower().split(b"\r\n")
    assert lines[0] == b"get /prices.json?day=1 http/1.1"
    assert f"host: 127.0.0.1:{server.port}".encode() in lines
    assert b"accept-encoding: identity" in lines
    assert not [line for line in lines if line.startswith((b"authorization", b"cookie"))]


# --- time


@pytest.mark.network
@pytest.mark.parametrize("head", [OK + b"content-length: 9000\r\n\r\n", OK + b"x-", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_dripping_server_ends_at_the_deadline(head: bytes) -> None:
    """A server that drips its body, its head, or promises of an answer ends at the deadline, by the clock."""
    piece = head if head.startswith(b"HTTP/1.1 100") else b"a"

    def drip(server: Server, request: Any) -> None:
        server.send(request, head)
        server.drip(request, piece)

    begin = time.monotonic()
    message = refused_here(drip, Limits(total=0.6))
    assert 0.6 <= time.monotonic() - begin < 1.6
    assert "within 0.6 seconds" in message


@pytest.mark.network
def test_redirects_share_one_deadline() -> None:
    """A server that is slow to redirect does not get the whole time anew for each redirect."""

    def behave(server: Server, request: Any) -> None:
        server.stopping.wait(0.3)
        server.send(request, b"HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n")

    begin = time.monotonic()
    assert "within 0.5 seconds" in refused_here(behave, Limits(total=0.5))
    assert time.monotonic() - begin < 1.5


@pytest.mark.network
def test_a_silent_server_ends_by_the_read_timeout() -> None:
    """A server that takes the request and never answers ends when it was silent for too long, before the deadline."""
    begin = time.monotonic()
    message = refused_here(lambda server, _: server.stopping.wait(10), Limits(read=0.3))
    assert 0.3 <= time.monotonic() - begin < 1.3
    assert "sent nothing for 0.3 seconds" in message


def test_a_look_up_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that does not answer keeps nobody past the deadline, also not while the program ends."""
    answer = threading.Event()

    def hang(*args: object, **kwargs: object) -> None:
        answer.wait(5)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    begin = time.monotonic()
    message = refused("https://rates.example/", limits=Limits(total=0.3))
    assert time.monotonic() - begin < 1.3
    assert "within 0.3 seconds" in message
    assert all(each.daemon for each in threading.enumerate() if each is not threading.main_thread())
    answer.set()


# --- retries


@pytest.mark.parametrize("error", [httpx.ConnectError("no route"), httpx.ConnectTimeout("late")])
def test_a_connection_is_tried_twice(error: Exception) -> None:
    """What finds no connection is tried once more, and then given up."""
    with respx.mock() as router:
        route = router.get(SITE).mock(side_effect=[error, httpx.Response(200, content=b"rates")])
        assert fetch(SITE) == b"rates"
        assert route.call_count == 2
        route.mock(side_effect=[error, error, httpx.Response(200, content=b"rates")])
        message = refused(SITE)
        assert "no route" in message or "takes no connection within 5 seconds" in message
        assert route.call_count == 4


def test_one_address_of_each_family_is_tried(names: dict[str, list[str]]) -> None:
    """Where IPv6 leads nowhere, IPv4 is tried before anything is tried again."""
    names["rates.example"] = ["2606:2800::1", "2606:2800::2", PUBLIC]
    with respx.mock() as router:
        router.get("https://[2606:2800::1]/").mock(side_effect=httpx.ConnectError)
        router.get(f"https://{PUBLIC}/").respond(content=b"rates")
        assert fetch("https://rates.example/") == b"rates"
        assert [call.request.url.host for call in router.calls] == ["2606:2800::1", PUBLIC]


@pytest.mark.network
def test_nothing_is_asked_twice() -> None:
    """Once the request is sent there is no second try: a server that hangs up, or is silent, was asked once."""
    for behave in (b"", lambda server, _: server.stopping.wait(10)):
        with serving(behave) as server:
            refused(server.url, allow_private=True, limits=Limits(read=0.2))
        assert (server.connections, len(server.heads)) == (1, 1)


@pytest.mark.network
def test_a_closed_port_is_one_line() -> None:
    """A host that takes no connection is named, with what the system says."""
    with serving(FILE) as server:
        pass
    assert "cannot be reached" in refused(server.url, allow_private=True)


@pytest.mark.network
def test_a_server_that_never_greets_ends_by_the_connect_timeout() -> None:
    """A server that takes connections and does not speak TLS is tried twice, each time for as long as a connect may."""
    with serving(FILE) as server:
        url = f"https://127.0.0.1:{server.port}/"
        begin = time.monotonic()
        message = refused(url, allow_private=True, limits=Limits(connect=0.2))
        assert 0.4 <= time.monotonic() - begin < 1.4
    assert "takes no connection within 0.2 seconds" in message
    assert server.connections == 2


# --- size


@contextmanager
def little_memory() -> Iterator[None]:
    """What happens inside takes less than 40 MB at any time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 40 * MB
    finally:
        tracemalloc.stop()


@pytest.mark.network
@pytest.mark.parametrize("headers", [b"", b"content-encoding: gzip\r\n"])
def test_a_bomb_does_not_go_off(headers: bytes) -> None:
    """100 MB of zeros in 100 kB are refused when they are called compressed, and come as they are when they are not."""
    bomb = gzip.compress(bytes(100 * MB), 6)
    head = OK + headers + b"content-length: %d\r\n\r\n" % len(bomb)
    with serving(head + bomb) as server, little_memory():
        if headers:
            assert "compressed (gzip)" in refused(server.url, allow_private=True)
        else:
            assert fetch(server.url, allow_private=True) == bomb


@pytest.mark.parametrize(
    "encoding", ["gzip", "br", "zstd", "deflate", "identity, gzip", "GZIP", "x\x1b[31m", "x" * 999]
)
def test_no_encoding_is_taken(encoding: str) -> None:
    """A file in any encoding is refused before it is read, and its name is shown harmless."""
    with respx.mock() as router:
        router.get(SITE).respond(headers={"content-encoding": encoding}, stream=Unread())
        assert "compressed" in refused(SITE)
        router.get(SITE).respond(headers={"content-encoding": "Identity"}, content=b"rates")
        assert fetch(SITE) == b"rates"


class Unread(httpx.AsyncByteStream):
    """A body that must not be read."""

    async def __aiter__(self) -> Any:
        raise AssertionError("the body was read")
        yield b""


@pytest.mark.network
@pytest.mark.parametrize("chunked", [False, True])
def test_an_endless_body_ends_at_the_limit(chunked: bool) -> None:
    """A body without an end takes no more memory than the limit asks for, and no more is read than the limit."""
    piece = bytes(65_536)

    def behave(server: Server, request: Any) -> None:
        server.send(request, OK + (b"transfer-encoding: chunked\r\n\r\n" if chunked else b"\r\n"))
        server.flood(request, b"10000\r\n%s\r\n" % piece if chunked else piece)

    with serving(behave) as server, little_memory():
        assert "sends more than 10,000,000 bytes" in refused(server.url, allow_private=True)
    with serving(behave) as server:
        assert "sends more than 100,000 bytes" in refused(server.url, allow_private=True, limits=Limits(size=100_000))
    assert server.sent < 9 * MB  # what the buffers of the system hold is sent as well


def test_a_file_may_be_as_long_as_the_limit() -> None:
    """The limit is the longest file that is taken; with one byte more it is refused, announced or not."""
    with respx.mock() as router:
        router.get(SITE).respond(content=b"a" * 1000)
        assert len(fetch(SITE, limits=Limits(size=1000))) == 1000
        assert "sends more than 999 bytes" in refused(SITE, limits=Limits(size=999))
        router.get(SITE).respond(stream=Pieces())
        assert len(fetch(SITE, limits=Limits(size=1000))) == 1000
        assert "sends more than 999 bytes" in refused(SITE, limits=Limits(size=999))


class Pieces(httpx.AsyncByteStream):
    """1000 bytes in pieces of ten."""

    async def __aiter__(self) -> Any:
        for _ in range(100):
            yield b"0123456789"


def test_an_announced_length_above_the_limit_is_refused_unread() -> None:
    """What is announced as too long is not read at all."""
    for length in ("1001", "9" * 30):
        with respx.mock() as router:
            router.get(SITE).respond(headers={"content-length": length}, stream=Unread())
            assert "sends more than 1,000 bytes" in refused(SITE, limits=Limits(size=1000))


# --- schemes and redirects


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://rates.example/x", "ftp://rates.example/", "//x/y"])
def test_only_https_is_asked(url: str) -> None:
    """Any other scheme is refused before anything is looked up; with allow_private as well, but for http."""
    assert "https://" in refused(url)
    if not url.startswith("http:"):
        assert "https://" in refused(url, allow_private=True)


@pytest.mark.parametrize("place", [PUBLIC, "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "2606:2800::1"])
def test_http_stays_on_this_machine(place: str, names: dict[str, list[str]]) -> None:
    """Plain http goes to loopback alone, also with allow_private, and whatever else the name leads to."""
    names["rates.example"] = ["127.0.0.1", place]
    with respx.mock(assert_all_called=False) as router:
        route = router.route().respond(content=b"rates")
        assert "not this machine" in refused("http://rates.example/", allow_private=True)
        assert not route.called
        names["rates.example"] = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]
        assert fetch("http://rates.example/", allow_private=True) == b"rates"


def redirect(router: respx.MockRouter, path: str, location: str, status: int = 302) -> None:
    router.get(f"https://{PUBLIC}/{path}").respond(status, headers={"location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_redirects_are_followed_and_no_fourth(status: int) -> None:
    """A file behind three redirects of one host is fetched, whatever their form; behind four it is not."""
    with respx.mock() as router:
        redirect(router, "0", "/1", status)
        redirect(router, "1", "2", status)
        redirect(router, "2", f"//{PUBLIC}/3", status)
        redirect(router, "3", f"https://{PUBLIC}:443/4?day=1#here", status)
        router.get(f"https://{PUBLIC}/4", params={"day": "1"}).respond(content=b"rates")
        assert fetch(f"https://{PUBLIC}/1") == b"rates"
        assert "redirects more than 3 times" in refused(f"https://{PUBLIC}/0")


@pytest.mark.parametrize(
    "location",
    [
        "https://rates.example/2",
        f"https://x.{PUBLIC}/2",
        "//rates.example/2",
        "https://127.0.0.1/2",
        f"http://{PUBLIC}/2",
        f"HTTP://{PUBLIC}/2",
        f"https://me:secret@{PUBLIC}/2",
        f"https://{PUBLIC}:0/2",
        f"https://{PUBLIC}:x/2",
        "https://[::1",
        "http:///",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:,rates",
        "/a b",
        "/\x1b[31m",
        "/" + "a" * 5000,
        "https://[v1.x]/",
        "//\u2100",
    ],
)
def test_no_redirect_leads_elsewhere(location: str) -> None:
    """A redirect to another host, to http, to nothing that is an address, or with a password is not followed."""
    with respx.mock() as router:
        router.get(SITE).respond(302, headers={"location": location.encode()})
        message = refused(SITE)
        assert router.calls.call_count == 1
    assert "redirects to" in message
    assert "secret" not in message


def test_a_redirect_to_http_is_refused_with_allow_private_too(names: dict[str, list[str]]) -> None:
    """From https no redirect leads to http, unless the host is this machine."""
    names["rates.example"] = [PUBLIC]
    names["here.example"] = ["127.0.0.1"]
    with respx.mock(assert_all_called=False) as router:
        router.get(f"https://{PUBLIC}/1").respond(302, headers={"location": "http://rates.example/2"})
        assert "not this machine" in refused("https://rates.example/1", allow_private=True)
        router.get("https://127.0.0.1/1").respond(302, headers={"location": "http://here.example/2"})
        router.get("http://127.0.0.1/2").respond(content=b"rates")
        assert fetch("https://here.example/1", allow_private=True) == b"rates"


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307])
def test_a_redirect_to_nowhere_is_an_error(status: int) -> None:
    """A redirect that does not say where is an error with its status."""
    with respx.mock() as router:
        router.get(SITE).respond(status)
        assert f"answers {status}" in refused(SITE)


@pytest.mark.network
def test_a_server_here_may_redirect_to_itself() -> None:
    """With allow_private a loopback server may redirect over http, and each address is asked once."""

    def behave(server: Server, request: Any) -> None:
        first = len(server.heads) == 1
        server.send(request, b"HTTP/1.1 302 Found\r\nlocation: /new\r\nset-cookie: a=b\r\n\r\n" if first else FILE)

    with serving(behave) as server:
        assert fetch(server.url, allow_private=True) == b"rates"
    assert [head.split()[1] for head in server.heads] == [b"/prices.json", b"/new"]
    assert b"cookie" not in server.heads[1].lower()


# --- where a host is

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "4000::1",
]


def literal(place: str) -> str:
    return f"https://[{place}]/" if ":" in place else f"https://{place}/"


@pytest.mark.parametrize("place", PRIVATE)
def test_what_is_not_public_is_not_asked(place: str, names: dict[str, list[str]]) -> None:
    """An address that is not public is refused, written as it is or behind a name, also as the last of many."""
    assert "not a public one" in refused(literal(place))
    names["rates.example"] = [PUBLIC, "2606:2800::1", PUBLIC, place]
    assert f"{place} is not a public one" in refused("https://rates.example/")


@pytest.mark.parametrize("place", [*PRIVATE, "fe80::1%lo"])
def test_what_is_not_public_is_asked_where_allowed(place: str, names: dict[str, list[str]]) -> None:
    """With allow_private every address is taken."""
    names["rates.example"] = [place]
    with respx.mock(assert_all_called=False) as router:
        router.route().respond(content=b"rates")
        assert fetch("https://rates.example/", allow_private=True) == b"rates"


@pytest.mark.parametrize("place", [PUBLIC, "8.8.8.8", "2606:2800::1", f"64:ff9b::{PUBLIC}", f"::ffff:{PUBLIC}"])
def test_what_is_public_is_asked(place: str, names: dict[str, list[str]]) -> None:
    """Public addresses are taken, also in the forms in which IPv6 holds those of IPv4."""
    names["rates.example"] = [place]
    with respx.mock() as router:
        router.route().respond(content=b"rates")
        assert fetch(literal(place)) == b"rates"
        assert fetch("https://rates.example/") == b"rates"


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "0"])
def test_other_ways_to_write_an_address_are_seen_through(host: str) -> None:
    """What the system reads as an address of this machine is refused, or not known to be a host at all."""
    message = refused(f"https://{host}/", host=host)
    assert any(said in message for said in ("not a public one", "cannot be looked up", "is not an address"))


def test_the_address_that_was_checked_is_the_one_asked(names: dict[str, list[str]]) -> None:
    """The connection goes to the address that was looked at, under the name of the host: no second look-up is made."""
    names["rates.example"] = [PUBLIC]
    with respx.mock() as router:
        router.route().respond(content=b"rates")
        fetch("https://rates.example:8443/")
        request = router.calls[0].request
    assert (request.url.host, request.headers["host"]) == (PUBLIC, "rates.example:8443")
    assert request.extensions["sni_hostname"] == "rates.example"


def test_an_unknown_name_is_one_line(names: dict[str, list[str]]) -> None:
    """A name that leads nowhere is said to, and so is one that no look-up takes."""
    assert "cannot be looked up: Name or service not known" in refused("https://rates.example/")
    assert refused(f"https://{'a' * 70}.example/")
    assert refused("https://a..example/")


def test_offline_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """With LLMCOST_OFFLINE nothing is looked up or asked; empty or 0 means nothing."""

    def look_up(*args: object, **kwargs: object) -> None:
        raise AssertionError("looked up")

    with respx.mock() as router:
        route = router.get(SITE).respond(content=b"rates")
        for value in ("", "0"):
            monkeypatch.setenv("LLMCOST_OFFLINE", value)
            assert fetch(SITE) == b"rates"
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        for value in ("1", "yes", "00", "false"):
            monkeypatch.setenv("LLMCOST_OFFLINE", value)
            assert "LLMCOST_OFFLINE" in refused(SITE)
            assert "LLMCOST_OFFLINE" in refused("http://127.0.0.1/", allow_private=True)
        assert route.call_count == 2


# --- certificates and proxies


@pytest.mark.network
def test_certificates_are_checked(
    secure: ssl.SSLContext, certificate: str, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that nobody knows is refused; SSL_CERT_FILE makes it known, and for its own names alone."""
    names["rates.example"] = names["other.example"] = ["127.0.0.1"]
    with serving(FILE, secure) as server:
        url = f"https://rates.example:{server.port}/"
        assert "certificate that is not trusted" in refused(url, allow_private=True)
        assert server.connections == 1
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert fetch(url, allow_private=True) == b"rates"
        assert fetch(f"https://127.0.0.1:{server.port}/", allow_private=True) == b"rates"
        other = f"https://other.example:{server.port}/"
        assert "certificate that is not trusted" in refused(other, allow_private=True)
        assert len(server.heads) == 2


@pytest.mark.parametrize("text", [None, "", "no certificate"])
def test_a_certificate_file_that_cannot_be_read_is_named(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SSL_CERT_FILE names and cannot be read ends the fetch; nothing is asked unchecked."""
    path = tmp_path / "certificates.pem"
    if text is not None:
        path.write_text(text, encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert "SSL_CERT_FILE" in refused(SITE)


def proxy_to(secure: ssl.SSLContext) -> Behaviour:
    """A proxy that answers in the place of the host that it is asked for."""

    def behave(server: Server, request: Any) -> None:
        server.send(request, b"HTTP/1.1 200 Connection established\r\n\r\n")
        with secure.wrap_socket(request, server_side=True) as inner:
            server.read_head(inner)
            server.send(inner, FILE)

    return behave


@pytest.mark.network
def test_the_proxy_of_the_environment_is_used(
    secure: ssl.SSLContext, certificate: str, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTPS_PROXY is asked for the host by its name, which is not looked up here; certificates are checked as ever."""
    with serving(proxy_to(secure)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert "certificate that is not trusted" in refused("https://rates.example/a")
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        for address in (f"http://127.0.0.1:{proxy.port}", f"127.0.0.1:{proxy.port}"):
            monkeypatch.setenv("HTTPS_PROXY", address)
            assert fetch("https://rates.example/a") == b"rates"
    asked = [head.split(b"\r\n")[0] for head in proxy.heads]
    assert asked[-2:] == [b"CONNECT rates.example:443 HTTP/1.1", b"GET /a HTTP/1.1"]
    assert len(asked) == 5


@pytest.mark.network
def test_no_proxy_where_none_is_wanted(names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY is honoured, and then the host is looked up and checked; http on this machine never takes a proxy."""
    with serving(b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy, serving(FILE) as server:
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "rates.example")
        names["rates.example"] = ["10.0.0.1"]
        assert "not a public one" in refused("https://rates.example/")
        assert fetch(server.url, allow_private=True) == b"rates"
        assert proxy.connections == 0
        assert "through the proxy: 403 Forbidden" in refused("https://other.example/")
        assert proxy.connections == 1


@pytest.mark.network
@pytest.mark.parametrize("host", [*PRIVATE, "127.1", "0x7f000001", "127.0.0.1.", "localhost", "a.localhost."])
def test_a_proxy_is_not_asked_for_what_is_not_public(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a proxy looks names up, what is written as an address is refused all the same."""
    with serving(b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert "not a public one" in refused(literal(host))
        assert proxy.connections == 0


@pytest.mark.network
def test_the_password_of_a_proxy_is_given_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy gets the password of its variable, and no message holds it, whatever the proxy answers."""
    with serving(b"HTTP/1.1 407 Who \tare you\r\ncontent-length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{proxy.port}")
        message = refused("https://rates.example/")
    assert b"proxy-authorization: basic" in proxy.heads[0].lower()
    assert "407 Who are you" in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "proxy",
    ["gopher://me:secret@127.0.0.1", "http://me:secret@[::1", "http://me:sec/ret@x", "http://secret@nowhere.example"],
)
def test_a_proxy_that_cannot_be_is_one_line(
    proxy: str, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy variable that names no proxy ends the fetch, and what it says is not shown."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    message = refused("https://rates.example/")
    assert "proxy" in message
    assert "sec" not in message


# --- what servers answer


@pytest.mark.parametrize("status", [201, 204, 206, 400, 401, 403, 404, 410, 429, 500, 503])
def test_any_other_status_is_an_error(status: int) -> None:
    """Nothing but 200 is a file; the status is shown, and its body is not read."""
    with respx.mock() as router:
        router.get(SITE).respond(status, stream=Unread())
        assert f"answers {status}: {httpx.codes.get_reason_phrase(status)}" in refused(SITE)


@pytest.mark.parametrize("reason", [b"", b"\x1b[31m\r\nred \x07", b"::error::no", b"a" * 9000, "\u202e\ud7ff".encode()])
def test_the_reason_is_short_and_harmless(reason: bytes) -> None:
    """What a server gives as its reason is one line of at most 200 characters, and commands nothing."""
    with respx.mock() as router:
        router.get(SITE).mock(return_value=httpx.Response(404, extensions={"reason_phrase": reason}))
        message = refused(SITE)
    said = message.partition("answers 404: ")[2]
    assert 0 < len(said) <= 200
    assert not said.startswith("::")


BAD_ANSWERS = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "binary": bytes(range(256)) * 40,
    "a colour": b"HTTP/1.1 404 \x1b[31mOK\r\n\r\n",
    "a cut head": b"HTTP/1.1 200 OK\r\ncontent-le",
    "a cut body": OK + b"content-length: 500\r\n\r\nrates",
    "a cut chunk": OK + b"transfer-encoding: chunked\r\n\r\n500\r\nrates",
    "no last chunk": OK + b"transfer-encoding: chunked\r\n\r\n5\r\nrates\r\n",
    "a bad chunk": OK + b"transfer-encoding: chunked\r\n\r\nzz\r\nrates\r\n",
    "a negative length": OK + b"content-length: -5\r\n\r\nrates",
    "a length in words": OK + b"content-length: five\r\n\r\nrates",
    "two lengths": OK + b"content-length: 5\r\ncontent-length: 6\r\n\r\nrates",
    "a huge length": OK + b"content-length: " + b"9" * 5000 + b"\r\n\r\nrates",
    "an unknown transfer": OK + b"transfer-encoding: gzip\r\n\r\nrates",
    "a huge head": OK + b"x: " + b"a" * 300_000 + b"\r\n\r\n",
    "many headers": OK + b"x: a\r\n" * 50_000 + b"\r\n",
    "another version": b"HTTP/2 200 OK\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\nrates",
    "a strange status": b"HTTP/1.1 999 \r\n\r\n",
    "a bad redirect": b"HTTP/1.1 302 Found\r\nlocation: http://[::1\r\n\r\n",
    "an empty redirect": b"HTTP/1.1 302 Found\r\nlocation: \r\n\r\n",
    "two redirects": b"HTTP/1.1 302 Found\r\nlocation: /a\r\nlocation: /b\r\n\r\n",
    "a binary redirect": b"HTTP/1.1 302 Found\r\nlocation: \xff\xfe\r\n\r\n",
}


@pytest.mark.network
@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_a_broken_answer_is_one_line(answer: bytes) -> None:
    """Whatever a server sends that is no whole file over HTTP is a NetworkError that names it."""
    refused_here(answer, Limits(total=5, read=1))


# --- addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "https:",
        "https://",
        "https:///x",
        "https:rates.example",
        "https://[::1",
        "https://[::1]x/",
        "https://[fe80::1%25lo]/",
        "https://[v1.x]/",
        "https://rates.example:0/",
        "https://rates.example:65536/",
        "https://rates.example:x/",
        "https://rates.example /",
        "https://rates.example/a b",
        "https://rates.example/\r\nx: y",
        "https://rates.example/\x1b[31m",
        "https://rates.example/\u202e",
        "https://rates.example/\ud800",
        "https://rates%2eexample/",
        "https://rates\\example/",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://./",
        "https://" + "a" * 3000,
        "https://rates.example/" + "a" * 3000,
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_what_is_no_address_is_one_line(url: str, allow_private: bool) -> None:
    """Text that is no address of a file on the web is refused before anything is looked up."""
    assert "is not an address" in refused(url, allow_private=allow_private, host="")


@pytest.mark.parametrize(
    "url",
    [
        "https://me:secret@rates.example/",
        "https://secret@rates.example/",
        "https://:secret@rates.example/",
        "https://me:secret@[::1",
        "https://me:sec?ret@rates.example:x/",
        "https://me:sec/ret@rates.example/",
        "https://me:secret@",
        "https://me:secret@rates.example:99999/",
        "ftp://me:secret@rates.example/",
        "https://rates.example:x/?key=secret",
    ],
)
def test_a_password_is_neither_taken_nor_shown(url: str) -> None:
    """An address with a name or a password is refused, and no message shows it, nor a query."""
    message = refused(url, host="")
    assert "sec" not in message
    assert "ret@" not in message


def test_international_names_are_asked_in_ascii(names: dict[str, list[str]]) -> None:
    """A name in other letters is looked up and shown in its ASCII form, which cannot be taken for another name."""
    names["xn--bcher-kva.example"] = [PUBLIC]
    with respx.mock() as router:
        router.get(f"https://{PUBLIC}/").respond(404)
        refused("https://bücher.example/", host="xn--bcher-kva.example")
