"""The lock: which prices a project has reviewed, by a digest of each source, and the day they are priced for.

A digest is over what the sheets say, not over how they are written: comments and the order of keys never change it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from llmcost.core.values.dates import parse_pricing_day
from llmcost.errors import FileProblems, LlmcostError, NumberError, TextError
from llmcost.foreign import check_name
from llmcost.sheets.snapshot import BUILTIN

LOCK_NAME = "llmcost.lock"
PLAIN = re.compile(r"(?!(?:null|true|false|yes|no|on|off|y|n|\.inf|\.nan)$)[a-z_.][a-z0-9_./-]*", re.IGNORECASE)
"""A name that needs no quotes, whoever reads it."""
SHOWN = 19
"""Characters of a digest that are shown to people."""


class Lock(NamedTuple):
    """What was reviewed: the day of the prices, and every source with its digest, in order."""

    on: str
    sources: tuple[tuple[str, str], ...]


def lock_of(on: str, layers: Sequence[tuple[str, str]], folder: Path) -> Lock:
    """A lock for sources by name and digest; paths are named from the lock's folder.

    Raises LlmcostError for a path that no lock can hold.
    """
    sources = tuple((_named(name, folder), digest) for name, digest in layers)
    for name, _ in sources:
        try:
            check_name(name)
        except TextError as error:
            raise LlmcostError(f"prices {name!r}: {error.message}", "give the file a name that shows") from None
    return Lock(on, sources)


def lock_text(lock: Lock) -> str:
    """The lock as it is written."""
    lines = [
        "# Written by `llmcost prices lock`; `--frozen` refuses other prices. Review a change of it like code.",
        "version: 1",
        f"on: {lock.on}",
        "sources:",
    ]
    for name, digest in lock.sources:
        lines += [f"  - name: {_scalar(name)}", f"    digest: {digest}"]
    return "\n".join(lines) + "\n"


def _scalar(name: str) -> str:
    """A name as YAML has it: in quotes where it could be read as anything else."""
    return name if PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def read_lock(path: Path) -> Lock:
    """Read a lock. Raises FileProblems when it cannot be read or is not one."""
    from llmcost.files.yaml import read_yaml

    document = read_yaml(path)
    plain = document.root.plain() if document.root is not None and not document.problems else None
    remedy = "make it anew with `llmcost prices lock`"
    if isinstance(plain, dict) and plain.get("version") == "1" and isinstance(plain.get("sources"), list):
        try:
            sources = tuple((str(each["name"]), str(each["digest"])) for each in plain["sources"])
            parse_pricing_day(str(plain.get("on")))
            return Lock(str(plain["on"]), sources)
        except (KeyError, TypeError):
            document.add("a source is a name and a digest", remedy, 1, 1)
        except NumberError as error:
            document.add_at(("on",), error.message, error.remedy)
    elif not document.problems:
        document.add("this is not a lock of version 1", remedy, 1, 1)
    raise FileProblems(document.all_problems())


def check_lock(lock: Lock, layers: Sequence[tuple[str, str]], path: Path) -> None:
    """Raise LlmcostError, naming the source, when prices are not those that were locked."""
    found = [(_named(name, path.parent), digest) for name, digest in layers]
    _check_sources([name for name, _ in lock.sources], [name for name, _ in found], path.name)
    for (name, digest), (_, expected) in zip(found, lock.sources, strict=True):
        if digest != expected:
            message = f"{path.name} expects {_what(name)} {expected[:SHOWN]}…, found {digest[:SHOWN]}…"
            why = "another llmcost brings other prices: " if name == BUILTIN else ""
            remedy = "set a result from before against a new one with `llmcost diff BEFORE.json NOW.json`"
            raise LlmcostError(message, f"{why}{remedy}, then run `llmcost prices lock`")


def _check_sources(known: list[str], found: list[str], lock: str) -> None:
    """Raise LlmcostError where other sources are read than those of the lock, or in another order."""
    missing = [f"{lock} was made with {_what(name)}, not read now" for name in known if name not in found]
    added = [f"{lock} was made without {_what(name)}, read now" for name in found if name not in known]
    remedy = "name the same sources (--prices, --no-builtin-prices, `prices:`), or run `llmcost prices lock`"
    if missing or added:
        raise LlmcostError("; ".join([*missing, *added]), remedy)
    if known != found:
        order = " before ".join(_what(name) for name in known)
        raise LlmcostError(f"{lock} was made with {order}, and now their order is another; the later wins", remedy)


def _what(name: str) -> str:
    return "the built-in prices" if name == BUILTIN else f'prices "{name}"'


def _named(name: str, folder: Path) -> str:
    """What a source is called: the built-in one as it is, a path from a folder."""
    if name == BUILTIN:
        return name
    path = Path(os.path.relpath(name, folder)).as_posix()
    return f"./{path}" if path == BUILTIN else path
