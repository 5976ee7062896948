"""The pages that are generated: every command with its options, every error of a file."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import pytest
import typer
from conftest import ROOT

from llmcost.cli import options
from llmcost.cli.app import build_app
from llmcost.cli.option_groups import declared

DOCS = ROOT / "docs"
COMMANDS_FILE = DOCS / "commands.md"
HEAD = """\
# Commands

Every command with all its arguments and options, as its `--help` has them.
Options that several commands share stand once, below the commands.
`pytest tests/test_docs.py --update-golden` writes this page anew.
Exit codes are in the [README](../README.md#in-ci), environment variables in [configuration.md](configuration.md#variables).
"""
GROUPS = {
    options.WorkloadOptions: "Workload options",
    options.ServingOptions: "Serving options",
    options.SelectionOptions: "Selection options",
    options.PriceOptions: "Price options",
    options.OutputOptions: "Output options",
}
"""The options that several commands share, each class with its heading."""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that runs, with its name."""
    for name, command in typer.main.get_command(build_app([])).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {each}", found) for each, found in inner.items())


def parameters(command: Any) -> dict[str, tuple[str, str]]:
    """How each argument and option is written, and what its help says, by the name it has in Python."""
    found = {}
    for each in command.params:
        names = ", ".join((*each.opts, *each.secondary_opts)) if each.param_type_name == "option" else ""
        found[each.name] = f"{names} {each.metavar or ''}".strip(), each.help
    return found


def groups_of(command: Any) -> list[type]:
    """The shared options that a command takes."""
    taken = set(get_type_hints(inspect.unwrap(command.callback)).values())
    if options.AgreedPriceOptions in taken:  # these and one more
        taken = {*taken, options.PriceOptions}
    return [group for group in GROUPS if group in taken]


def table(rows: list[tuple[str, str]]) -> str:
    escaped = [(written.replace("|", "\\|"), words.replace("|", "\\|")) for written, words in rows]
    return "| | |\n|:--|:--|\n" + "".join(f"| `{written}` | {words} |\n" for written, words in escaped)


def anchor(heading: str) -> str:
    """What a heading is called in an address."""
    return heading.lower().replace(" ", "-")


def page_of_commands() -> str:
    """The whole page: each command with its own options and links to those it shares, then the shared ones."""
    parts = [HEAD]
    shared: dict[type, list[tuple[str, str]]] = {}
    for name, command in commands():
        rows = parameters(command)
        groups = groups_of(command)
        for group in groups:
            shared[group] = [rows.pop(option.name) for option in declared(group)]
        said = "\n\n".join(" ".join(each.split()) for each in command.help.split("\n\n"))
        links = ", ".join(f"[{GROUPS[group].lower()}](#{anchor(GROUPS[group])})" for group in groups)
        also = f"\n{'Besides' if rows else 'Takes'}: {links}.\n" if links else ""
        parts.append(f"## llmcost {name}\n\n{said}\n" + (f"\n{table(list(rows.values()))}" if rows else "") + also)
    for group, heading in GROUPS.items():
        said = inspect.cleandoc(group.__doc__ or "").partition("\n\n")[0]
        parts.append(f"## {heading}\n\n{said}\n\n{table(shared[group])}")
    return "\n".join(parts)


def sections(page: str) -> dict[str, str]:
    """The text below each heading of the second order."""
    found = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def documented(name: str) -> list[tuple[str, str]]:
    """What a reader finds of a command: the rows in its section and in those it links to."""
    texts = sections(COMMANDS_FILE.read_text(encoding="utf-8"))
    by_anchor = {anchor(heading): text for heading, text in texts.items()}
    own = texts[f"llmcost {name}"]
    linked = [by_anchor[each] for each in re.findall(r"\]\(#([\w-]+)\)", own)]
    rows = [row for text in (own, *linked) for row in re.findall(r"^\| `(.+?)` \| (.+) \|$", text, re.MULTILINE)]
    return [(written.replace("\\|", "|"), words.replace("\\|", "|")) for written, words in rows]


def squeezed(text: str) -> str:
    """A text without spaces and line breaks, which the width decides."""
    return "".join(text.split())


def up_to_date(path: Path, page: str, update_golden: bool) -> None:
    """Fail where a page is not what would be written, or write it."""
    if update_golden:
        path.write_text(page, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == page


def test_the_page_of_commands_is_up_to_date(update_golden: bool) -> None:
    """docs/commands.md has every command, argument and option that there is."""
    up_to_date(COMMANDS_FILE, page_of_commands(), update_golden)


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_the_page_says_what_the_help_says(name: str, llmcost: Callable[..., Any]) -> None:
    """Every name and every sentence a reader finds stands in the --help of the command, and no option is left out."""
    command = dict(commands())[name]
    ran = llmcost(*name.split(), "--help")
    text = squeezed(ran.out)
    assert ran.code == 0
    rows = documented(name)
    assert sorted(rows) == sorted(parameters(command).values())
    for written, said in rows:
        assert said, f"{written} has no help"
        assert squeezed(said) in text
        assert all(each.strip(",") in text for each in written.split())
    shown = set(re.findall(r"^ +(?:-[A-Za-z], )?(--[a-z0-9-]+)", ran.out, re.MULTILINE))
    known = {name for written, _ in rows for name in re.findall(r"--[a-z0-9-]+", written)}
    assert shown - known == {"--help"}


ERRORS_FILE = DOCS / "errors.md"
ERRORS_HEAD = """\
# Errors in files

What llmcost says about a price sheet or a workload file that it does not take, an example of each error.
Every message has the file, the line and the column, the line itself with a mark below the fault, and how to mend it.
All problems of all files are reported in one run, which then ends with 2.
The file that gets a message, made as small as it can be, has the name that the message begins with and lies in
[tests/broken_sheets](../tests/broken_sheets) or [tests/broken_workloads](../tests/broken_workloads).
`pytest tests/test_docs.py --update-golden` writes this page anew.
"""
KINDS = {"In price sheets": "broken_sheets", "In workload files": "broken_workloads"}
ANYWHERE = "In any file"
YAML = "YAML"
TOPICS = {
    "yaml": YAML,
    "fx": "exchange rates",
    "hit": "cache",
    "images": "media",
    "open": "open weights",
    "owned": "hardware that you own",
    "ranges": "range",
    "start": "history",
    "two": "rate",
    "video": "media",
    "write": "cache",
}
"""What the name of a broken file begins with, where the page says it otherwise."""


class Case(NamedTuple):
    """One problem of a broken file: where it is listed, and its message."""

    kind: str
    topic: str
    message: str

    @property
    def shape(self) -> str:
        """What is wrong, whatever value it was found in."""
        said = re.sub(r'"[^"]*"', '""', self.message.partition(": ")[2].partition("\n")[0])
        return re.sub(r"\d[\d,.]*", "0", said)


def cases() -> Iterator[Case]:
    """Every problem of every broken file."""
    for kind, folder in KINDS.items():
        for path in sorted((ROOT / "tests" / folder).rglob("*.txt"), key=lambda path: path.name):
            text = path.read_text(encoding="utf-8").rpartition("llmcost: ")[0]
            for message in re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]:
                topic = path.stem.partition("-")[0]
                yield Case(kind, TOPICS.get(topic, topic), message)


def page_of_errors() -> str:
    """One example of each error: first those that are met in any file, then by the file's kind and topic."""
    by_shape: dict[str, list[Case]] = {}
    for case in cases():
        by_shape.setdefault(case.shape, []).append(case)
    listed: dict[str, dict[str, list[str]]] = {kind: {} for kind in (ANYWHERE, *KINDS)}
    for found in by_shape.values():
        kind, topic, message = found[0]
        if topic != YAML and len({(case.kind, case.topic) for case in found}) > 1:
            kind, topic = ANYWHERE, "values and keys"
        listed[ANYWHERE if topic == YAML else kind].setdefault(topic, []).append(message)
    parts = [ERRORS_HEAD]
    for kind, topics in listed.items():
        parts.append(f"## {kind}\n")
        for topic, messages in topics.items():
            heading = f"### {topic[0].upper()}{topic[1:]}"
            parts.append(f"{heading}\n\n```text\n" + "\n".join(messages) + "```\n")
    return "\n".join(parts)


def test_the_page_of_errors_is_up_to_date(update_golden: bool) -> None:
    """docs/errors.md has an example of every error that there is a broken file for."""
    up_to_date(ERRORS_FILE, page_of_errors(), update_golden)


def test_every_error_is_on_the_page() -> None:
    """No message of a broken file is without an example that says the same of another value."""
    text = ERRORS_FILE.read_text(encoding="utf-8")
    shown = {Case("", "", message).shape for message in re.findall(r"^[\w-]+\.yaml:.*$", text, re.MULTILINE)}
    assert len(shown) > 150
    assert {case.shape for case in cases()} == shown
