"""The figures of a result file by their keys, read with care: the file is another tool's."""

from __future__ import annotations

from typing import Any

from llmcost.core.values.dates import parse_day
from llmcost.errors import LlmcostError, NumberError
from llmcost.files.json import count_of, number_of

LONGEST_NAME = 200
AGREES = 1.1
"""How far the stated rate of tokens may be from the tokens in the time, either way."""
ANYWAY = "nothing can be learnt from this run"


class Fields:
    """A run's figures. A key may lead further, as in ``performance.total_latency_ms`` or ``models.0.name``.

    ``place`` is the file, and the line where it has several runs; ``tool`` is what writes such files. Every error is
    an LlmcostError that names the place and the key.
    """

    def __init__(self, place: str, tool: str, data: Any, prefix: str = "") -> None:
        self.place = place
        self.tool = tool
        self._data = data
        self._prefix = prefix

    def value(self, key: str) -> Any:
        """What stands under a key; None where nothing does."""
        found = self._data
        for part in key.split("."):
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and part.isascii() and part.isdigit() and len(part) < 6:
                found = found[int(part)] if int(part) < len(found) else None
            else:
                return None
        return found

    def members(self, key: str) -> list[Fields]:
        """The members of a list, each as fields of its own; none where there is no list."""
        found = self.value(key)
        if not isinstance(found, list):
            return []
        return [Fields(self.place, self.tool, each, f"{self._prefix}{key}.{at}.") for at, each in enumerate(found)]

    def refuse(self, key: str, what: str) -> LlmcostError:
        """The error for a key that is not as it must be."""
        return LlmcostError(f'{self.place}: "{self._prefix}{key}" {what}', f"give the file as {self.tool} writes it")

    def name(self, *keys: str) -> str | None:
        """The name under the first of these keys that has anything; None where none has."""
        for key in keys:
            found = self.value(key)
            if found not in (None, ""):
                if not isinstance(found, str) or len(found) > LONGEST_NAME:
                    raise self.refuse(key, "is not a name")
                return found
        return None

    def day(self, key: str) -> str | None:
        """The day a text begins with, as in 2026-11-03 or 20261103; None for one that no calendar has."""
        digits = str(self.value(key))[:10].replace("-", "")[:8]
        try:
            return parse_day(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}").isoformat()
        except NumberError:
            return None

    def total(self, key: str) -> int:
        """A whole number, which some tools write with a point."""
        found = self.count(key)
        if found is None:
            raise self.refuse(key, "is missing")
        return found

    def count(self, key: str) -> int | None:
        """A whole number; None where there is none under this key."""
        value = self.value(key)
        number = number_of(value)
        found = count_of(value if number is None or number % 1 else int(number))
        if found is None and value is not None:
            raise self.refuse(key, f"is {str(value)[:40]!r}, not a whole number from zero up")
        return found

    def requests(self, key: str) -> int:
        """How many requests were answered, at least one."""
        found = self.total(key)
        if not found:
            raise LlmcostError(f"{self.place}: no request was completed", ANYWAY)
        return found

    def number(self, key: str) -> float | None:
        """A number; None where there is none under this key."""
        value = self.value(key)
        if value is None:
            return None
        found = number_of(value)
        if found is None:
            raise self.refuse(key, f"is {str(value)[:40]!r}, not a number from zero up")
        return float(found)

    def above_zero(self, key: str) -> float:
        """A number that is there, and not zero."""
        found = self.number(key)
        if found is None:
            raise self.refuse(key, "is missing")
        if not found:
            raise LlmcostError(f'{self.place}: "{self._prefix}{key}" is zero', ANYWAY)
        return found

    def seconds(self, *keys: str) -> float | None:
        """The milliseconds under the first key that has any, as seconds; a time of zero is one not measured."""
        found = next((found for key in keys if (found := self.number(key)) is not None), None)
        return found / 1000 if found else None

    def rate(self, key: str, requests_a_second: float | None, length: float) -> float:
        """Tokens written a second. Refused where they are not those of so many requests of such a length."""
        stated = self.above_zero(key)
        expected = stated if requests_a_second is None else requests_a_second * length
        if not expected / AGREES <= stated <= expected * AGREES:
            raise self.refuse(key, f"is {stated:g}, and its tokens in its time are {expected:g} a second")
        return stated
