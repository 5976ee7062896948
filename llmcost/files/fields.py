"""Taking values out of a mapping of text, each fault with the key it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Protocol

from llmcost.core.values.dates import parse_duration
from llmcost.core.values.numerals import parse_count, parse_share, parse_whole
from llmcost.errors import LlmcostError, NumberError, TextError
from llmcost.foreign import check_name

MOST_TEXTS = 1_000
"""Entries of a list."""


class Fault(Protocol):
    """Makes the exception for what is wrong with a key; ``at_key`` points at the key rather than at its value."""

    def __call__(self, key: str, error: LlmcostError, *, at_key: bool = False) -> Exception:
        """The exception to raise; ``key`` is a path with dots."""


class Fields:
    """A mapping whose values are asked for one by one, by the form they must have.

    Every question returns None when the key is left out, and raises what ``fault`` makes for a value of another form.
    """

    def __init__(self, given: Mapping[str, Any], fault: Fault, path: str = "") -> None:
        self.given = given
        self.path = path
        self._fault = fault

    def fault(self, key: str, message: str, remedy: str | None, *, at_key: bool = False) -> Exception:
        """The exception for a key of this mapping."""
        return self._fault(f"{self.path}{key}", NumberError(message, remedy), at_key=at_key)

    def only(self, known: tuple[str, ...]) -> Fields:
        """Refuse keys other than these."""
        for fault in self.unknown(known):
            raise fault
        return self

    def unknown(self, known: tuple[str, ...]) -> Iterator[Exception]:
        """The exception for each key other than these."""
        for key in self.given:
            if key not in known:
                from difflib import get_close_matches

                close = get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"keys here: {', '.join(known)}"
                yield self.fault(key, f'unknown key "{key}"', hint, at_key=True)

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def text(self, key: str) -> str | None:
        """One value as it is written."""
        if key not in self.given:
            return None
        value = self.given[key]
        if value is None:
            raise self.fault(key, "a value is missing here", "write one, or remove the key")
        if not isinstance(value, str):
            raise self.fault(key, "one value is needed here", "write a number or a word")
        return self._sound(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; () when the key is left out."""
        value = self.given.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise self.fault(key, "a list is needed here", "write it like [one, two]")
        if len(value) > MOST_TEXTS:
            raise self.fault(key, f"{len(value):,} of them are too many", f"write at most {MOST_TEXTS:,}")
        return tuple(self._sound(f"{key}.{place}", each) for place, each in enumerate(value))

    def _sound(self, key: str, value: str) -> str:
        """A text on one line, of characters that show."""
        try:
            return check_name(value)
        except TextError as error:
            raise self._fault(f"{self.path}{key}", error) from None

    def read(self, key: str, parse: Callable[[str], Any]) -> Any:
        """One value, read by ``parse``."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return parse(text)
        except LlmcostError as error:
            raise self._fault(f"{self.path}{key}", error) from None

    def count(self, key: str) -> Fraction | None:
        """A count such as 12k."""
        value: Fraction | None = self.read(key, parse_count)
        return value

    def whole(self, key: str) -> int | None:
        """A whole count."""
        value: int | None = self.read(key, parse_whole)
        return value

    def share(self, key: str) -> Fraction | None:
        """A percentage, as a fraction of one."""
        value: Fraction | None = self.read(key, parse_share)
        return value

    def duration(self, key: str) -> Fraction | None:
        """A duration such as 20s, in seconds."""
        value: Fraction | None = self.read(key, parse_duration)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str | None:
        """One of some words."""
        text = self.text(key)
        if text is not None and text not in allowed:
            raise self.fault(key, f'"{text}" is not known here', f"write one of: {', '.join(allowed)}")
        return text

    def mapping(self, key: str, example: str) -> Fields | None:
        """A mapping of keys to values."""
        if key not in self.given:
            return None
        value = self.given[key]
        if value is None:
            raise self.fault(key, "a value is missing here", f"write it like {example}, or remove the key")
        if not isinstance(value, Mapping):
            raise self.fault(key, "a mapping of keys to values is needed here", f"write it like {example}")
        return Fields(value, self._fault, f"{self.path}{key}.")

    def inner(self, path: str, value: Mapping[str, Any]) -> Fields:
        """A mapping at a path below this one, such as an item of a list."""
        return Fields(value, self._fault, f"{self.path}{path}.")

    def needed(self, key: str, remedy: str) -> None:
        """Refuse the mapping without a key."""
        if key not in self.given:
            raise self._fault(self.path.rstrip("."), NumberError(f'the key "{key}" is missing', remedy))


def steps_to(given: Mapping[str, Any], key: str) -> tuple[str | int, ...]:
    """A dotted key as steps; names that hold dots themselves, such as ``0..1k``, stay whole.

    Steps into a list are numbers.
    """
    steps: list[str | int] = []
    here: Any = given
    rest = key
    while rest:
        names = [name for name in here if f"{rest}.".startswith(f"{name}.")] if isinstance(here, Mapping) else []
        step = max(names, key=len) if names else rest.split(".")[0]
        steps.append(int(step) if isinstance(here, list) else step)
        here = here.get(step) if isinstance(here, Mapping) else here[int(step)] if isinstance(here, list) else None
        rest = rest[len(step) + 1 :]
    return tuple(steps)
