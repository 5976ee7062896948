"""Who may import whom, and one door for every library."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "llmcost"

ALLOWED = {
    "errors": set(),
    "foreign": {"errors"},
    "late": set(),
    "core": {"core", "errors"},
    "files": {"files", "core", "errors", "foreign"},
    "cost_models": {"cost_models", "core", "errors"},
    "workloads": {"workloads", "files", "core", "errors", "foreign"},
    "project": {"project", "files", "core", "errors", "foreign"},
    "reports": {"reports", "core", "errors", "foreign", "late"},
    "sheets": {"sheets", "files", "core", "errors", "foreign"},
    "measuring": {"measuring", "files", "core", "errors"},
    "sources": {"sources", "files", "core", "errors", "foreign", "late"},
    "usage": {"usage", "files", "core", "errors"},
    "api": {
        "api",
        "core",
        "cost_models",
        "sheets",
        "sources",
        "workloads",
        "project",
        "files",
        "reports",
        "usage",
        "errors",
    },
}
LAYERS = ("values", "pricing", "workload", "offers", "quotes", "analysis")
"""The folders of the domain; each imports only those before it, and itself."""
IN_ANNOTATIONS = {("core/workload/requests.py", "offers")}
"""Where a layer names a type of a later one, and imports it for type checkers alone."""
DOORS = {
    "typer": "cli",
    "rich": "reports/formats/table.py",
    "tabulate": "reports/formats/markdown.py",
    "yaml": "files/yaml.py",
    "msgspec": "usage/decoding.py",
    "backports": "usage/compression.py",
    "compression": "usage/compression.py",
    "ibis": "usage/engine",
    "pyspark": "usage/engine/connections.py",
    "httpx": ("measuring/http.py", "sources/http.py", "sources/addresses.py"),
    "pydantic": "sheets",
    "pydantic_core": "sheets",
    "platformdirs": ("sheets/cache.py", "files/user_folder.py"),
    "plotille": "reports/formats/plot.py",
    "xlsxwriter": "reports/formats/xlsx.py",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            if node.module == "llmcost":
                yield from (f"llmcost.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def here(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_rooms_import_only_what_lies_below_them() -> None:
    """Data walks one way: a room imports only the rooms it may, and nothing imports the command line."""
    offenders = []
    for path in modules():
        own = room(path)
        for name in (name for name in imports(path) if name.startswith("llmcost.")):
            other = name.split(".")[1]
            from_outside = other == "cli" and own not in ("cli", "__main__")
            too_high = own in ALLOWED and other != "__version__" and other not in ALLOWED[own]
            offenders += [f"{here(path)} imports {name}"] if from_outside or too_high else []
    assert offenders == []


def test_the_domain_is_six_layers() -> None:
    """Inside the domain, too, data walks one way: no layer imports a later one, and no module lies beside them."""
    found = set()
    for path in modules():
        if room(path) != "core" or path.name == "__init__.py":
            continue
        layer = path.relative_to(PACKAGE).parts[1]
        assert layer in LAYERS, f"{path} lies in no layer"
        for name in imports(path):
            if name.startswith("llmcost.core."):
                other = name.split(".")[2]
                if LAYERS.index(other) > LAYERS.index(layer):
                    found.add((path.relative_to(PACKAGE).as_posix(), other))
    assert found == IN_ANNOTATIONS


def test_what_is_said_does_not_know_how_it_is_written() -> None:
    """No view imports a format."""
    for path in (PACKAGE / "reports" / "views").glob("*.py"):
        assert not [name for name in imports(path) if name.startswith("llmcost.reports.formats")], path


IMPURE = ("os", "sys", "io", "pathlib", "socket", "time", "random", "logging")


def test_core_needs_only_the_standard_library() -> None:
    """The domain is pure: standard library only, and no files, network, clock or printing."""
    offenders = []
    for path in (path for path in modules() if room(path) == "core"):
        tops = {name.split(".")[0] for name in imports(path)} - {"llmcost"}
        offenders += [f"{here(path)} imports {top}" for top in tops - sys.stdlib_module_names | tops & set(IMPURE)]
    assert offenders == []


SPEAKING = ("stdout", "stderr", "__stdout__", "__stderr__", "print", "print_exc", "print_exception", "echo", "secho")
"""Names by which a module could speak without the door; a log or a warning goes to stderr as well."""


def test_only_the_door_writes_to_stdout_and_stderr() -> None:
    """What a file holds reaches a terminal or a log through cli/console.py alone, where it is made harmless."""
    offenders = []
    for path in (path for path in modules() if here(path) != "cli/console.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name == "print" and isinstance(node, ast.Attribute):
                name = ""  # a console of rich, which writes into a text
            if name in SPEAKING:
                offenders.append(f"{here(path)}:{node.lineno} speaks without the door")  # type: ignore[attr-defined]
        tops = {name.split(".")[0] for name in imports(path)}
        offenders += [f"{here(path)} imports {top}" for top in tops & {"logging", "warnings"}]
    assert offenders == []


def test_every_library_has_one_door() -> None:
    """Each third-party library is imported in one place only."""
    offenders = []
    for path in modules():
        for top in {name.split(".")[0] for name in imports(path)} - {"llmcost", "__future__"}:
            if not here(path).startswith(DOORS[top]) if top in DOORS else top not in sys.stdlib_module_names:
                offenders.append(f"{here(path)} imports {top}")
    assert offenders == []


MOST_UNNAMED = 6
"""Values of a call that are told apart by their order; with more of them a reader has to count."""


MADE_FOR_EVERY_REQUEST = {
    ("cost_models/api/builder.py", "Charge"),
    ("cost_models/api/builder.py", "Quote"),
    ("cost_models/api/quote.py", "RatingContext"),
}
"""Records that are made by place: by name they would take a tenth of the time that pricing one request takes."""


def test_records_of_many_fields_are_made_by_name() -> None:
    """No call passes more than six values by their place, but for what every request makes."""
    offenders = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (here(path), ast.unparse(node.func)) not in MADE_FOR_EVERY_REQUEST:
                unnamed = [each for each in node.args if not isinstance(each, ast.Starred)]
                offenders += [f"{here(path)}:{node.lineno}"] if len(unnamed) > MOST_UNNAMED else []
    assert offenders == []


def test_a_record_of_many_fields_takes_them_by_name() -> None:
    """No dataclass takes more than six values by their place; a tuple cannot refuse them, so its calls are looked at."""
    offenders = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(each) for each in node.decorator_list):
                if "kw_only=True" in ast.unparse(node.decorator_list[-1]):
                    continue
                fields = [ast.unparse(each.annotation) for each in node.body if isinstance(each, ast.AnnAssign)]
                by_place = fields.index("KW_ONLY") if "KW_ONLY" in fields else len(fields)
                offenders += [f"{here(path)}: {node.name}"] if by_place > MOST_UNNAMED else []
    assert offenders == []


LONGEST_COMMAND = 40
"""Lines of a function, from its ``def`` to its last line."""


@pytest.mark.parametrize("path", sorted((PACKAGE / "cli" / "commands").glob("*.py")), ids=lambda path: path.stem)
def test_a_command_is_read_at_a_glance(path: Path) -> None:
    """No function of a command is longer than 40 lines: a command asks, calls and shows, and the work is done below."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_COMMAND, f"{node.name} in {path.name} has {length} lines"


WORDS = ("message", "note", "reason", "condition", "derived", "remedy", "doubt", "said")
"""What holds a sentence for people; a list of such is named alike, with an s."""


def test_no_branch_reads_prose() -> None:
    """A result never depends on the wording of a sentence: what a note, a rate or an error is about has a field."""

    def is_prose(node: ast.expr) -> bool:
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        return name.removesuffix("s") in WORDS

    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
                quoted = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
                reads = quoted and is_prose(node.comparators[0])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                reads = node.func.attr in ("startswith", "endswith") and is_prose(node.func.value)
            else:
                continue
            if reads:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    # the yaml library says what is wrong in words alone
    assert [each for each in found if not each.startswith("files/yaml.py")] == []
