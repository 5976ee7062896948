"""What `--vary` asks: one figure of the workload moved over a range."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.api.context import RunContext
from llmcost.cli.inputs.workload import WorkloadFactory
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.values.dates import parse_duration
from llmcost.core.values.numerals import parse_count
from llmcost.core.workload.requests import Workload
from llmcost.errors import FileProblems, LlmcostError, NumberError, at_flag
from llmcost.workloads.quantities import MOVABLE, SHARE, TIME, Quantity

if TYPE_CHECKING:
    from llmcost.core.analysis.sensitivity import Sweep

EXAMPLE = "input=1k..300k or cache_hit_rate=0..0.95"


class Range(NamedTuple):
    """A figure, by the name it was asked for, and how far it moves; times are in seconds."""

    name: str
    quantity: Quantity
    low: Fraction
    high: Fraction

    def values_at(self, value: Fraction) -> dict[str, Any]:
        """The values of a class with the figure at a value."""
        outer, _, inner = self.quantity.key.partition(".")
        return {outer: {inner: self.text_at(value)} if inner else self.text_at(value)}

    def text_at(self, value: Fraction) -> str:
        """The figure at a value, as a workload file has it."""
        if self.quantity.moves != SHARE:
            return f"{int(value)}s" if self.quantity.moves == TIME else str(int(value))
        percent = value * 100
        return f"{Decimal(percent.numerator) / Decimal(percent.denominator):f}%"


def ask_sweeps(
    texts: Iterable[str], build: WorkloadFactory, comparison: Comparison, run: RunContext, months: int
) -> tuple[Sweep, ...]:
    """Every range that was asked for, swept over the offers of a comparison.

    Raises LlmcostError for a range that cannot be read, or at which the workload is none.
    """
    ranges = [_parse_range(text) for text in texts]
    if not ranges:
        return ()
    from llmcost.api.sweep import FINEST_SHARE, sweep

    offers = [row.quote.offer for row in comparison.compared]
    sweeps = []
    for asked in ranges:

        def workload_at(value: Fraction, asked: Range = asked) -> Workload:
            if asked.quantity.key == "requests" and len(comparison.workload.groups) > 1:
                return _scaled(build({}), value)
            try:
                return build(asked.values_at(value))
            except FileProblems as found:  # nothing is wrong with the file
                first, figure = found.problems[0], asked.text_at(value)
                what = f"--vary {asked.name}: at {figure} the workload is not possible: {first.message}"
                raise LlmcostError(what, "move it within what every class holds") from None

        step = FINEST_SHARE if asked.quantity.moves == SHARE else Fraction(1)
        name, low, high = asked.name, asked.low, asked.high
        sweeps.append(sweep(name, low, high, workload_at, offers, run, step=step, months=months))
    return tuple(sweeps)


def _scaled(workload: Workload, requests: Fraction) -> Workload:
    """A workload of several classes at a number of requests of all of them together, each with its share."""
    total = sum((Fraction(group.requests) for group in workload.groups), Fraction(0))
    if not total:
        raise LlmcostError("--vary requests: no class has any requests, of which it could have a share", "write some")
    factor = requests / total
    return replace(
        workload, groups=tuple(replace(group, requests=group.requests * factor) for group in workload.groups)
    )


def _parse_range(text: str) -> Range:
    name, equals, span = (part.strip() for part in text.partition("="))
    name = name.replace("_", "-")
    first, dots, last = (part.strip() for part in span.partition(".."))
    if not equals or not dots:
        raise LlmcostError(f'--vary: "{text}" is not a range', f"write it like {EXAMPLE}")
    quantity = MOVABLE.get(name)
    if quantity is None:
        raise LlmcostError(f'--vary: "{name}" cannot be moved', f"figures that can: {', '.join(MOVABLE)}")
    share = quantity.moves == SHARE
    if share and not all(each.endswith("%") or each.split(".")[0] in ("0", "1") for each in (first, last)):
        raise LlmcostError(f"--vary {name}: only a percentage can be moved here", f"write it like {name}=0%..95%")
    with at_flag(f"--vary {name}", NumberError):
        low, high = (_read(quantity, each) for each in (first, last))
    if low >= high:
        raise LlmcostError(f'--vary: "{text}" ends before it begins', "write the smaller figure first")
    return Range(f"{name} in seconds" if quantity.moves == TIME else name, quantity, low, high)


def _read(quantity: Quantity, text: str) -> Fraction:
    if quantity.moves == TIME:
        return parse_duration(text)
    return _share(text) if quantity.moves == SHARE else parse_count(text)


def _share(text: str) -> Fraction:
    """A percentage, or a part of one such as 0.95."""
    value = parse_count(text[:-1]) / 100 if text.endswith("%") else parse_count(text)
    if value > 1:
        raise NumberError(f'"{text}" is more than the whole', "a share lies between 0 and 1, or 0% and 100%")
    return value
