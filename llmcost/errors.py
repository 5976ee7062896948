"""Everything that can go wrong for a user, as one tree.

    LlmcostError                  the base; the command line ends with 2
    ├── NumberError               text that is not a number llmcost takes
    ├── TextError                 a name with a line break, or with characters that do not show
    ├── UnitError                 a rate or a pricing unit that cannot be read, or does not fit its meter
    ├── CurrencyError             two currencies in one sum, or no exchange rate between them
    ├── UsageError                token counts that contradict each other
    ├── OfferError                a selector that names nothing, too much, or terms that are not sold
    ├── NotPricedError            an offer that has no price on the asked day
    ├── CannotServe               a replica of some shape that cannot do the work
    ├── NetworkError              a server that cannot be reached, breaks off or is too slow
    └── FileProblems              problems in sheets or workload files, each with its place

A ``Problem`` is a value, not an exception: reading collects them, so that one run reports them all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class LlmcostError(Exception):
    """Something the user can mend.

    ``remedy`` is one sentence that says how; None when the message already says it. ``about`` names the field or the
    part of a text that is wrong, where a caller has to know. ``place`` is the file and the line it is about, where both
    are known and the message does not say them.
    """

    def __init__(self, message: str, remedy: str | None = None, about: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.about = about
        self.place: tuple[str, int] | None = None


class NumberError(LlmcostError):
    """Text that is not a number in a form llmcost takes."""


class TextError(LlmcostError):
    """A name that holds a line break, or a character that does not show."""


class UnitError(LlmcostError):
    """A rate or pricing unit that cannot be read, or that does not fit its meter."""


class CurrencyError(LlmcostError):
    """Two currencies met in one sum, or no exchange rate joins them on that day."""


class UsageError(LlmcostError):
    """Counts that contradict each other, such as more cached tokens than input tokens."""


class OfferError(LlmcostError):
    """A selector that matches nothing, is ambiguous, or asks for terms that are not sold."""


class NotPricedError(LlmcostError):
    """The offer exists but has no price in force on the asked day."""


class CannotServe(LlmcostError):
    """Why a replica of this shape cannot do the work, with what would; ``larger`` says that more accelerators may."""

    def __init__(self, message: str, remedy: str | None = None, *, larger: bool = False) -> None:
        super().__init__(message, remedy)
        self.larger = larger


class NetworkError(LlmcostError):
    """The other side cannot be reached, breaks off, is too slow or answers with an error."""


@contextmanager
def at_flag(flag: str, kind: type[LlmcostError] = LlmcostError) -> Iterator[None]:
    """Name the flag, or the place, that an error of a kind inside is about."""
    try:
        yield
    except kind as error:
        raise kind(f"{flag}: {error.message}", error.remedy) from None


def of_system(error: OSError) -> LlmcostError:
    """What the system refused, as an error a user can read."""
    what = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    return LlmcostError(f"{error.strerror or error}{what}")


class Problem(NamedTuple):
    """One fault in one file: where it is, what is wrong and how to mend it.

    ``line`` and ``column`` count from 1; 0 means the whole file.
    ``excerpt`` is the offending line as written; None when there is none to show.
    The caret stands under column ``caret`` of the excerpt and underlines ``width`` characters.
    """

    file: str
    line: int
    column: int
    message: str
    remedy: str | None = None
    excerpt: str | None = None
    caret: int = 1
    width: int = 1

    @property
    def sentence(self) -> str:
        """What is wrong and how to mend it, without the place."""
        return f"{self.message}; {self.remedy}" if self.remedy else self.message

    def render(self) -> str:
        """The problem as it is printed: place, message, the line, a caret, the remedy."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        lines = [f"{place}: {self.message}" if place else self.message]
        if self.excerpt is not None:
            number = str(self.line)
            caret = " " * (self.caret - 1) + "^" * max(1, min(self.width, len(self.excerpt) - self.caret + 1))
            lines.append(f"  {number} | {self.excerpt}")
            lines.append(f"  {' ' * len(number)} | {caret}")
        if self.remedy:
            lines.append(f"  {self.remedy}")
        return "\n".join(lines)


class FileProblems(LlmcostError):
    """All problems found in the files that were read."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line, p.column))
        files = len({p.file for p in problems})
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
        self.summary = f"{count} in {files} file{'s' if files != 1 else ''}"
        super().__init__("\n".join(p.render() for p in self.problems))
