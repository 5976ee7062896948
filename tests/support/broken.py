"""The smallest broken file for every mistake: each has its message, to the letter, beside it."""

from __future__ import annotations

from pathlib import Path

from support.running import Ran


def broken_files(folder: Path) -> dict[str, Path]:
    """Every broken file of a folder and those below it, by its name without the ending, which is there once."""
    found = sorted(folder.rglob("*.yaml"), key=lambda path: path.stem)
    files = {path.stem: path for path in found}
    assert len(files) == len(found), "two broken files have one name"
    return files


def assert_refused(ran: Ran, path: Path, update_golden: bool) -> None:
    """The program refused a broken file: with 2, nothing on stdout, and on stderr exactly the message written down.

    The message names the file, says at its end how to mend it, and holds no control or direction character. It is
    checked before it is written down, so no file can be updated to a message that is none.
    """
    lines = ran.err.splitlines()
    assert (ran.code, ran.out) == (2, "")
    assert "internal error" not in ran.err
    assert lines[0].startswith(f"{path.name}:")
    assert lines[-2].startswith("  "), "no remedy"
    assert "^" not in lines[-2], "no remedy"
    assert all(sign.isprintable() for line in lines for sign in line)
    expected = path.with_suffix(".txt")
    if update_golden:
        expected.write_text(ran.err, encoding="utf-8")
    assert ran.err == expected.read_text(encoding="utf-8")


def assert_paired(folder: Path) -> None:
    """No broken file is without a message, and no message without its file beside it."""
    files, messages = (sorted(path.with_suffix("") for path in folder.rglob(f"*{end}")) for end in (".yaml", ".txt"))
    assert files
    assert files == messages
