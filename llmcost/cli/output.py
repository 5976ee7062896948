"""Where output goes: stdout for data, stderr for talk, files as a whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path

from llmcost.errors import LlmcostError
from llmcost.reports.terminal import Screen

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Text without control, escape or direction characters, whatever a file or an argument held."""
    return _HARMFUL.sub("?", text)


def say(text: str) -> None:
    """Talk to the person, on stderr; when that is closed, to nobody."""
    if sys.stderr is None:
        return
    screen = Screen(encoding=sys.stderr.encoding or "ascii")
    with suppress(OSError, ValueError):
        sys.stderr.write(screen.safe(harmless(text)) + "\n")
        sys.stderr.flush()


def stdout_screen(color: str) -> Screen:
    """What stdout can show: its width (COLUMNS, the terminal, else 80), colour and encoding."""
    width = shutil.get_terminal_size((80, 24)).columns
    return Screen(max(20, width), _wants_colour(color), sys.stdout.encoding or "ascii")


def _wants_colour(color: str) -> bool:
    """--color decides; else NO_COLOR, FORCE_COLOR, TERM=dumb and whether stdout is a terminal, in this order."""
    if color in ("always", "never"):
        return color == "always"
    if color != "auto":
        raise LlmcostError(f'--color: "{color}" is not known', "write one of: auto, always, never")
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def write(text: str | bytes, path: str | None, encoding: str = "utf-8") -> None:
    """Write to stdout (no path, ``-`` or its device) or to a file, which appears whole or not at all; then say so."""
    data = text.encode(encoding, "replace") if isinstance(text, str) else text
    if path in (None, "-", "/dev/stdout"):
        buffer = getattr(sys.stdout, "buffer", None)
        if buffer is None:
            sys.stdout.write(text if isinstance(text, str) else text.decode("latin-1"))
        else:
            sys.stdout.flush()
            rest = memoryview(data)
            while rest:  # an unbuffered stdout may take only a part
                rest = rest[buffer.write(rest) :]
            buffer.flush()
        return
    write_file(str(path), data)
    say(f"llmcost: wrote {path}")


def write_file(path: str, data: bytes) -> None:
    """Write a file as a whole or not at all. Raises LlmcostError when that cannot be."""
    target = Path(path)
    try:
        _replace(target, data)
    except OSError as error:
        raise LlmcostError(
            f"cannot write {target}: {error.strerror or error}", "check the path and the space left"
        ) from None


def _replace(target: Path, data: bytes) -> None:
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with target.open("wb", buffering=0) as stream:  # a device or a pipe cannot be replaced
            stream.write(data)
        return
    import tempfile  # imported late: only files need it

    target = Path(os.path.realpath(target))  # what a link points to is written, and the link stays

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".llmcost-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
