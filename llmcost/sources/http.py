"""Public data files over https: one at a time, bounded in time and in size, and from the public internet alone.

A server is a stranger here, and so is every address it redirects to: whatever it sends ends in bytes or NetworkError.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from llmcost.errors import NetworkError
from llmcost.sources.addresses import address_of, check_literal, check_place, host_of, next_address, one_line

if TYPE_CHECKING:
    import httpx

Answer = TypeVar("Answer")


class Limits(NamedTuple):
    """What one fetch may take, with all its redirects; times are in seconds, the size in bytes as they are sent."""

    total: float = 20
    connect: float = 5
    read: float = 5
    """The longest time without a byte."""
    size: int = 10_000_000
    redirects: int = 3


LIMITS = Limits()
OFFLINE = "LLMCOST_OFFLINE"
"""The variable that forbids to fetch anything, unless it is empty or 0."""


def fetch(url: str, *, allow_private: bool = False, limits: Limits = LIMITS) -> bytes:
    """The file at an https address. Raises NetworkError, whose message is one line that names the host.

    ``allow_private`` also takes hosts that are not public, and http from this machine itself.
    """
    start = address_of(url, allow_private=allow_private)
    if os.environ.get(OFFLINE, "") not in ("", "0"):
        raise NetworkError(
            f"{host_of(start)} is not asked, since {OFFLINE} is set", f"unset {OFFLINE} to fetch from it"
        )
    return asyncio.run(_fetch_in_time(start, limits, allow_private=allow_private))


async def _fetch_in_time(url: httpx.URL, limits: Limits, *, allow_private: bool) -> bytes:
    try:
        async with asyncio.timeout(limits.total):
            return await _follow(url, limits, allow_private=allow_private)
    except TimeoutError:
        what = f"{host_of(url)} has not sent all of the file within {limits.total:g} seconds"
        raise NetworkError(what, "try again later, or download the file yourself") from None


async def _follow(url: httpx.URL, limits: Limits, *, allow_private: bool) -> bytes:
    for _ in range(limits.redirects + 1):
        with _explained(host_of(url), limits):
            async with _answered(url, limits, allow_private=allow_private) as answer:
                if not answer.has_redirect_location:
                    return await _body(answer, host_of(url), limits.size)
                url = next_address(url, answer.headers["location"], allow_private=allow_private)
    raise NetworkError(
        f"{host_of(url)} redirects more than {limits.redirects} times", "give the address of the file itself"
    )


# --- where a host is


async def _places(url: httpx.URL, *, allow_private: bool) -> list[str]:
    """The addresses of a host to try, one of each family: a network lacks a family rather than an address.

    Raises NetworkError when any of all its addresses may not be asked, and OSError when it has none.
    """
    host = host_of(url)
    found = await _in_background(lambda: _looked_up(host))
    for place in found:
        check_place(url, place, allow_private=allow_private)
    families: dict[bool, str] = {}
    for place in found:
        families.setdefault(":" in place, place)
    return list(families.values())


def _looked_up(host: str) -> list[str]:
    return [str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _in_background(work: Callable[[], Answer]) -> asyncio.Future[Answer]:
    """What some work gives that nobody can stop; an executor would have the program wait for it after the deadline."""
    outcome: Future[Answer] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return asyncio.wrap_future(outcome)


# --- proxies


def _proxy_of(url: httpx.URL) -> str | None:
    """The proxy that the environment names, or the system; None for none. What stays on this machine takes none."""
    from urllib.request import getproxies, proxy_bypass

    if url.scheme != "https" or proxy_bypass(url.netloc.decode("ascii")):
        return None
    known = getproxies()
    proxy = known.get("https") or known.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


async def _check_proxy(url: httpx.URL, proxy: str) -> None:
    """Raise NetworkError when a proxy has no address; httpx looks it up again, in a way that nobody can stop."""
    import httpx

    try:
        host = host_of(httpx.URL(proxy))
        await _in_background(lambda: _looked_up(host))
    except (httpx.InvalidURL, OSError, ValueError):
        raise _no_proxy(url) from None


def _no_proxy(url: httpx.URL) -> NetworkError:
    what = (
        f"{host_of(url)} cannot be asked: the proxy that the environment names is not to be found, or of no known kind"
    )
    return NetworkError(what, "correct HTTPS_PROXY, or list the host in NO_PROXY")


# --- asking


@asynccontextmanager
async def _answered(url: httpx.URL, limits: Limits, *, allow_private: bool) -> AsyncIterator[httpx.Response]:
    """What a host answers, of which nothing is read but the head."""
    proxy = await _in_background(lambda: _proxy_of(url))
    places: list[str | None] = [None]
    if proxy:
        check_literal(url, allow_private=allow_private)
        await _check_proxy(url, proxy)
    else:
        places = [*await _places(url, allow_private=allow_private)]
    async with _transport(url, proxy) as transport:
        yield await _send(transport, [_request(url, place, limits) for place in places])


def _transport(url: httpx.URL, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """What makes connections to one host.

    A client of httpx would do more: read where a redirect leads, and keep cookies. This takes nothing from the
    environment by itself, so no password of a netrc file either.
    """
    import httpx

    secure = _trusted(host_of(url))
    try:
        through = httpx.Proxy(proxy, ssl_context=secure if proxy.startswith("https:") else None) if proxy else None
        return httpx.AsyncHTTPTransport(verify=secure, proxy=through, trust_env=False)
    except (httpx.InvalidURL, ValueError, ImportError):
        raise _no_proxy(url) from None


def _trusted(host: str) -> ssl.SSLContext:
    """The certificates to trust: those of SSL_CERT_FILE or SSL_CERT_DIR where set, else those that come with httpx."""
    import httpx

    file, folder = os.environ.get("SSL_CERT_FILE") or None, os.environ.get("SSL_CERT_DIR") or None
    if not file and not folder:
        return httpx.create_ssl_context(trust_env=False)
    try:  # older versions of httpx pass over a file that is not there
        return ssl.create_default_context(cafile=file, capath=folder)
    except OSError as error:
        what = f"{host} is not asked: the certificates that SSL_CERT_FILE names cannot be read: {_said(error)}"
        raise NetworkError(what, "let SSL_CERT_FILE name a file of PEM certificates, or unset it") from None


def _request(url: httpx.URL, place: str | None, limits: Limits) -> httpx.Request:
    """A request to an address that was checked, so that no other look-up leads elsewhere; None leaves it to a proxy."""
    import httpx

    headers = {
        "host": url.netloc.decode("ascii"),
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "llmcost",
    }
    extensions = {"timeout": httpx.Timeout(limits.read, connect=limits.connect).as_dict()}
    if place is None:
        return httpx.Request("GET", url, headers=headers, extensions=extensions)
    named = {**extensions, "sni_hostname": host_of(url)}
    return httpx.Request("GET", url.copy_with(host=place), headers=headers, extensions=named)


async def _send(transport: httpx.AsyncHTTPTransport, requests: list[httpx.Request]) -> httpx.Response:
    """The answer to the first request that finds a connection; each is tried twice. Raises what the last one meets."""
    import httpx

    *tries, last = requests * 2
    for request in tries:
        try:
            return await transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if _is_distrust(error):
                raise
    return await transport.handle_async_request(last)


async def _body(answer: httpx.Response, host: str, size: int) -> bytes:
    """The file that an answer holds. Raises NetworkError."""
    _check_head(answer, host, size)
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > size:
            raise _too_long(host, size)
    return bytes(body)


def _check_head(answer: httpx.Response, host: str, size: int) -> None:
    """Raise NetworkError unless an answer promises a file, as it is, that is not too long."""
    if answer.status_code != 200:
        reason = one_line(answer.reason_phrase) or "without a reason"
        raise NetworkError(f"{host} answers {answer.status_code}: {reason}", "see in a browser what the address holds")
    encoding = answer.headers.get("content-encoding", "")
    if encoding.lower() not in ("", "identity"):
        what = f"{host} sends the file compressed ({one_line(encoding)}), which it was asked not to"
        raise NetworkError(what, "download the file yourself")
    if int(answer.headers.get("content-length", "0")) > size:
        raise _too_long(host, size)


def _too_long(host: str, size: int) -> NetworkError:
    what = f"{host} sends more than {size:,} bytes"
    return NetworkError(what, "check that the address is of a file of prices, which is shorter")


# --- what went wrong


@contextmanager
def _explained(host: str, limits: Limits) -> Iterator[None]:
    """Turn what the libraries raise into NetworkError."""
    import httpx

    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
        what, remedy = _sentence(error, limits)
        raise NetworkError(f"{host} {what}", remedy) from None


def _sentence(error: Exception, limits: Limits) -> tuple[str, str]:
    """What went wrong, to follow the name of the host, and how to mend it."""
    import httpx

    if isinstance(error, socket.gaierror):
        return f"cannot be looked up: {_said(error)}", "check the address, and the connection to the internet"
    if isinstance(error, httpx.ConnectTimeout):
        return f"takes no connection within {limits.connect:g} seconds", "try again later, or set HTTPS_PROXY"
    if isinstance(error, httpx.TimeoutException):
        return f"sent nothing for {limits.read:g} seconds", "try again later"
    if isinstance(error, httpx.ProxyError):
        return f"cannot be reached through the proxy: {_said(error)}", "check HTTPS_PROXY"
    if _is_distrust(error):
        return "shows a certificate that is not trusted", "let SSL_CERT_FILE name the certificates of your network"
    if isinstance(error, httpx.ConnectError):
        return f"cannot be reached: {_said(error)}", "check the address, and the connection to the internet"
    return f"broke off: {_said(error)}", "try again later, or download the file yourself"


def _is_distrust(error: BaseException | None) -> bool:
    """Whether a certificate is what an error, or one of those behind it, is about."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__  # httpcore raises its own "from None"
    return error is not None


def _said(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) else str(error)
    return one_line(text or "") or type(error).__name__
