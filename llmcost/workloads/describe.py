"""One class of requests, described as text and made into a group.

Flags and files name the same things; only how a fault is reported differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from llmcost.core.numerals import parse_count, parse_share
from llmcost.core.usage import COUNT_METERS, Count, Usage
from llmcost.core.week import Window
from llmcost.core.workload import DAYS_PER_MONTH, HOURS_PER_MONTH, RequestGroup
from llmcost.errors import NumberError

# What a class may hold: its key, the field of Usage it fills, and the key that a percentage is a part of.
TOKENS: dict[str, tuple[str, str | None]] = {
    "input_tokens": ("input_tokens", None),
    "output_tokens": ("output_tokens", None),
    "cache_read": ("cache_read_input_tokens", "input_tokens"),
    "cache_write": ("cache_creation_input_tokens", "input_tokens"),
    "cache_write_1h": ("cache_creation_1h_input_tokens", "cache_write"),
    "reasoning": ("reasoning_output_tokens", "output_tokens"),
    "audio_in": ("audio_input_tokens", "input_tokens"),
    "image_in": ("image_input_tokens", "input_tokens"),
    "video_in": ("video_input_tokens", "input_tokens"),
    "audio_out": ("audio_output_tokens", "output_tokens"),
    "image_out": ("image_output_tokens", "output_tokens"),
    "video_out": ("video_output_tokens", "output_tokens"),
    "cache_read_audio": ("cache_read_audio_input_tokens", "audio_in"),
    "cache_read_image": ("cache_read_image_input_tokens", "image_in"),
    "cache_read_video": ("cache_read_video_input_tokens", "video_in"),
}
COUNTS = tuple(meter for meter in COUNT_METERS if meter != "requests")
MODES = ("thinking", "non-thinking")
CACHES = ("automatic", "explicit", "none")

PER_MONTH: dict[str, Fraction | int] = {"month": 1, "day": DAYS_PER_MONTH, "hour": HOURS_PER_MONTH}

Fault = Callable[[str, NumberError], Exception]


def parse_requests(text: str) -> Count:
    """Read ``1M``, ``900k / month``, ``30k / day`` or ``2k/hour`` as requests per month.

    Raises NumberError for other forms.
    """
    number, slash, period = (part.strip() for part in text.partition("/"))
    if slash and period not in PER_MONTH:
        raise NumberError(f'"{period}" is not a period', f"write one of: {', '.join(PER_MONTH)}")
    value = parse_count(number) * PER_MONTH.get(period, 1)
    return value.numerator if value.denominator == 1 else value


def build_group(
    values: Mapping[str, str],
    fault: Fault,
    *,
    name: str = "requests",
    requests: Count = 1,
    terms: Mapping[str, str] | None = None,
    hours: tuple[Window, ...] | None = None,
    options: Mapping[str, str] | None = None,
) -> RequestGroup:
    """A group from the text of its values; ``fault`` makes the exception for a key and what is wrong with it.

    Raises what ``fault`` returns, and UsageError when the counts contradict each other.
    """
    counted: dict[str, Fraction] = {}
    for key, (_, whole) in TOKENS.items():
        if key in values:
            counted[key] = _amount(key, values[key], whole, counted, fault)
    counts = {key: _number(key, values[key], fault) for key in COUNTS if key in values}
    shares = {term: _share(f"terms.{term}", text, fault) for term, text in (terms or {}).items()}
    usage = Usage(**{TOKENS[key][0]: value for key, value in counted.items()}, counts=counts)
    return RequestGroup(
        usage,
        requests,
        name,
        terms={term: share for term, share in shares.items() if share},
        mode=_one_of("mode", values.get("mode"), MODES, fault),
        cache=_one_of("cache", values.get("cache"), CACHES, fault),
        hours=hours,
        options=tuple(sorted((options or {}).items())),
    )


def _amount(key: str, text: str, whole: str | None, known: Mapping[str, Fraction], fault: Fault) -> Fraction:
    if whole is None or not text.endswith("%"):
        number = _number(key, text, fault)
        if whole is not None and 0 < number < 1:
            remedy = f"write a percentage of {whole} such as 40%, or a number of tokens"
            raise fault(key, NumberError(f'"{text}" is less than one token', remedy))
        return number
    if whole not in known:
        raise fault(
            key,
            NumberError(f"a percentage of {whole}, which is not given", f"give {whole}, or write a number of tokens"),
        )
    return _share(key, text, fault) * known[whole]


def _number(key: str, text: str, fault: Fault) -> Fraction:
    try:
        return parse_count(text)
    except NumberError as error:
        raise fault(key, error) from None


def _share(key: str, text: str, fault: Fault) -> Fraction:
    try:
        return parse_share(text)
    except NumberError as error:
        raise fault(key, error) from None


def _one_of(key: str, value: str | None, allowed: tuple[str, ...], fault: Fault) -> str | None:
    if value is not None and value not in allowed:
        raise fault(key, NumberError(f'"{value}" is not known here', f"write one of: {', '.join(allowed)}"))
    return value
