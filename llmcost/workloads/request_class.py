"""One class of requests, described as text and made into a group.

Flags and files name the same things; only how a fault is reported differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from llmcost.core.offers.offer import Offer
from llmcost.core.values.meters import COUNT_METERS, Count
from llmcost.core.values.numerals import parse_count, parse_share
from llmcost.core.values.schedule import Window
from llmcost.core.workload.requests import DAYS_PER_MONTH, HOURS_PER_MONTH, RequestGroup
from llmcost.core.workload.usage import PARTS, WHOLES, Usage
from llmcost.errors import NumberError
from llmcost.files.fields import Fields

if TYPE_CHECKING:
    from llmcost.core.values.distribution import Distribution

WHOLE_KEYS = ("input_tokens", "output_tokens")
TOKENS = {**{key: key for key in WHOLE_KEYS}, **{part.key: part.field for part in PARTS}}
"""What a class may hold: its key and the field of Usage it fills."""
_KEYS = {field: key for key, field in TOKENS.items()}
COUNTS = tuple(meter for meter in COUNT_METERS if meter != "requests")
RICH_KEYS = (
    "input_text",
    "output_text",
    "audio_out_seconds",
    "video",
    "reusable",
    "cache_hit_rate",
    "pause",
    "cache_ttl",
    "conversation",
)
"""Keys of what each model counts, or each seller's cache policy decides, in its own way."""
ADDED = {
    "input_tokens": ("input_text", "images", "audio_seconds", "pages", "video"),
    "output_tokens": ("output_text", "audio_out_seconds"),
}
"""What may add to a whole at an offer."""
FLAG_KEYS = ("image_size", "image_detail")
MODES = ("thinking", "non-thinking")
CACHES = ("automatic", "explicit", "session", "none")

PER_MONTH: dict[str, Fraction | int] = {
    "month": 1,
    "week": DAYS_PER_MONTH / 7,
    "day": DAYS_PER_MONTH,
    "hour": HOURS_PER_MONTH,
    "minute": HOURS_PER_MONTH * 60,
    "second": HOURS_PER_MONTH * 3600,
}
SHORT = {"min": "minute", "h": "hour", "s": "second", "sec": "second"}
"""How a period is written as well."""


def parse_requests(text: str) -> Count:
    """Read ``1M``, ``900k / month``, ``30k per day``, ``2k/hour`` or ``5/s`` as requests per month.

    Raises NumberError for other forms.
    """
    number, slash, period = (part.strip() for part in text.replace(" per ", "/").partition("/"))
    period = SHORT.get(period, period)
    if slash and period not in PER_MONTH:
        raise NumberError(f'"{period}" is not a period', f"write one of: {', '.join(PER_MONTH)}")
    value = parse_count(number) * PER_MONTH.get(period, 1)
    return value.numerator if value.denominator == 1 else value


def build_group(  # noqa: PLR0913 - keyword-only options of the front door
    fields: Fields,
    *,
    name: str = "requests",
    requests: Count = 1,
    terms: Mapping[str, str] | None = None,
    hours: tuple[Window, ...] | None = None,
    options: Mapping[str, str] | None = None,
    offer: Offer | None = None,
    growth: Fraction = Fraction(0),
    task: str | None = None,
) -> RequestGroup:
    """A group from the values of a class.

    Raises what the fields' fault makes, and UsageError when the counts contradict each other.
    """
    known: dict[str, Any] = {}
    if _is_rich(fields):
        usage, known = _open_usage(fields)
    else:
        usage = _usage(fields)
    shares = {term: _share(fields, f"terms.{term}", text) for term, text in (terms or {}).items()}
    content = None
    if known or _is_rich(fields):
        from llmcost.workloads.content import read_content

        content = read_content(fields, **known)
    return RequestGroup(
        usage,
        requests,
        name,
        terms={term: share for term, share in shares.items() if share},
        mode=fields.one_of("mode", MODES),
        cache=fields.one_of("cache", CACHES),
        hours=hours,
        options=tuple(sorted((options or {}).items())),
        content=content,
        offer=offer,
        growth=growth,
        task=task,
    )


def _is_rich(fields: Fields) -> bool:
    """Whether the class holds more than known tokens and counts."""
    return (
        any(key in fields for key in (*RICH_KEYS, *FLAG_KEYS))
        or isinstance(fields.given.get("images"), Mapping)
        or any(isinstance(fields.given.get(key), (Mapping, list)) for key in ("input_tokens", "output_tokens"))
    )


