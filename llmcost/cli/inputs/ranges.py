"""What `--vary` asks: one figure of the workload moved over a range."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from llmcost.cli.inputs.workload import Source
from llmcost.core.analysis.sensitivity import Outcome, Sweep, sweep
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.numerals import parse_count
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError, NotPricedError, NumberError

COUNTS = {
    "requests": "requests",
    "input": "input_tokens",
    "output": "output_tokens",
    "images": "images",
    "audio-seconds": "audio_seconds",
    "web-searches": "web_searches",
}
SHARES = {
    "cache-hit-rate": "cache_hit_rate",
    "cache-read": "cache_read",
    "cache-write": "cache_write",
    "reasoning": "reasoning",
    "batch": "batch",
}
FINEST_SHARE = Fraction(1, 10_000)
EXAMPLE = "input=1k..300k or cache_hit_rate=0..0.95"


def ask_sweeps(
    texts: list[str], source: Source, offers: list[Offer], day: PricingDay, compared: Callable[[Workload], Comparison]
) -> list[Sweep]:
    """Every range that was asked for, swept. Raises LlmcostError for a range that cannot be read."""
    return [_sweep(text, source, offers, day, compared) for text in texts]


def _sweep(
    text: str, source: Source, offers: list[Offer], day: PricingDay, compared: Callable[[Workload], Comparison]
) -> Sweep:
    name, equals, span = (part.strip() for part in text.partition("="))
    name = name.replace("_", "-")
    first, dots, last = (part.strip() for part in span.partition(".."))
    if not equals or not dots:
        raise LlmcostError(f'--vary: "{text}" is not a range', f"write it like {EXAMPLE}")
    if name not in COUNTS and name not in SHARES:
        known = ", ".join((*COUNTS, *SHARES))
        raise LlmcostError(f'--vary: "{name}" cannot be moved', f"figures that can: {known}")
    shares = name in SHARES
    if shares and not all(each.endswith("%") or each.split(".")[0] in ("0", "1") for each in (first, last)):
        raise LlmcostError(f"--vary {name}: only a percentage can be moved here", f"write it like {name}=0%..95%")
    try:
        low, high = (_share(each) if shares else parse_count(each) for each in (first, last))
    except NumberError as error:
        raise LlmcostError(f"--vary {name}: {error.message}", error.remedy) from None
    if low >= high:
        raise LlmcostError(f'--vary: "{text}" ends before it begins', "write the smaller figure first")
    key = SHARES[name] if shares else COUNTS[name]

    def evaluate(value: Fraction) -> Outcome:
        shown = (
            f"{Decimal((value * 100).numerator) / Decimal((value * 100).denominator):f}%" if shares else f"{int(value)}"
        )
        comparison = compared(source({key: shown}))
        done = [row.quote for row in comparison.rows if row.quote.complete]
        doubtful = frozenset(quote.offer.name for quote in done if quote.doubts)
        return Outcome({quote.offer.name: quote.monthly for quote in done}, doubtful)

    edges = _edges(offers, day) if name == "input" else []
    return sweep(name, low, high, FINEST_SHARE if shares else Fraction(1), edges, evaluate)


def _share(text: str) -> Fraction:
    """A percentage, or a part of one such as 0.95."""
    value = parse_count(text[:-1]) / 100 if text.endswith("%") else parse_count(text)
    if value > 1:
        raise NumberError(f'"{text}" is more than the whole', "a share lies between 0 and 1, or 0% and 100%")
    return value


def _edges(offers: list[Offer], day: PricingDay) -> list[int]:
    edges: set[int] = set()
    for offer in offers:
        try:
            edges |= set(offer.history.on(day).edges)
        except NotPricedError:
            continue
    return sorted(edges)
