"""A file as it stands at some revision of a git repository: ``git:REF:PATH``, as a side of a difference or a baseline.

Nothing is checked out, fetched or asked for: git reads what is on this machine.
"""

from __future__ import annotations

import os
from pathlib import Path

from llmcost.errors import LlmcostError

PREFIX = "git:"
EXAMPLE = "write it like git:origin/main:workload.yaml"
SECONDS = 60
"""How long git may take."""


def is_in_git(name: str) -> bool:
    """Whether a name is of a file at a revision."""
    return name.startswith(PREFIX)


def read_from_git(name: str, folder: Path = Path()) -> bytes:
    """The bytes of ``git:REF:PATH``; a path is read from ``folder``, and one that begins with / from the top.

    Raises LlmcostError when git is not there, or has no such revision or file.
    """
    reference, colon, path = name.removeprefix(PREFIX).partition(":")
    if not colon or not reference or not path or reference.startswith("-"):
        raise LlmcostError(f"{name} names no file in git", EXAMPLE)
    place = path[1:] if path.startswith("/") else f"./{path}"
    code, found, complaint = _ask(name, folder, "cat-file", "blob", f"{reference}:{place}")
    if not code:
        return found
    if not _ask(name, folder, "cat-file", "-e", f"{reference}:{place}")[0]:
        raise LlmcostError(f"cannot read {name}: it is a folder", "name a file in it")
    said = complaint.decode(errors="replace").strip().splitlines()
    why = said[-1].removeprefix("fatal: ") if said else "it has no such file"
    remedy = f"fetch it first, such as `git fetch origin {reference.rpartition('/')[2]}`, or name another"
    if not _ask(name, folder, "cat-file", "-e", reference)[0]:
        remedy = "name a file that is there"
    raise LlmcostError(f"cannot read {name}: {why}", remedy)


def _ask(name: str, folder: Path, *asked: str) -> tuple[int, bytes, bytes]:
    """How git ended, what it gave and what it said. Raises LlmcostError where it does not answer, or is not there."""
    import subprocess

    quiet = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    command = ["git", "-C", str(folder), *asked]
    try:
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, stdin=nothing, env={**os.environ, **quiet}) as program:
            try:
                found, complaint = program.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                program.kill()
                raise LlmcostError(f"cannot read {name}: git did not answer", "give a file instead") from None
    except FileNotFoundError:
        raise LlmcostError(f"cannot read {name}: git is not installed", "give a file instead") from None
    return program.returncode, found, complaint
