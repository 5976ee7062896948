"""What was read of a file: values that know their places, and the problems found in it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from llmcost.errors import Problem
from llmcost.foreign import HARMFUL

MAX_PROBLEMS = 50
MAX_SHOWN = 600
UNSAFE = re.compile(f"[{HARMFUL}\r\ufeff]")
"""What may stand nowhere in a file: it could hide what the file says."""

Place = tuple[str | int, ...]


_NO_ENTRIES: dict[str, tuple[Node, Node]] = {}
_NO_ITEMS: list[Node] = []


class Node:
    """One value and its place, from line and column 1; ``text`` is None unless it is a scalar with something written.

    ``entries`` holds a mapping's keys and values, ``items`` a sequence's members.
    """

    __slots__ = ("column", "entries", "items", "kind", "line", "text", "width")

    def __init__(  # noqa: PLR0913  # made by position some ten thousand times a run
        self,
        kind: str,
        line: int,
        column: int,
        width: int = 1,
        text: str | None = None,
        entries: dict[str, tuple[Node, Node]] = _NO_ENTRIES,
        items: list[Node] = _NO_ITEMS,
    ) -> None:
        self.kind = kind
        self.line = line
        self.column = column
        self.width = width
        self.text = text
        self.entries = entries
        self.items = items

    def named(self, text: str) -> Node:
        """Another scalar at the same place."""
        return Node("scalar", self.line, self.column, self.width, text)

    def plain(self) -> Any:
        """The node as dicts, lists and text; None for an empty value."""
        if self.kind == "mapping":
            return {key: value.plain() for key, (_, value) in self.entries.items()}
        if self.kind == "sequence":
            return [item.plain() for item in self.items]
        return self.text


class Stop(Exception):
    """Reading cannot go on after this problem, or finds more than are kept."""


class Document:
    """A YAML file that was read: its root, its source lines, and the problems found so far.

    ``root`` is None when the file could not be read at all. ``has_empty`` says that some value is left empty. ``cut``
    says that it has more problems than are kept.
    """

    def __init__(self, name: str, source: str = "") -> None:
        self.name = name
        self._source = source
        self.root: Node | None = None
        self.has_empty = False
        self.problems: list[Problem] = []
        self.cut = False

    @cached_property
    def lines(self) -> list[str]:
        """The source line by line; only a message needs it."""
        return re.split("\r\n|\n|\r", self._source)

    def add(self, message: str, remedy: str | None, line: int = 0, column: int = 0, width: int = 1) -> None:
        """Record a problem at a place; line 0 means the whole file. Raises Stop for one too many."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.cut = True
            raise Stop
        excerpt = self.lines[line - 1] if 0 < line <= len(self.lines) else None
        caret = column
        if excerpt is not None:
            excerpt = UNSAFE.sub("\N{REPLACEMENT CHARACTER}", excerpt.replace("\t", " "))
            excerpt, caret = _window(excerpt, column)
        remedy = remedy and shown_text(remedy)
        self.problems.append(
            Problem(
                file=self.name,
                line=line,
                column=column,
                message=shown_text(message),
                remedy=remedy,
                excerpt=excerpt,
                caret=caret,
                width=width,
            )
        )

    def add_at(self, place: Place, message: str, remedy: str | None, *, key: bool = False) -> None:
        """Record a problem at a path of keys and indexes; ``key`` points at the key instead of the value."""
        node = self.find(place, key=key)
        if node is None:
            self.add(message, remedy)
        else:
            self.add(message, remedy, node.line, node.column, node.width)

    def all_problems(self) -> list[Problem]:
        """The problems, and that there are more where these are not all."""
        if not self.cut:
            return self.problems
        last = max(problem.line for problem in self.problems)
        return [*self.problems, Problem(self.name, last, 1, "more problems in this file", "mend these first")]

    def find(self, place: Place, *, key: bool = False) -> Node | None:
        """The node at a path, or the deepest one on the way; steps that name no child are passed over."""
        node = self.root
        found_key = node
        for step in place:
            if node is None:
                return None
            if node.kind == "mapping" and step in node.entries:
                found_key, node = node.entries[str(step)]
            elif node.kind == "sequence" and isinstance(step, int) and step < len(node.items):
                node = found_key = node.items[step]
        if node is not None and node.kind in ("mapping", "sequence") and found_key is not None and not key:
            return found_key
        return found_key if key else node


def _window(excerpt: str, column: int, width: int = 120) -> tuple[str, int]:
    """A long line cut to the part around the column, so a message stays readable."""
    if len(excerpt) <= width:
        return excerpt, column
    start = max(0, column - width // 2)
    return "…" + excerpt[start : start + width] + "…", column - start + 1


def shown_text(text: str) -> str:
    """A message with nothing harmful from the file in it, on one line and not endless."""
    safe = UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text).replace("\n", " ").replace("\t", " ")
    return safe if len(safe) <= MAX_SHOWN else safe[:MAX_SHOWN] + "…"
