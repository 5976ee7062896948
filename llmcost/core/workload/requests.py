"""Workloads: what is sent in a month, as groups of requests that are alike.

A group is a number of requests, what one of them holds, and the range their input sizes share. Pricing is linear
inside one condition, so a hundred million requests and three lines of YAML become the same few groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from llmcost.core.pricing.conditions import Options
from llmcost.core.values.meters import METER, Count, quotient
from llmcost.core.values.schedule import Window
from llmcost.core.workload.serving import STANDARD_SERVING, Serving
from llmcost.core.workload.tasks import CHAT, DRAWING, Task
from llmcost.core.workload.usage import TOKEN_COUNTS, Usage
from llmcost.errors import UsageError

if TYPE_CHECKING:
    from llmcost.core.offers.offer import Offer
    from llmcost.core.workload.content import Content

HOURS_PER_MONTH = 730
DAYS_PER_MONTH = Fraction(365, 12)
VIDEO_SECONDS = "video_output_seconds"
"""The meter of work that only models of video do."""


@dataclass(frozen=True, slots=True)
class RequestGroup:
    """Requests of a month that are priced alike.

    ``usage`` is what one request holds, or the mean where ``input_range`` says how far the sizes reach
    (None: every request has exactly ``usage.input_tokens``; an upper end of None: no known limit). With a ``sum_of``
    other than 1 it is what so many requests hold together, as real usage is counted: in whole numbers.
    ``terms`` gives the part of the requests sent on other terms, such as {"batch": Fraction(3, 10)}.
    ``mode`` and ``cache`` of None mean the offer's own default; ``hours`` of None an even spread over the week.
    ``content`` is what each model counts in its own way, and comes on top of ``usage``; None when there is none.
    ``offer`` is the only offer the requests go to, None when they go to the one that is compared.
    ``growth`` is how much more there is each month, such as 1/20. ``task`` is the work that it is, for models that are
    made for it alone; None where what it holds says so. ``number_known`` is False of real usage that does not say how
    many requests it was, which is then one of all of them together; ``lengths_known`` of such that has only the
    sum of its answers, which may be of any length.
    """

    usage: Usage
    requests: Count = 1
    name: str = "requests"
    _: KW_ONLY
    input_range: tuple[int, int | None] | None = None
    terms: Mapping[str, Fraction] = field(default_factory=dict)
    mode: str | None = None
    cache: str | None = None
    hours: tuple[Window, ...] | None = None
    options: Options = ()
    content: Content | None = None
    offer: Offer | None = None
    growth: Fraction = Fraction(0)
    task: str | None = None
    number_known: bool = True
    lengths_known: bool = True
    sum_of: int = 1

    def __post_init__(self) -> None:
        if type(self.requests) not in (int, Fraction) or self.requests < 0:
            raise UsageError(f"{self.requests!r} is not a number of requests", "give an int or a Fraction from zero up")
        if self.terms and sum(self.terms.values()) > 1:
            raise UsageError(f"the shares of terms in {self.name} exceed 100%", "lower one of them")
        if self.cache == "none" and (self.usage.cache_read_input_tokens or self.usage.cache_creation_input_tokens):
            raise UsageError("cached tokens are given, but caching is switched off", "leave out one of the two")

    @property
    def sizes(self) -> tuple[int, int | None]:
        """The smallest and largest input of a request; None where no limit is known."""
        if self.input_range is not None:
            return self.input_range
        size = self.mean(self.usage.input_tokens)
        return (size, size) if type(size) is int else (int(size), ceil(size))

    @property
    def often(self) -> Count:
        """How many times ``usage`` all of the requests hold."""
        return 1 if self.requests == self.sum_of else quotient(self.requests, self.sum_of)

    def mean(self, count: Count) -> Count:
        """What one request holds of what ``usage`` counts."""
        return quotient(count, self.sum_of)

    @property
    def of_one(self) -> RequestGroup:
        """The same requests by what one of them holds."""
        if self.sum_of == 1:
            return self
        return replace(self, usage=_mean_of(self.usage, self.sum_of), sum_of=1)

    @property
    def in_tokens(self) -> bool:
        """Whether all it holds is known in tokens, the same at every offer."""
        counts = self.usage.counts
        return self.content is None and (not counts or not any(METER[name].rule for name in counts))

    @property
    def tasks(self) -> frozenset[str]:
        """What a model may be made for to do this work: chat, and what takes or makes just such content."""
        if self.task is not None:
            return frozenset({self.task})
        if VIDEO_SECONDS in self.usage.counts:
            return frozenset({"video"})
        content = self.content
        hears = ("input", "audio") in self.usage.kinds
        speaks = ("output", "audio") in self.usage.kinds or (content is not None and bool(content.audio_out_seconds))
        counts = self.usage.counts
        also: dict[Task, bool] = {
            "realtime": hears or speaks,
            "transcription": hears and not speaks,
            "speech": (speaks and not hears) or "characters" in counts,
            "ocr": "pages" in counts,
            "image": "images" in counts or ("output", "image") in self.usage.kinds,
            "video": ("output", "video") in self.usage.kinds,
        }
        return frozenset({CHAT, *(task for task, fits in also.items() if fits)})

    def suits(self, task: str) -> bool:
        """Whether a model that is made for a task, and was named for this work, may be meant for it."""
        if self.task is not None:
            return task == self.task or {task, self.task} <= {*DRAWING}
        if task == CHAT:
            return VIDEO_SECONDS not in self.usage.counts
        if task in ("embedding", "rerank", "moderation"):
            return not self.usage.output_tokens
        if task in DRAWING:
            return not self.tasks.isdisjoint(DRAWING)
        return task in self.tasks or (task == "ocr" and ("input", "image") in self.usage.kinds)

    @property
    def holds_something(self) -> bool:
        """Whether a request has anything in it."""
        return bool(self.usage.split.meters) or self.usage.split.overlap is not None or self.content is not None

    @property
    def alike(self) -> bool:
        """Whether every request holds exactly ``usage``."""
        return self.input_range is None or self.input_range[0] == self.input_range[1]


def _mean_of(usage: Usage, requests: int) -> Usage:
    """What each of so many requests holds on average that hold it together."""
    held = ((name, getattr(usage, name)) for name, _ in TOKEN_COUNTS)
    mean = {name: quotient(count, requests) for name, count in held if count}
    return replace(usage.with_tokens(mean), counts={name: quotient(n, requests) for name, n in usage.counts.items()})


@dataclass(frozen=True, slots=True)
class Workload:
    """All that is sent in a month (365/12 days, 730 hours).

    ``peak_to_mean`` is the busiest hour against the mean one, for sizing; None when it is not known. ``serving`` is how
    it is to be run where it is self-hosted. ``part`` is how much of a month it is of; 1 for a whole one.
    """

    groups: tuple[RequestGroup, ...]
    name: str = "workload"
    peak_to_mean: Fraction | None = None
    serving: Serving = STANDARD_SERVING
    part: Fraction = Fraction(1)

    @classmethod
    def of(cls, usage: Usage, requests: Count = 1) -> Workload:
        """A workload of one kind of request."""
        return cls((RequestGroup(usage, requests),))

    @property
    def peak(self) -> Fraction | None:
        """The busiest hour against the mean one; 1 for work that waits its turn, None when it is not known."""
        return Fraction(1) if self.peak_to_mean is None and self.serving.offline else self.peak_to_mean

    @property
    def free(self) -> Workload:
        """The part that goes to whatever offer is compared; the workload itself where that is all of it."""
        groups = tuple(group for group in self.groups if group.offer is None)
        return self if len(groups) == len(self.groups) else replace(self, groups=groups)

    def joined(self, other: Workload) -> Workload:
        """The workload with the classes of another part of it as well."""
        return replace(self, groups=(*self.groups, *other.groups))

    @property
    def fixed(self) -> dict[Offer, Workload]:
        """The parts that go to one offer each, by that offer."""
        offers = dict.fromkeys(group.offer for group in self.groups if group.offer is not None)
        return {each: replace(self, groups=tuple(g for g in self.groups if g.offer == each)) for each in offers}

    def with_offers(self, change: Callable[[Offer], Offer]) -> Workload:
        """The same workload with every offer that a class is fixed to changed."""
        made = {offer: change(offer) for offer in self.fixed}
        groups = tuple(replace(g, offer=made[g.offer]) if g.offer is not None else g for g in self.groups)
        return replace(self, groups=groups)

    @property
    def tasks(self) -> frozenset[str]:
        """What a model may be made for to do all of this work; a chat model may do any."""
        found = [group.tasks for group in self.groups if group.offer is None]
        return frozenset.intersection(*found) if found else frozenset({CHAT})

    def in_month(self, number: int, part: Fraction = Fraction(1)) -> Workload:
        """The workload after so many months of growth, or a part of it."""
        groups = tuple(replace(g, requests=g.requests * part * (1 + g.growth) ** number) for g in self.groups)
        return replace(self, groups=groups, part=part)

    @property
    def requests(self) -> Count:
        """Requests per month."""
        return sum((group.requests for group in self.groups), 0)

    @property
    def number_known(self) -> bool:
        """Whether it is known of every class how many requests it is."""
        return all(group.number_known for group in self.groups)

    @property
    def sessions(self) -> Count:
        """Sessions per month; 0 where not all that is sent are sessions of conversations."""
        talks = [group.content is not None and group.content.conversation is not None for group in self.groups]
        return self.requests if all(talks) and talks else 0

    @property
    def total_tokens(self) -> Count:
        """Input and output tokens per month."""
        return sum((group.usage.total_tokens * group.often for group in self.groups), 0)
