"""Workloads: what is sent in a month, as groups of requests that are alike.

A group is a number of requests, what one of them holds, and the range their input sizes share. Pricing is linear
inside one condition, so a hundred million requests and three lines of YAML become the same few groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from llmcost.core.conditions import Options
from llmcost.core.usage import Count, Usage
from llmcost.core.week import Window
from llmcost.errors import UsageError

HOURS_PER_MONTH = 730
DAYS_PER_MONTH = Fraction(365, 12)


@dataclass(frozen=True, slots=True)
class RequestGroup:
    """Requests of a month that are priced alike.

    ``usage`` is what one request holds, or the mean where ``input_range`` says how far the sizes reach
    (None: every request has exactly ``usage.input_tokens``; an upper end of None: no known limit).
    ``terms`` gives the part of the requests sent on other terms, such as {"batch": Fraction(3, 10)}.
    ``mode`` and ``cache`` of None mean the offer's own default; ``hours`` of None an even spread over the week.
    """

    usage: Usage
    requests: Count = 1
    name: str = "requests"
    input_range: tuple[int, int | None] | None = None
    terms: Mapping[str, Fraction] = field(default_factory=dict)
    mode: str | None = None
    cache: str | None = None
    hours: tuple[Window, ...] | None = None
    options: Options = ()

    def __post_init__(self) -> None:
        if isinstance(self.requests, bool) or not isinstance(self.requests, (int, Fraction)) or self.requests < 0:
            raise UsageError(f"{self.requests!r} is not a number of requests", "give an int or a Fraction from zero up")
        if sum(self.terms.values()) > 1:
            raise UsageError(f"the shares of terms in {self.name} exceed 100%", "lower one of them")
        if self.cache == "none" and (self.usage.cache_read_input_tokens or self.usage.cache_creation_input_tokens):
            raise UsageError("cached tokens are given, but caching is switched off", "leave out one of the two")

    @property
    def sizes(self) -> tuple[int, int | None]:
        """The smallest and largest input of a request; None where no limit is known."""
        if self.input_range is not None:
            return self.input_range
        size = self.usage.input_tokens
        return (size, size) if type(size) is int else (int(size), -int(-size // 1))

    @property
    def alike(self) -> bool:
        """Whether every request holds exactly ``usage``."""
        return self.input_range is None or self.input_range[0] == self.input_range[1]


@dataclass(frozen=True, slots=True)
class Workload:
    """All that is sent in a month (365/12 days, 730 hours)."""

    groups: tuple[RequestGroup, ...]
    name: str = "workload"

    @classmethod
    def of(cls, usage: Usage, requests: Count = 1) -> Workload:
        """A workload of one kind of request."""
        return cls((RequestGroup(usage, requests),))

    @property
    def requests(self) -> Count:
        """Requests per month."""
        return sum((group.requests for group in self.groups), 0)

    @property
    def total_tokens(self) -> Count:
        """Input and output tokens per month."""
        return sum((group.usage.total_tokens * group.requests for group in self.groups), 0)
