"""Where output goes: stdout for data, stderr for talk, files as a whole or not at all.

The only door to stdout and stderr: whatever a file or an argument held is made harmless here, on its way out.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path

from llmcost.errors import LlmcostError
from llmcost.foreign import harmless
from llmcost.reports.style import Screen

STDOUT = (None, "-", "/dev/stdout")
"""Paths that mean stdout."""
DATA = Screen()
"""What data is written for: UTF-8, without colour, whatever the terminal."""


def say(text: str) -> None:
    """Talk to the person, on stderr; when that is closed, to nobody."""
    _tell(harmless(text.replace("\r\n", "\n")) + "\n")


def show_progress(text: str) -> None:
    """Keep one line of stderr up to date on a terminal; elsewhere nothing. An empty text ends the line."""
    if sys.stderr is not None and sys.stderr.isatty():
        _tell(f"\r{harmless(text)} " if text else "\n")


def _tell(text: str) -> None:
    if sys.stderr is None:
        return
    with suppress(OSError, ValueError):
        sys.stderr.write(Screen(encoding=sys.stderr.encoding or "ascii").safe(text))
        sys.stderr.flush()


def has_stdout() -> bool:
    """Whether there is a stdout to write to."""
    return sys.stdout is not None


def is_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout.isatty()


def flush() -> None:
    """Write what is still buffered. Raises OSError when stdout does not take it."""
    sys.stdout.flush()


def forget_output() -> None:
    """Give what is still buffered to nobody, so that the interpreter's last flush is quiet too."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def screen_of(color: str, path: str | None = None) -> Screen:
    """What the output can show: its width (COLUMNS, the terminal, else 80), colour and encoding; a file takes UTF-8."""
    width, colour = max(20, shutil.get_terminal_size((80, 24)).columns), _wants_colour(color)
    if path not in STDOUT:
        return Screen(width, color == "always")
    return Screen(width, colour, sys.stdout.encoding or "ascii")


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


def write(text: str | bytes, path: str | None, screen: Screen = DATA, *, commands: bool = False) -> None:
    """Write to stdout (no path, ``-`` or its device) or to a file, which appears whole or not at all; then say so.

    Text is made harmless first; ``commands`` keeps lines that are commands to GitHub's runner. JSON has everything
    harmful escaped already, so it passes unchanged.
    """
    if isinstance(text, str):
        text = screen.safe(harmless(text, colours=screen.colour, commands=commands))
    data = text.encode(screen.encoding, "replace") if isinstance(text, str) else text
    if path is not None and path not in STDOUT:
        write_file(path, data)
        say(f"llmcost: wrote {path}")
        return
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text if isinstance(text, str) else text.decode("latin-1"))
        return
    sys.stdout.flush()
    rest = memoryview(data)
    while rest:  # an unbuffered stdout may take only a part
        rest = rest[buffer.write(rest) :]
    buffer.flush()


def write_unnamed(path: Path, text: str) -> None:
    """Write a file that nobody named, such as the lock; a link or a pipe in its place is refused.

    Whoever changes a project could have put it there. Raises LlmcostError.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise LlmcostError(f"{path} is a link, or no file, and nobody named it", "nothing was written; remove it first")
    write_file(str(path), text.encode())


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
    import tempfile

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
