"""Usage as the tokenizer of another model would count it."""

from __future__ import annotations

from fractions import Fraction

from llmcost.core.workload.usage_record import UsageRecord


def recount(record: UsageRecord, ratio: Fraction) -> UsageRecord:
    """A record with ``ratio`` tokens of text for each that was counted; what is no text is left as it was counted.

    Of input that is partly text, each part is taken to have its share of it. Counts are rounded to whole tokens, as an
    estimate has no more; so are the sizes, downwards, which keeps each on its side of an edge that is moved likewise.
    """
    inward = _ratio(record.input, record.audio_input + record.image_input + record.video_input, ratio)
    outward = _ratio(record.output, record.audio_output + record.image_output, ratio)
    low, high = record.input_range or (0, None)
    return record._replace(
        input_uncached=round(record.input_uncached * inward),
        cache_read=round(record.cache_read * inward),
        cache_write_5m=round(record.cache_write_5m * inward),
        cache_write_1h=round(record.cache_write_1h * inward),
        cache_write_unspecified=round(record.cache_write_unspecified * inward),
        output=round(record.output * outward),
        reasoning=None if record.reasoning is None else round(record.reasoning * outward),
        input_range=None
        if record.input_range is None
        else (int(low * inward), None if high is None else int(high * inward)),
    )


def _ratio(whole: int, media: int, ratio: Fraction) -> Fraction:
    """By how much a whole grows of which some is no text."""
    text = max(whole - media, 0)
    return (text * ratio + whole - text) / whole if whole else Fraction(1)
