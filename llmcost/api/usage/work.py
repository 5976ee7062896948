"""Usage as work to price: requests in groups, by the day whose prices count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.core.workload.usage import Usage
from llmcost.core.workload.usage_cells import UsageCell


class Work(NamedTuple):
    """Cells as work to price, by the day whose prices count, and what the usage leaves open.

    ``caches`` are the kinds of cache that each used, None where it is the usual one.
    """

    cells: Sequence[UsageCell]
    caches: Sequence[str | None]
    by_day: Mapping[PricingDay, Workload]
    requests_unknown: bool
    cached_unknown: bool


def work_of(cells: Sequence[UsageCell], caches: Sequence[str | None] = ()) -> Work:
    """Cells as work, with ``caches`` of () where all are usual; what goes on over several times is spread evenly."""
    kinds = caches or [None] * len(cells)
    by_day: dict[PricingDay, list[RequestGroup]] = {}
    for cell, kind in zip(cells, kinds, strict=True):
        for day, share in cell.turns or ((cell.day, Fraction(1)),):
            by_day.setdefault(day, []).append(group_of(cell, share, kind))
    return Work(
        cells,
        kinds,
        {day: Workload(tuple(groups)) for day, groups in by_day.items()},
        requests_unknown=any(cell.record.requests is None for cell in cells),
        cached_unknown=any(cell.record.cached_unknown for cell in cells),
    )


def with_all_read(cell: UsageCell) -> UsageCell:
    """The cell with all its input read from a cache, where it does not say how much was."""
    record = cell.record
    if not record.cached_unknown:
        return cell
    return cell._replace(record=record._replace(input_uncached=0, cache_read=record.cache_read + record.input_uncached))


def with_all_written(cell: UsageCell) -> UsageCell:
    """The cell with all its input written to a cache, where it does not say how much was read, and so not this."""
    record = cell.record
    if not record.cached_unknown:
        return cell
    written = record.cache_write_unspecified + record.input_uncached
    return cell._replace(record=record._replace(input_uncached=0, cache_write_unspecified=written))


def group_of(cell: UsageCell, share: Fraction = Fraction(1), cache: str | None = None) -> RequestGroup:
    """The requests of a cell, by what they hold together.

    Where their number is not stated they are counted as one, of a size up to all of them together.
    """
    record = cell.record
    requests = record.requests or 1
    usage = Usage(
        record.input,
        record.output,
        cache_read_input_tokens=record.cache_read,
        cache_creation_input_tokens=record.written,
        cache_creation_1h_input_tokens=record.cache_write_1h,
        cache_creation_12h_input_tokens=record.cache_write_12h,
        reasoning_output_tokens=min(record.reasoning or 0, record.output - record.audio_output - record.image_output),
        audio_input_tokens=record.audio_input,
        image_input_tokens=record.image_input,
        video_input_tokens=record.video_input,
        cache_read_audio_input_tokens=record.audio_cache_read,
        cache_read_image_input_tokens=record.image_cache_read,
        cache_read_video_input_tokens=record.video_cache_read,
        audio_output_tokens=record.audio_output,
        image_output_tokens=record.image_output,
        counts={"web_searches": record.web_searches} if record.web_searches else {},
    )
    terms = {record.terms: Fraction(1)} if record.terms else {}
    return RequestGroup(
        usage,
        requests if share == 1 else requests * share,
        record.model,
        input_range=record.input_range,
        terms=terms,
        cache=cache,
        number_known=record.requests is not None,
        lengths_known=not record.is_sum,
        sum_of=requests,
    )
