"""Names of accelerators and hosts as people, sellers and `nvidia-smi` write them."""

from __future__ import annotations

import re
from typing import NamedTuple

from llmcost.core.offers.self_hosting.hosts import SelfHosting

IGNORED = re.compile(r"[.\-_\s]+")
MAKERS = re.compile("^(nvidia|amd|apple|intel|google|aws|tesla|geforce|radeon)+")
"""What stands before an accelerator's own name."""
HOSTS = {
    "gcp": "google-cloud",
    "google": "google-cloud",
    "amazon": "aws",
    "alibaba-cloud": "alibaba",
    "hf": "huggingface",
}
"""Other words for a host."""
WHERE = re.compile(r"(?:(?P<host>[^/:]+)(?::(?P<place>[^/]+))?/)?(?P<accelerator>[^/+]+)(?P<terms>\+.*)?")
COUNTED = re.compile(r"(?:(?P<before>[0-9]{1,4})\s*x\s*)?(?P<name>.+?)(?:\s*[x:]\s*(?P<after>[0-9]{1,4}))?")


class Hardware(NamedTuple):
    """An accelerator and how many of it; None where the name does not say."""

    accelerator: str
    number: str | None


def where_meant(hosting: SelfHosting, text: str) -> str | None:
    """What stands behind the ``@`` of a deployment, with host and accelerator by id; None where one is not known."""
    parts = WHERE.fullmatch(text)
    if parts is None:
        return None
    hardware = hardware_meant(hosting, parts["accelerator"])
    host = None if parts["host"] is None else _host_meant(hosting, parts["host"])
    if hardware is None or (parts["host"] is not None and host is None):
        return None
    where = "" if host is None else host + (f":{parts['place']}" if parts["place"] else "") + "/"
    count = f"x{hardware.number}" if hardware.number else ""
    return f"{where}{hardware.accelerator}{count}{parts['terms'] or ''}"


def hardware_meant(hosting: SelfHosting, text: str) -> Hardware | None:
    """The accelerator that a text means, such as ``RTX 4090``, ``8xH100`` or ``h100:2``; None for none."""
    known = {_plain(name): each.id for each in hosting.accelerators.values() for name in (*each.names(), each.name)}
    whole = known.get(_plain(text))
    if whole is not None:
        return Hardware(whole, None)
    parts = COUNTED.fullmatch(text.strip())
    if parts is None or (parts["before"] and parts["after"]):
        return None
    found = known.get(_plain(parts["name"]))
    return None if found is None else Hardware(found, parts["before"] or parts["after"])


def _host_meant(hosting: SelfHosting, word: str) -> str | None:
    known = {_plain(host): host for host in hosting.hosts()}
    return known.get(_plain(HOSTS.get(word, word)))


def _plain(name: str) -> str:
    plain = IGNORED.sub("", name.casefold())
    return MAKERS.sub("", plain) or plain
