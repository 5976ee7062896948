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
    "rawfile": set(),
    "yamlfile": {"errors", "rawfile"},
    "jsonfile": {"errors", "rawfile"},
    "fields": {"errors", "core"},
    "core": {"core", "errors"},
    "cost_models": {"cost_models", "core", "errors"},
    "workloads": {"workloads", "core", "errors", "rawfile", "yamlfile", "fields"},
    "budgets": {"budgets", "core", "errors", "rawfile", "yamlfile", "jsonfile", "fields"},
    "reports": {"reports", "core", "errors"},
    "sheets": {"sheets", "core", "cost_models", "errors", "yamlfile"},
    "upstream": {"upstream", "core", "errors", "jsonfile"},
    "importers": {"importers", "core", "errors", "jsonfile"},
    "api": {"core", "cost_models", "sheets", "workloads", "errors"},
}
DOORS = {
    "typer": "cli",
    "rich": "reports/terminal.py",
    "tabulate": "reports/text.py",
    "yaml": "yamlfile.py",
    "httpx": "upstream/http.py",
    "pydantic": "sheets",
    "pydantic_core": "sheets",
    "platformdirs": ("sheets/snapshot.py", "cli/settled.py"),
    "plotille": "reports/plot.py",
    "xlsxwriter": "reports/xlsx.py",
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


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_rooms_import_only_what_lies_below_them(path: Path) -> None:
    """Data walks one way: a room imports only the rooms it may, and nothing imports the command line."""
    own = room(path)
    for name in imports(path):
        if not name.startswith("llmcost."):
            continue
        other = name.split(".")[1]
        assert other != "cli" or own in ("cli", "__main__"), f"{name} is imported outside the command line"
        if own in ALLOWED and other != "__version__":
            assert other in ALLOWED[own], f"{own} may not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_core_needs_only_the_standard_library(path: Path) -> None:
    """The domain is pure: standard library only, and no files, network, clock or printing."""
    if room(path) != "core":
        return
    for name in imports(path):
        top = name.split(".")[0]
        assert top == "llmcost" or top in sys.stdlib_module_names, f"core imports {name}"
        assert top not in ("os", "sys", "io", "pathlib", "socket", "time", "random", "logging"), f"core imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_library_has_one_door(path: Path) -> None:
    """Each third-party library is imported in one place only."""
    here = path.relative_to(PACKAGE).as_posix()
    for name in imports(path):
        top = name.split(".")[0]
        if top in DOORS:
            assert here.startswith(DOORS[top]), f"{here} imports {top}, whose door is {DOORS[top]}"
        else:
            assert top in ("llmcost", "__future__") or top in sys.stdlib_module_names, f"{here} imports {top}"
