"""Addresses: which of them may be asked for a file, and how they are shown.

An address that somebody else wrote, such as that of a redirect, is looked at as closely as one that was typed.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from llmcost.errors import NetworkError
from llmcost.foreign import harmless

if TYPE_CHECKING:
    import httpx

LONGEST_ADDRESS = 2000
LONGEST_REASON = 200
"""Characters of what others say that are shown."""
PORTS = range(1, 65536)
_HOST_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")
_UNICAST = IPv6Network("2000::/3")
"""Whatever is public in IPv6 today lies in it."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Where a network without IPv4 puts the IPv4 addresses of others (NAT64)."""


def address_of(url: str, *, allow_private: bool) -> httpx.URL:
    """A text as an address that may be asked. Raises NetworkError."""
    import httpx

    if len(url) > LONGEST_ADDRESS or not url.isprintable() or " " in url:
        raise _no_address(url, "it is too long, or holds blanks or control characters")
    try:
        parsed = httpx.URL(url)
        host = host_of(parsed)
    except (httpx.InvalidURL, ValueError):  # not said in their words, which may be part of a password
        raise _no_address(url, "its host or its port cannot be read") from None
    if not _is_host(host) or parsed.port not in (None, *PORTS):
        raise _no_address(url, "it needs a host, and a port from 1 to 65535 if any")
    if parsed.userinfo:
        raise NetworkError(f"{host}: the address holds a name or a password", "leave out what stands before the @")
    if parsed.scheme != "https" and not (allow_private and parsed.scheme == "http"):
        raise NetworkError(f"{host} is not asked: the address does not begin with https://", "write it with https://")
    return parsed


def next_address(url: httpx.URL, location: str, *, allow_private: bool) -> httpx.URL:
    """Where a redirect leads. Raises NetworkError when that is another host, or nothing that may be asked."""
    host, remedy = host_of(url), "give the address of the file itself"
    try:
        target = address_of(urljoin(str(url), location), allow_private=allow_private)
    except (NetworkError, ValueError):
        raise NetworkError(f"{host} redirects to an address that is not taken: {_shown(location)}", remedy) from None
    if host_of(target) != host:
        raise NetworkError(f"{host} redirects to another host, {host_of(target)}", remedy)
    return target


def host_of(url: httpx.URL) -> str:
    """The host as it is looked up; international names in their ASCII form, which no other name looks like."""
    return url.raw_host.decode("ascii")


def _is_host(text: str) -> bool:
    """Whether this can be a host: a name, or an address without a zone."""
    if ":" not in text:
        return bool(text.strip(".")) and _HOST_SIGNS.issuperset(text)
    try:
        return "%" not in text and bool(ip_address(text))
    except ValueError:
        return False


def _no_address(url: str, why: str) -> NetworkError:
    return NetworkError(f'"{_shown(url)}" is not an address: {why}', "write it like https://example.com/prices.json")


def _shown(url: str) -> str:
    """An address as messages may have it: nothing of one that may hold a password, and no query, where keys can be."""
    return "…" if "@" in url else one_line(url.partition("?")[0])


def one_line(text: str) -> str:
    """What others wrote, on one line, short and harmless."""
    shown = "".join(each if each.isprintable() else " " for each in text[: 2 * LONGEST_REASON])
    return harmless(" ".join(shown.split()))[:LONGEST_REASON]


def check_place(url: httpx.URL, place: str, *, allow_private: bool) -> None:
    """Raise NetworkError unless a host at this address may be asked."""
    if url.scheme == "http" and not _unwrapped(place).is_loopback:
        raise NetworkError(
            f"{host_of(url)} is not asked over http, as it is not this machine", "write it with https://"
        )
    if not allow_private and not _is_public(place):
        what = f"{host_of(url)} is not asked: its address {place} is not a public one"
        raise NetworkError(what, "give an address on the public internet")


def _unwrapped(place: str) -> IPv4Address | IPv6Address:
    """An address; where it stands for one of IPv4, that one."""
    address = ip_address(place)
    if isinstance(address, IPv6Address) and address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return getattr(address, "ipv4_mapped", None) or address


def _is_public(place: str) -> bool:
    address = _unwrapped(place)
    if isinstance(address, IPv6Address):
        return address in _UNICAST and address.is_global and address.sixtofour is None
    return address.is_global and not (address.is_multicast or address.is_reserved)


def check_literal(url: httpx.URL, *, allow_private: bool) -> None:
    """Raise NetworkError when a host that a proxy will look up is written as an address that is not public.

    The proxy resolves names, perhaps otherwise than this machine would, so where a name leads cannot be checked here.
    """
    host = host_of(url).rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        host = "127.0.0.1"
    try:
        check_place(url, host if ":" in host else socket.inet_ntoa(socket.inet_aton(host)), allow_private=allow_private)
    except OSError:  # a name; inet_aton also reads 127.1 and 0x7f000001, as those do who look names up
        return
