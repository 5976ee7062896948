"""How a report is to be written: what the output can show, and what was asked of the format."""

from __future__ import annotations

from typing import NamedTuple

GAP = 2
"""Blanks between two columns of a table."""
ASCII = str.maketrans({"≥": ">=", "×": "x", "█": "#", "…": "...", "–": "-", "—": "-", "·": "-", "’": "'"})


class Screen(NamedTuple):
    """What the output can show: its width, whether it has colour, and the encoding it is written in."""

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"

    def can_show(self, text: str) -> bool:
        """Whether the encoding carries every character."""
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def safe(self, text: str) -> str:
        """The text in characters the encoding carries."""
        if self.can_show(text):
            return text
        plain = text.translate(ASCII)
        return plain if self.can_show(plain) else plain.encode("ascii", "replace").decode()


class Style(NamedTuple):
    """What was asked of a format.

    ``columns`` are those to write, () for the usual ones. ``wide`` gives each charge a row, ``long`` each month.
    ``dialect`` is one of CSV. ``command`` is what was typed, for a page to say what made it; "" where nobody typed.
    """

    screen: Screen = Screen()
    columns: tuple[str, ...] = ()
    wide: bool = False
    header: bool = True
    dialect: str = "unix"
    long: bool = False
    command: str = ""
