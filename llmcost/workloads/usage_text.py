"""A workload file written from real usage, so that a month of it can be a budget, a what-if or a break-even."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.requests import DAYS_PER_MONTH
from llmcost.core.workload.usage_cells import cut
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError

PARTS = {
    "cache_read": "cache_read",
    "cache_write_1h": "cache_write_1h",
    "cache_write_12h": "cache_write_12h",
    "reasoning": "reasoning",
    "audio_input": "audio_in",
    "image_input": "image_in",
    "video_input": "video_in",
    "audio_output": "audio_out",
    "image_output": "image_out",
    "web_searches": "web_searches",
}
"""What a workload file calls the counts of a record, beside the wholes."""
WHOLES = ("input_tokens", "output_tokens")
OF = {
    **dict.fromkeys(("cache_read", "cache_write", "audio_in", "image_in", "video_in"), "input_tokens"),
    **dict.fromkeys(("cache_write_1h", "cache_write_12h"), "cache_write"),
    **dict.fromkeys(("reasoning", "audio_out", "image_out"), "output_tokens"),
}
"""What each part is a part of."""
PLACES = 6


class Asked(NamedTuple):
    """What usage asked for: its kind of cache, None for the usual one, and the offer it is fixed to, None for none."""

    cache: Callable[[UsageRecord], str | None] = lambda _: None
    offer: Callable[[UsageRecord], str | None] = lambda _: None


NOTHING = Asked()


def workload_text(
    records: Sequence[UsageRecord],
    name: str,
    edges: Boundaries,
    span: tuple[date, date],
    asked: Asked = NOTHING,
    busiest: int | None = None,
) -> str:
    """The text of a workload file with a class for each model, cut at the sizes of ``edges``, which prices change at.

    ``edges`` are sizes alone, windows of context among them. Each class has the mean of its requests, which is priced
    and fits as they do, as none of them lies beyond a boundary of the mean. A month of the calendar is taken as it is,
    any other span is scaled to a month by its days. Requests that hold nothing have no class. ``busiest`` is how many
    tokens the busiest hour holds; None where the records tell.
    Raises LlmcostError for usage that does not say how many requests it was, of which there is no mean, and for usage
    that holds nothing.
    """
    first, last = span
    days = (last - first).days + 1
    is_month = first.day == 1 and last + timedelta(days=1) == (first + timedelta(days=31)).replace(day=1)
    month = Fraction(1) if is_month else DAYS_PER_MONTH / days
    scaled = "taken as a month" if month == 1 else f"{days} day{'' if days == 1 else 's'}, scaled to a month"
    kept = [record for record in records if _holds_something(record)]
    if not kept:
        raise LlmcostError("what was used holds no tokens", "name usage of requests that were answered")
    lines = [
        f"# What was used from {first} to {last}, {scaled}. Each class holds the mean of its requests.",
        "kind: workload",
        f"name: {_quoted(name)}",
        "classes:",
    ]
    for cell in cut((record._replace(start=_SOME_TIME, end=None) for record in kept), edges):
        lines += _class(cell.record, month, asked)
    return "\n".join([*lines, *_load(records, days, busiest)]) + "\n"


_SOME_TIME = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""One time for all, as a workload is sent at any."""


def losses(records: Sequence[UsageRecord], asked: Asked) -> list[str]:
    """What a workload file does not tell of usage, as people are to hear."""
    said = []
    kept = [record for record in records if _holds_something(record)]
    models = {(record.provider, record.model) for record in kept}
    if len(models) > 1 and not any(map(asked.offer, kept)):
        said.append(f"{len(models)} models were used: one that is named gets them all; --as-used fixes each to its own")
    if empty := sum(record.requests or 0 for record in records if not _holds_something(record)):
        one = empty == 1
        said.append(f"{empty:,} request{' holds' if one else 's hold'} nothing and {'is' if one else 'are'} left out")
    if any(record.cache_read for record in kept):
        said.append(
            "what was read from a cache is so at every offer, and the rest is input: the file has no range to never, "
            "and nothing that others would write"
        )
    if any(record.cached_unknown for record in kept):
        said.append("how much was read from a cache is not known of all: the file has what is, and no range")
    if any(record.requests != 1 and record.input_range is None for record in kept):
        said.append("sums do not tell how large each request was: the file has their mean, and no range")
    for field, long in (("1h", "an hour"), ("12h", "12 hours")):
        if any(getattr(record, f"cache_write_{field}") for record in kept):
            remedy = f"--cache-write-{field} 0 is for others"
            said.append(f"what was written for {long} has a price where that is sold; {remedy}")
    return said


def _holds_something(record: UsageRecord) -> bool:
    return bool(record.input or record.output or record.web_searches)


def _class(record: UsageRecord, month: Fraction, asked: Asked) -> list[str]:
    if record.requests is None:
        raise LlmcostError(
            f"the usage of {record.model} does not say how many requests it was",
            "a workload needs what one request holds; use a log, or an export that counts requests",
        )
    counts = {"input_tokens": record.input, "output_tokens": record.output, "cache_write": record.written}
    counts |= {key: getattr(record, field) or 0 for field, key in PARTS.items()}
    counts["reasoning"] = min(counts["reasoning"], record.output - record.audio_output - record.image_output)
    low, high = record.input_range or (0, None)
    sizes = f"{low if low == high else f'{low} to {high}'} tokens in"
    if record.is_sum:  # of which nobody says how large any was
        sizes = f"{ceil(Fraction(record.input, record.requests))} tokens in, in the mean"
    label = f"{record.model}, {sizes}"
    lines = [
        f"  - name: {_quoted(label if record.terms is None else f'{label}, {record.terms}')}",
        f"    requests: {_decimal(record.requests * month)} / month",
    ]
    for key, count in counts.items():
        if count:  # what is whole is rounded up and its parts down, so that they never exceed it
            mean = Fraction(count, record.requests) * 10**PLACES
            whole = counts.get(OF.get(key, ""), 0)
            share = Fraction(count * 100, whole) * 10**PLACES if whole else None
            if share is not None and mean < 10**PLACES:  # a part of less than a token is read as a share alone
                lines += [f"    {key}: {_figure(floor(share))}%"] if share >= 1 else []
            else:
                lines.append(f"    {key}: {_figure(ceil(mean) if key in WHOLES else floor(mean))}")
    lines += [f"    terms: {{{record.terms}: 100%}}"] if record.terms else []
    cache, offer = asked.cache(record), asked.offer(record)
    lines += [f"    cache: {cache}"] if cache else []
    return [*lines, *([f"    offer: {_quoted(offer)}"] if offer else [])]


def _load(records: Sequence[UsageRecord], days: int, busiest: int | None) -> list[str]:
    """How much more the busiest hour holds than the mean one, where the hours are known."""
    if busiest is None and any(record.end is not None for record in records):
        return []
    by_hour: dict[datetime, int] = {}
    for record in records:
        hour = record.start.replace(minute=0, second=0, microsecond=0)
        by_hour[hour] = by_hour.get(hour, 0) + record.input + record.output
    total = sum(by_hour.values())
    if not total:
        return []
    most = max(by_hour.values()) if busiest is None else busiest
    ratio = Fraction(most * days * 24, total)
    return [f"load: {{peak_to_mean: {_decimal(Fraction(ceil(ratio * 100), 100))}}}"]


def _decimal(value: Fraction | int) -> str:
    """A figure with six decimals at most, half-even."""
    return _figure(round(Fraction(value) * 10**PLACES))


def _figure(millionths: int) -> str:
    whole, part = divmod(millionths, 10**PLACES)
    return f"{whole}.{part:0{PLACES}}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
