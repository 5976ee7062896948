"""The only door to the network, and to the httpx library: streamed answers, bounded in time and size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx

from llmcost.errors import NetworkError

LONGEST_LINE = 1_000_000
LONGEST_ANSWER = 64_000_000
LONGEST_ADDRESS = 2000
PORTS = range(1, 65536)
LONGEST_REASON = 300
"""Characters of an error's body that are shown."""


def check_address(url: str) -> None:
    """Raise NetworkError unless this is an http address whose host and port can be, without a name or a password."""
    if len(url) > LONGEST_ADDRESS or not url.isprintable() or " " in url:
        raise _no_address(url, "it is too long, or holds blanks or control characters")
    try:
        parts = httpx.URL(url)
        host, port = parts.host, parts.port
        urlsplit(url)  # reads brackets more strictly, as what builds the address of an endpoint does
    except (httpx.InvalidURL, ValueError) as error:  # an international name is read, and refused, with the host
        raise _no_address(url, str(error)) from None
    if parts.scheme not in ("http", "https") or not host or port not in (None, *PORTS):
        raise _no_address(url, "it needs http:// or https://, a host, and a port up to 65535 if any")
    if parts.userinfo:
        raise NetworkError("the address holds a name or a password", "give a key with --api-key-env")


def shown_address(url: str) -> str:
    """An address as messages and sheets may have it: without its query, where keys can be."""
    return url.partition("?")[0]


def _no_address(url: str, why: str) -> NetworkError:
    shown = url if len(url) <= LONGEST_REASON else f"{url[:LONGEST_REASON]}…"
    return NetworkError(f'"{shown}" is not an address: {why}', "write it like http://localhost:8000/v1")


class Refusal(NetworkError):
    """An answer with another status than 200."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """Posts requests and streams answers; follows no redirect and takes no proxy from the environment."""

    def __init__(self, client: httpx.AsyncClient, stall: float) -> None:
        self._client = client
        self._stall = stall

    async def lines(self, url: str, body: bytes, headers: Mapping[str, str]) -> AsyncIterator[str]:
        """The lines of an answer to a JSON text as they come. Raises NetworkError."""
        sent = {"content-type": "application/json", **headers}
        shown = shown_address(url)
        try:
            async with self._client.stream("POST", url, content=body, headers=sent) as answer:
                await _check(answer, shown)
                async for line in _lines(answer, shown):
                    yield line
        except httpx.ReadTimeout:
            raise NetworkError(
                f"{shown} sent nothing for {self._stall:g} seconds", "is the server overloaded? --stall allows more"
            ) from None
        except httpx.TimeoutException:
            raise NetworkError(
                f"{shown} takes no connection within {self._stall:g} seconds", "check the address"
            ) from None
        except httpx.ConnectError as error:
            raise NetworkError(
                f"cannot connect to {shown}: {error}", "check the address, and that the server runs"
            ) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            what = str(error) or type(error).__name__
            raise NetworkError(f"{shown} broke off: {what}", "see the server's log") from None


@asynccontextmanager
async def open_clients(count: int, stall: float) -> AsyncIterator[list[Client]]:
    """Clients with a connection each, which give up on an answer that brings no byte for ``stall`` seconds.

    A pool that they shared would take time to look through, and that time would be measured.
    """
    secure = httpx.create_ssl_context()
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    timeout=stall,
                    verify=secure,
                    trust_env=False,
                    follow_redirects=False,
                    headers={"accept-encoding": "identity"},
                )
            )
            for _ in range(count)
        ]
        yield [Client(each, stall) for each in opened]


async def _check(answer: httpx.Response, shown: str) -> None:
    if answer.status_code == 200:
        return
    if answer.is_redirect:
        where = answer.headers.get("location", "nowhere")[:LONGEST_REASON]
        raise NetworkError(f"{shown} redirects to {where}", "give that address, if it is the one you mean")
    body = b""
    async for part in answer.aiter_raw():
        body += part
        if len(body) > LONGEST_REASON:
            break
    said = " ".join(body[:LONGEST_REASON].decode("utf-8", "replace").split())
    raise Refusal(f"{shown} answers {answer.status_code}: {said or answer.reason_phrase}", answer.status_code)


async def _lines(answer: httpx.Response, shown: str) -> AsyncIterator[str]:
    rest = b""
    size = 0
    async for part in answer.aiter_raw():
        size += len(part)
        rest += part
        if size > LONGEST_ANSWER or len(rest) > LONGEST_LINE:
            raise NetworkError(f"{shown} sends more than any answer holds", "is this an OpenAI-compatible endpoint?")
        *whole, rest = rest.split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r").decode("utf-8", "replace")
    if rest:
        yield rest.decode("utf-8", "replace")
