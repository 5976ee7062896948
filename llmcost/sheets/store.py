"""Where newer prices are kept: a folder a generation, and a pointer to the one that counts.

The pointer is one small file that is replaced whole, so that whenever a run is stopped either the old or the new sheets
are there; the generation before stays, for going back to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import LlmcostError
from llmcost.sheets.snapshot import snapshot_of

POINTER, LOCK = "current", "lock"
EXCHANGE_FILE = "fx.yaml"
DIGEST_NAME = "digest.txt"
"""The digest of a generation's sheets and their newest day, so that they need not be read to know which they are."""
BEFORE = "the prices that came with the program"
GENERATED = (
    "# Written by `llmcost prices update` from public price tables: what is changed by hand is lost with the next.\n"
)


class Generation(NamedTuple):
    """One set of sheets: the text of each file by its name, the digest of what they say, and their newest day."""

    files: dict[str, str]
    digest: str
    day: str

    @property
    def every_file(self) -> dict[str, str]:
        """The files with the one that says which generation it is."""
        return {**self.files, DIGEST_NAME: f"{self.digest}\n{self.day}\n"}


def generation_of(sheets: Sequence[Mapping[str, Any]]) -> Generation:
    """The files of some sheets: one a seller, those of names and of exchange rates by their kind."""
    from llmcost.files.yaml import yaml_text

    files = {f"{sheet.get('seller', sheet['kind'])}.yaml": GENERATED + yaml_text(sheet) for sheet in sheets}
    made = snapshot_of(sheets)
    return Generation(files, made.digest, made.newest_check)


def digest_of(folder: Path) -> str:
    """The digest of a generation; empty where none is."""
    return _told(folder)[0]


def day_of(folder: Path) -> str:
    """The newest day of a generation's sheets; empty where none is known."""
    return _told(folder)[1]


def _told(folder: Path) -> tuple[str, str]:
    with suppress(OSError, UnicodeDecodeError):
        digest, day, *_ = [*(folder / DIGEST_NAME).read_text(encoding="utf-8").split(), "", ""]
        return digest, day
    return "", ""


def write_generation(folder: Path, generation: Generation) -> None:
    """Write a generation's files into a new folder, each through to the disk. Raises OSError."""
    folder.mkdir(parents=True)
    for name, text in generation.every_file.items():
        with (folder / name).open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())


def replace_folder(folder: Path, generation: Generation) -> None:
    """Make a folder hold a generation in place of the one that it held.

    Raises OSError, and LlmcostError where a file of the same name is not of a generation; others stay as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    old = [each for each in folder.glob("*.yaml") if is_generated(each)]
    own = [each.name for each in folder.glob("*.yaml") if each not in old and each.name in generation.files]
    if own:
        raise LlmcostError(f"{folder / own[0]} is not written by an update, and would be lost", "move it away first")
    for each in old:
        if each.name not in generation.files:
            each.unlink()
    for name, text in generation.every_file.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def is_generated(file: Path) -> bool:
    """Whether a file was written by an update. Raises OSError."""
    with file.open(encoding="utf-8", errors="replace") as stream:
        return stream.read(len(GENERATED)) == GENERATED


def current_folder(store: Path) -> Path | None:
    """The generation that counts; None without any."""
    found = _pointed(store)
    return store / found[0] if found and (store / found[0]).is_dir() else None


def keep(store: Path, generation: Generation) -> None:
    """Write a generation and let it count from now on. Raises OSError."""
    import shutil

    name = generation.digest.removeprefix("sha256:")[:16]
    before = [each for each in _pointed(store) if each != name][:1]
    if not (store / name).is_dir():
        unfinished = store / f"{name}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_generation(unfinished, generation)
        os.replace(unfinished, store / name)
    _point(store, [name, *before])
    for old in [each for each in store.iterdir() if each.is_dir() and each.name not in (name, *before)]:
        # Out of the way first: a folder that is half removed must not be taken for the generation of its name.
        gone = old.with_suffix(".part")
        if gone != old:
            shutil.rmtree(gone, ignore_errors=True)
            old.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def roll_back(store: Path) -> str:
    """Let the generation before count again, or what came with the program; in words, what counts now.

    Raises LlmcostError when there was no update.
    """
    found = _pointed(store)
    if not found:
        raise LlmcostError("there was no update to go back from", "see `llmcost prices update`")
    if len(found) < 2:
        (store / POINTER).unlink()  # the first update: before it there were the prices that came with the program
        return BEFORE
    if not (store / found[1]).is_dir():
        raise LlmcostError(
            "the prices from before the last update are gone", "bring new ones with `llmcost prices update`"
        )
    _point(store, [found[1], found[0]])
    return str(store / found[1])


def _pointed(store: Path) -> list[str]:
    """The names in the pointer: the generation that counts, then the one before it."""
    with suppress(OSError, UnicodeDecodeError):
        names = (store / POINTER).read_text(encoding="utf-8").split()
        return [name for name in names[:2] if name.isalnum()]
    return []


def _point(store: Path, names: Sequence[str]) -> None:
    unfinished = store / f"{POINTER}.part"
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write("".join(f"{name}\n" for name in names))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(unfinished, store / POINTER)


@contextmanager
def only_writer(store: Path) -> Iterator[None]:
    """Hold the store against every other writer. Raises LlmcostError while another one has it.

    The lock is of the open file, which the system lets go with the process, however that ends.
    """
    store.mkdir(parents=True, exist_ok=True)
    with (store / LOCK).open("a") as stream:
        try:
            _lock(stream.fileno())
        except OSError:
            raise LlmcostError("another update is running", "wait until it has ended") from None
        yield


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
