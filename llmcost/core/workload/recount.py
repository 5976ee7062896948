"""Usage as the tokenizer of another model would count it."""

from __future__ import annotations

from fractions import Fraction

from llmcost.core.workload.usage_record import UsageRecord


def recount(record: UsageRecord, ratio: Fraction) -> UsageRecord:
    """A record with ``ratio`` tokens of text for each that was counted; what is no text is left as it was counted.

    Of input that is partly text, each part is taken to have its share of it. Counts are rounded to whole tokens, as an
    estimate has no more; so are the sizes, downwards, which keeps each on its side of an edge that is moved likewise.
    How much of what is no text was cached is open then.
    """
    inward, outward = growth_in(record, ratio), growth_out(record, ratio)
    low, high = record.input_range or (0, None)
    return record._replace(
        input_uncached=_whole(record.input_uncached, inward),
        cache_read=_whole(record.cache_read, inward),
        cache_write_5m=_whole(record.cache_write_5m, inward),
        cache_write_1h=_whole(record.cache_write_1h, inward),
        cache_write_12h=_whole(record.cache_write_12h, inward),
        cache_write_unspecified=_whole(record.cache_write_unspecified, inward),
        output=_whole(record.output, outward),
        reasoning=None if record.reasoning is None else _whole(record.reasoning, ratio),
        input_range=None
        if record.input_range is None
        else (int(low * inward), None if high is None else int(high * inward)),
        audio_cache_read=None,
        image_cache_read=None,
        video_cache_read=None,
    )


def growth_in(record: UsageRecord, ratio: Fraction) -> Fraction:
    """By how much the input of a record grows."""
    return _ratio(record.input, record.audio_input + record.image_input + record.video_input, ratio)


def growth_out(record: UsageRecord, ratio: Fraction) -> Fraction:
    """By how much the output of a record grows."""
    return _ratio(record.output, record.audio_output + record.image_output, ratio)


def _ratio(whole: int, media: int, ratio: Fraction) -> Fraction:
    """By how much a whole grows of which some is no text."""
    if not media:
        return ratio
    text = max(whole - media, 0)
    return (text * ratio + whole - text) / whole if whole else Fraction(1)


def _whole(count: int, ratio: Fraction) -> int:
    """A count times a ratio as ``round`` rounds it: to the next whole number, and of two to the even one."""
    whole, part = divmod(count * ratio.numerator, ratio.denominator)
    return whole + (2 * part > ratio.denominator or (2 * part == ratio.denominator and whole % 2))
