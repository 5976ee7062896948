"""Text that others wrote, such as names in files: what of it is shown, and what a name may not hold.

Whoever writes a file may not speak through this program: to a terminal, to what reads the log of a CI job, or to a
reader who cannot see it.
"""

from __future__ import annotations

import re

from llmcost.errors import TextError

HARMFUL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
"""Control, direction and line characters, as a class of a regular expression; CR is one unless LF follows."""
COLOURS = ("\x1b[0m", "\x1b[1m", "\x1b[1;32m", "\x1b[32m", "\x1b[33m", "\x1b[36m")
"""The styles that reports use; none of them hides, moves or erases anything."""
_HARMFUL = f"[{HARMFUL}]|\r(?!\n)"
_HARMFUL_BUT_COLOURS = "|".join([*map(re.escape, COLOURS), _HARMFUL])
_COMMAND_ANYWHERE = re.compile(r"##(?=\[|(vso|teamcity)\[)", re.IGNORECASE)
"""GitHub's older runners and Azure's look for these anywhere in a line, TeamCity at its start."""
_COMMAND_AT_START = re.compile(r"^((?:[^\S\n]|\x1b\[[0-9;]*m)*):(?=:)", re.MULTILINE)
"""GitHub's runner passes over blanks before ``::``."""
_BROKEN_NAME = f"[{HARMFUL}\t\n\r\ud800-\udfff\ufeff\ufffe\uffff]"


def harmless(text: str, *, colours: bool = False, commands: bool = False) -> str:
    """Text without control, escape or direction characters, and no line of it a command to what runs a CI job.

    ``colours`` keeps those of the reports. ``commands`` keeps lines that begin with ``::``, where all of them are ours.
    """
    if not text.replace("\n", "").isprintable():  # which takes no time, and making the pattern takes some
        pattern = _HARMFUL_BUT_COLOURS if colours else _HARMFUL
        text = re.sub(pattern, lambda found: found[0] if found[0] in COLOURS else "?", text)
    text = _COMMAND_ANYWHERE.sub("# #", text)
    return text if commands else _COMMAND_AT_START.sub(r"\1: ", text)


def escaped_json(text: str) -> str:
    """A JSON text in which no string holds anything harmful: escaped, so that it reads back as it was."""
    text = re.sub(_HARMFUL, lambda found: f"\\u{ord(found[0]):04x}", text)
    return _COMMAND_ANYWHERE.sub(r"\\u0023#", text)


def check_name(text: str) -> str:
    """A name, as it is. Raises TextError when it holds control or direction characters, or a line break."""
    found = re.search(_BROKEN_NAME, text)
    if found is None:
        return text
    code = f"U+{ord(found[0]):04X}"
    what = "a line break or a tab" if found[0] in "\t\n\r" else "a character that does not show"
    raise TextError(f"{what} ({code}) stands in the text", "write it on one line, in characters that show")
