"""The strict YAML reader every file goes through; the only door to the yaml library.

Scalars stay the text that was written, so ``no``, ``on`` and ``3.10`` mean what they say; whoever wants a number asks
for it. Nodes are built from parse events, so limits hold before anything is built, and every node knows its place.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from llmcost.files.document import UNSAFE, Document, Node, Stop, shown_text
from llmcost.files.raw import read_bytes

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 20
MAX_ALIASES = 64
MAX_ALIASED_NODES = 100_000
MAX_KEYS = 10_000
"""Keys of one mapping; a file of unknown ones is not worth looking each of them up."""
MAX_NODES = 500_000
"""Values of one file: a sheet of the largest size holds that many, and more would fill the memory."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, name: str | None = None) -> Document:
    """Read a file; its problems are in the document, nothing is raised for bad content."""
    shown = name or str(path)
    try:
        raw = read_bytes(path, MAX_BYTES)
    except OSError as error:
        return _failed(
            shown_text(shown), f"cannot be read: {error.strerror or error}", "check the path and its permissions"
        )
    return parse_yaml(raw, shown)


def parse_yaml(raw: bytes, name: str) -> Document:
    """Read YAML from bytes, which must be UTF-8 (a byte order mark is allowed)."""
    if len(raw) > MAX_BYTES:
        return _failed(name, f"the file is larger than {MAX_BYTES // 1024 // 1024} MB", "split it")
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return _failed(name, f"is not UTF-8 (byte {error.start + 1}, line {line})", "save the file as UTF-8")
    document = Document(name, source.replace("\r\n", "\n"))
    with suppress(Stop):
        _refuse_unsafe(document, source.replace("\r\n", "\n"))
        if not document.problems:
            _build(document, source)
    return document


def _build(document: Document, source: str) -> None:
    for loader in (_LOADER, yaml.SafeLoader):
        try:
            document.root = _Builder(document).build(source, loader)
        except yaml.YAMLError as error:
            if "nesting depth" in str(error) and loader is not yaml.SafeLoader:
                continue  # the C parser reads ahead and stops at a depth of its own; the other one finds the place
            _add_syntax_problem(document, error)
        break