def _usage(fields: Fields) -> Usage:
    """The usage of a class whose every token is known."""
    counted: dict[str, Fraction] = {}
    for key, field in TOKENS.items():
        if key in fields:
            share, amount = _amount(fields, key)
            whole = _KEYS[WHOLES[field]] if share is not None else ""
            if share is not None and whole not in counted:
                message = f"a percentage of {whole}, which is not given"
                raise fields.fault(key, message, f"give {whole}, or write a number of tokens")
            counted[key] = amount if share is None else share * counted[whole]
    counts = {key: fields.count(key) for key in COUNTS if key in fields}
    return Usage(**{TOKENS[key]: value for key, value in counted.items()}, counts=counts)  # type: ignore[arg-type]


def _open_usage(fields: Fields) -> tuple[Usage, dict[str, Any]]:
    """The usage as far as it is known, and what becomes of the rest only at an offer."""
    from llmcost.workloads.content import read_images
    from llmcost.workloads.distributions import read_sizes

    if "conversation" in fields:
        for key in (*TOKENS, *COUNTS, "input_text", "output_text", "video", "audio_out_seconds"):
            if key in fields and key != "web_searches":
                remedy = "write what each turn adds inside the conversation, or a class without one"
                raise fields.fault(key, f"{key} does not go with a conversation", remedy, at_key=True)
    images = read_images(fields)
    counts = {key: fields.count(key) for key in COUNTS if key in fields and key != "images"}
    if images["count"]:
        counts["images"] = images["count"]
    sizes = read_sizes(fields, "input_tokens", parse_count)
    answers = read_sizes(fields, "output_tokens", parse_count)
    given = {
        "input_tokens": Fraction(0) if sizes else fields.count("input_tokens") or Fraction(0),
        "output_tokens": answers.mean if answers else fields.count("output_tokens") or Fraction(0),
    }
    shares: dict[str, Fraction] = {}
    amounts: dict[str, Count] = {}
    for key, field in TOKENS.items():
        if key in fields and key not in given:
            share, amount = _amount(fields, key)
            if share is None:
                amounts[field] = amount.numerator if amount.denominator == 1 else amount
            else:
                shares[field] = share
    least = given["input_tokens"]
    if sizes is not None:
        least = Fraction(sizes.bounds[0]) or sizes.mean
        for keys, what in ((("cache_read", "cache_write"), "cached"), (("audio_in", "image_in", "video_in"), "media")):
            refuse_above_sizes(fields, keys, sum(amounts.get(TOKENS[key], 0) for key in keys), sizes, what)
    usage = Usage(**given, counts=counts)  # type: ignore[arg-type]
    _check_parts(fields, {**given, "input_tokens": least}, shares, amounts)
    return usage, {
        "input_sizes": sizes,
        "shares": shares,
        "amounts": amounts,
        "image_size": images["size"],
        "image_detail": images["detail"],
    }


def refuse_above_sizes(fields: Fields, keys: tuple[str, ...], part: Count, sizes: Distribution, what: str) -> None:
    """Refuse a part of the input that is larger than the smallest input."""
    if part > sizes.bounds[0]:
        message = f"the sizes begin at {sizes.bounds[0]} tokens, below the {shown(part)} {what} ones"
        remedy = "write a percentage, or give the sizes a `min`"
        raise fields.fault(next(key for key in keys if key in fields), message, remedy)


def _check_parts(
    fields: Fields, wholes: Mapping[str, Count], shares: Mapping[str, Fraction], amounts: Mapping[str, Count]
) -> None:
    """Refuse parts that exceed a whole to which nothing is added at an offer. Raises UsageError."""
    for whole, added in ADDED.items():
        if not any(key in fields for key in added):
            held: dict[str, Any] = {whole: wholes[whole]}
            for field, above in WHOLES.items():
                if above in held:
                    held[field] = amounts.get(field, shares.get(field, 0) * held[above])
            Usage(**{field: value for field, value in held.items() if value})


def shown(count: Count) -> str:
    """A number of tokens as a message says it."""
    return str(count) if count.denominator == 1 else f"{float(count):.15g}"


def _amount(fields: Fields, key: str) -> tuple[Fraction | None, Fraction]:
    """A part as a share of its whole, or as a number of tokens."""
    text = fields.text(key) or ""
    whole = WHOLES.get(TOKENS[key])
    if whole is not None and text.endswith("%"):
        share: Fraction = fields.read(key, parse_share)
        return share, Fraction(0)
    return None, tokens_of_a_part(fields, key, _KEYS[whole]) if whole is not None else fields.count(key) or Fraction(0)


def tokens_of_a_part(fields: Fields, key: str, whole: str) -> Fraction:
    """A part that is written as a number of tokens; 0.4 is surely meant as a percentage."""
    number = fields.count(key) or Fraction(0)
    if 0 < number < 1:
        remedy = f"write a percentage of {whole} such as 40%, or a number of tokens"
        raise fields.fault(key, f'"{fields.text(key)}" is less than one token', remedy)
    return number


def _share(fields: Fields, key: str, text: str) -> Fraction:
    try:
        return parse_share(text)
    except NumberError as error:
        raise fields.fault(key, error.message, error.remedy) from None
