"""Which files a message may quote: those of the project, and those that were named on the command line.

Whoever writes a config chooses the files it names, and may not be somebody who is to see what is in them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from itertools import groupby, pairwise
from pathlib import Path

from llmcost.errors import Problem

typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())
"""The arguments of this run."""


def quotable(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, those of a file that is not to be quoted as one that says so, and how many they are.

    A problem of a whole file says nothing of what is in it, and stays.
    """
    folders, files = _open_places()
    found: list[Problem] = []
    for name, group in groupby(problems, key=lambda each: each.file):
        listed = list(group)
        inside = [each for each in listed if each.line]
        if not inside or _may_be_quoted(name, folders, files):
            found += listed
            continue
        first, count = inside[0], f"{len(inside)} problem{'' if len(inside) == 1 else 's'} from here on"
        message = f"{count}, not shown, as the file lies outside the project and was not named on the command line"
        remedy = "name it on the command line to see them, or move it into the folder of llmcost.yaml"
        found += [each for each in listed if not each.line]
        found.append(Problem(name, first.line, first.column, message, remedy))
    return found


def _may_be_quoted(name: str, folders: Iterable[Path], files: Iterable[Path]) -> bool:
    if name == "<stdin>":
        return True
    real = Path(os.path.realpath(name))
    return os.path.isfile(real) and (real in files or any(real.is_relative_to(folder) for folder in folders))


def _open_places() -> tuple[list[Path], list[Path]]:
    """The folders and the files that may be quoted."""
    from llmcost.files.user_folder import user_folder
    from llmcost.project.config import find_config
    from llmcost.sheets.load import builtin_folder

    arguments = typed.get()
    config = next((after for flag, after in pairwise(arguments) if flag == "--config"), None)
    config = config or next(
        (each.removeprefix("--config=") for each in arguments if each.startswith("--config=")), None
    )
    project = Path(config) if config is not None else find_config(Path.cwd())
    folders = [builtin_folder(), user_folder()]
    if project is not None and _leads_where_it_says(str(project)):
        folders.append(project.absolute().parent)
    named = [part for each in arguments for part in (each, each.partition("=")[2]) if part]
    named += [
        part for key in ("LLMCOST_WORKLOAD", "LLMCOST_PRICES") for part in os.environ.get(key, "").split(os.pathsep)
    ]
    open_paths = [Path(os.path.realpath(each)) for each in named if _leads_where_it_says(each)]
    folders += [each for each in open_paths if os.path.isdir(each)]
    return [Path(os.path.realpath(each)) for each in folders], open_paths


def _leads_where_it_says(name: str) -> bool:
    """Whether a path does not lead out of this folder by a link, which may be somebody else's."""
    here = os.getcwd()
    inside = os.path.abspath(name).startswith(os.path.join(here, ""))
    return not inside or os.path.realpath(name).startswith(os.path.join(os.path.realpath(here), ""))