class _Builder:
    """Turns parse events into nodes, checking every hazard on the way.

    Collections that are open are kept on a stack of its own, each with the key that waits for a value; recursion would
    leave the depth of a file to the interpreter.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.anchors: dict[str, Node | None] = {}
        self.extents: dict[int, tuple[int, int]] = {}
        self.nodes = 0
        self.aliases = 0
        self.aliased = 0
        self.open: list[tuple[Node, str | None]] = []
        self.keys: list[Node | None] = []

    def build(self, source: str, loader: Any) -> Node:
        root: Node | None = None
        for event in yaml.parse(source, Loader=loader):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                node = self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, kind)
                continue
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                node = self._close()
            elif kind is yaml.AliasEvent:
                node = self._alias(event)
            elif kind is yaml.DocumentStartEvent and root is not None:
                raise self._stop(event, "a second document begins here", "keep one document in a file")
            else:
                continue
            if self.open:
                self._attach(self.open[-1][0], node)
            else:
                root = node
        if root is None:
            self.document.add("the file is empty", "write something into it, or leave it out")
            raise Stop
        return root

    def _scalar(self, event: Any) -> Node:
        self._count(event)
        text, style = event.value, event.style
        if not text and not style:
            text, self.document.has_empty = None, True
        elif style == '"' and (found := UNSAFE.search(text)):  # written as an escape; others stand in the source
            code = f"U+{ord(found.group()):04X}"
            self._add(event, f"a control or direction character ({code}) stands in the text", "remove it")
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else len((text or "").split("\n")[0])
        node = Node("scalar" if style else "plain", start.line + 1, start.column + 1, width or 1, text)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _open(self, event: Any, kind: type) -> None:
        self._count(event)
        if len(self.open) >= MAX_DEPTH:
            raise self._stop(event, f"nested more than {MAX_DEPTH} levels deep", "flatten it")
        if event.anchor:
            self.anchors[event.anchor] = None  # until it is closed: an alias inside would contain itself
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if kind is yaml.MappingStartEvent:
            node = Node("mapping", line, column, entries={})
        else:
            node = Node("sequence", line, column, items=[])
        self.open.append((node, event.anchor))
        self.keys.append(None)

    def _close(self) -> Node:
        node, anchor = self.open.pop()
        self.keys.pop()
        if anchor:
            self.anchors[anchor] = node
            self.extents[id(node)] = self._extent(node)
        return node

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._stop(event, f"more than {MAX_NODES:,} values", "split the file")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._add(event, f"the tag {tag} is not allowed", "leave out tags; values are read as text")

    def _alias(self, event: Any) -> Node:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise self._stop(event, f"more than {MAX_ALIASES} aliases", "write the values out")
        if event.anchor not in self.anchors:
            raise self._stop(
                event, f"the alias *{event.anchor} has no anchor before it", "define it first, or write the value"
            )
        node = self.anchors[event.anchor]
        if node is None:
            raise self._stop(event, f"the alias *{event.anchor} contains itself", "write the values out")
        size, depth = self._extent(node)
        self.aliased += size
        if self.aliased > MAX_ALIASED_NODES:
            raise self._stop(event, "aliases multiply into too many values", "write the values out")
        if len(self.open) + depth > MAX_DEPTH + 1:
            raise self._stop(event, f"nested more than {MAX_DEPTH} levels deep", "flatten it")
        return node

    def _extent(self, node: Node) -> tuple[int, int]:
        """How many values a node holds, aliased ones as often as they stand in it, and how many levels.

        An alias can only mean what has an anchor, and of that the extent is kept, so each value is counted once.
        """
        known = self.extents.get(id(node))
        if known is not None:
            return known
        values = node.items or [value for _, value in node.entries.values()]
        inner = [self._extent(value) for value in values]
        size = 1 + len(node.entries) + sum(held for held, _ in inner)
        return size, 1 + max((levels for _, levels in inner), default=0)

    def _attach(self, parent: Node, child: Node) -> None:
        if parent.kind == "sequence":
            parent.items.append(child)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self._key(parent, child)
            return
        self.keys[-1] = None
        if key.text == "<<" and key.kind == "plain":
            self._merge(parent, key, child)
        else:
            self._put(parent, key, child)

    def _key(self, parent: Node, child: Node) -> Node:
        if child.text is None:
            self.document.add(
                "a key must be text", "write the key as plain text", child.line, child.column, child.width
            )
            return child.named(f"?{len(parent.entries)}")
        return child

    def _merge(self, parent: Node, key: Node, child: Node) -> None:
        sources = child.items if child.kind == "sequence" else [child]
        for source in sources:
            if source.kind != "mapping":
                self.document.add("`<<` merges mappings only", "give it an alias of a mapping", key.line, key.column, 2)
                continue
            for name, value in source.entries.values():
                self._put(parent, key.named(name.text or ""), value)

    def _put(self, parent: Node, key: Node, child: Node) -> None:
        name = key.text or ""
        if name in parent.entries:
            first = parent.entries[name][0].line
            message = f'duplicate key "{name}" (first at line {first})'
            self.document.add(
                message, "remove one of them; nothing overrides silently", key.line, key.column, key.width
            )
        elif len(parent.entries) == MAX_KEYS:
            message = f"more than {MAX_KEYS:,} keys in one mapping"
            self.document.add(message, "split it", key.line, key.column, key.width)
            raise Stop
        else:
            parent.entries[name] = (key, child)

    def _add(self, event: Any, message: str, remedy: str) -> None:
        self.document.add(message, remedy, event.start_mark.line + 1, event.start_mark.column + 1)

    def _stop(self, event: Any, message: str, remedy: str) -> Stop:
        self._add(event, message, remedy)
        return Stop()


def _refuse_unsafe(document: Document, source: str) -> None:
    """Refuse control and direction characters anywhere, also in comments, where they could hide what a sheet says."""
    if not UNSAFE.search(source):
        return
    for number, line in enumerate(source.split("\n"), start=1):
        found = UNSAFE.search(line)
        if found:
            code = f"U+{ord(found.group()):04X}"
            document.add(
                f"a control or direction character ({code}) stands in the text", "remove it", number, found.start() + 1
            )


def _add_syntax_problem(document: Document, error: yaml.YAMLError) -> None:
    mark = getattr(error, "problem_mark", None)
    message = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).split("\n")[0]
    remedy = "check the indentation, the colons and the quotes"
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    text = document.lines[line - 1] if 0 < line <= len(document.lines) else ""
    if "tab" in message.split() or text[column - 1 : column] == "\t" or "\\t" in message:
        message, remedy = "a tab is used for indentation", "indent with spaces"
    elif "chomping" in message:
        message, remedy = "a value that begins with > or | is not closed", 'put it in quotes, like "> 200000"'
    elif "end of stream" in message and getattr(error, "context_mark", None) is not None:
        line, column = error.context_mark.line + 1, error.context_mark.column + 1  # type: ignore[attr-defined]
        message, remedy = "a quote or bracket is opened here and never closed", "close it"
    document.add(f"not YAML: {message}", remedy, line, column)


def _failed(name: str, message: str, remedy: str) -> Document:
    document = Document(name)
    document.add(message, remedy)
    return document


class _Writer(yaml.SafeDumper):
    """Writes what is said twice twice, as people would."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - named by the library
        return True


def yaml_text(data: Any) -> str:
    """Plain data as YAML for people: keys in their order, what is short on one line."""
    text: str = yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    return text
