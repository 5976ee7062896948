"""The lock: which prices a project has reviewed, by a digest of each source, and the day they are priced for.

A digest is over what the sheets say, not over how they are written: comments and the order of keys never change it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from llmcost.core.dates import parse_pricing_day
from llmcost.errors import FileProblems, LlmcostError, NumberError
from llmcost.sheets.snapshot import BUILTIN

LOCK_NAME = "llmcost.lock"
SHOWN = 19
"""Characters of a digest that are shown to people."""


class Lock(NamedTuple):
    """What was reviewed: the day of the prices, and every source with its digest, in order."""

    on: str
    sources: tuple[tuple[str, str], ...]


def lock_of(on: str, layers: Sequence[tuple[str, str]], folder: Path) -> Lock:
    """A lock for sources by name and digest; paths are named from the lock's folder."""
    return Lock(on, tuple((_named(name, folder), digest) for name, digest in layers))


def lock_text(lock: Lock) -> str:
    """The lock as it is written."""
    lines = [
        "# Written by `llmcost prices lock`; `--frozen` refuses other prices. Review a change of it like code.",
        "version: 1",
        f"on: {lock.on}",
        "sources:",
    ]
    for name, digest in lock.sources:
        lines += [f"  - name: {name}", f"    digest: {digest}"]
    return "\n".join(lines) + "\n"


def read_lock(path: Path) -> Lock:
    """Read a lock. Raises FileProblems when it cannot be read or is not one."""
    from llmcost.yamlfile import read_yaml  # imported late: only a lock needs it

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
    remedy = "see what it costs with `llmcost diff OLD-SHEETS NEW-SHEETS`, then run `llmcost prices lock`"
    names, known = [name for name, _ in found], [name for name, _ in lock.sources]
    if names != known:
        message = f"{path.name} was made for {', '.join(known) or 'no prices'}, and these are {', '.join(names)}"
        raise LlmcostError(message, remedy)
    for (name, digest), (_, expected) in zip(found, lock.sources, strict=True):
        if digest != expected:
            what = "built-in prices" if name == BUILTIN else f'prices "{name}"'
            message = f"{path.name} expects {what} {expected[:SHOWN]}…, found {digest[:SHOWN]}…"
            raise LlmcostError(message, remedy)


def _named(name: str, folder: Path) -> str:
    return name if name == BUILTIN else Path(os.path.relpath(name, folder)).as_posix()
