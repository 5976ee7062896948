"""How a self-hosted service is to be run, from `serving:` of a workload file or from flags."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from llmcost.core.offers.self_hosting.precisions import parse_kv_precision
from llmcost.core.values.dates import parse_duration
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_decimal, parse_percentage, parse_whole
from llmcost.core.values.rates import Rate, parse_price
from llmcost.core.values.units import PricingUnit
from llmcost.core.workload.serving import Speculation, parse_engine
from llmcost.errors import NumberError
from llmcost.files.fields import Fields
from llmcost.workloads.request_class import parse_requests
from llmcost.workloads.schedule import read_hours

SERVING_KEYS = (
    "tpot",
    "ttft",
    "headroom",
    "spares",
    "max_batch",
    "engine",
    "kv_precision",
    "offline",
    "speculative",
    "disaggregated",
    "tensor_parallel",
    "data_parallel",
    "expert_parallel",
    "hours",
    "cold_start",
    "interruptions",
    "storage_gb",
    "storage",
    "staff",
)


def read_serving(fields: Fields) -> dict[str, Any]:
    """The fields of Serving that are given, by name; each fault with its key."""
    given: dict[str, Any] = {
        "tpot": fields.duration("tpot"),
        "ttft": fields.duration("ttft"),
        "headroom": fields.read("headroom", parse_percentage),
        "spares": fields.whole("spares"),
        "max_batch": fields.read("max_batch", _above_zero),
        "engine": fields.read("engine", parse_engine),
        "kv_precision": fields.read("kv_precision", parse_kv_precision),
        "offline": _yes(fields, "offline"),
        "speculative": fields.read("speculative", _speculation),
        "disaggregated": _yes(fields, "disaggregated"),
        "tensor_parallel": fields.read("tensor_parallel", _parts),
        "data_parallel": fields.read("data_parallel", _parts),
        "expert_parallel": fields.read("expert_parallel", _parts),
        "hours": read_hours(fields),
        "cold_start": fields.read("cold_start", _from_zero),
        "interruptions": fields.read("interruptions", _interruptions),
        "storage_gb": fields.count("storage_gb"),
        "storage": fields.read("storage", lambda text: _rate(text, "GB-month")),
        "staff": fields.read("staff", lambda text: _rate(text, "month")),
    }
    if ("storage_gb" in fields) != ("storage" in fields):
        missing = "storage" if "storage_gb" in fields else "storage_gb"
        fields.needed(missing, f"add `{missing}:`; storage is so many GB at a price like 0.10 USD / GB-month")
    return {key: value for key, value in given.items() if value is not None}


MOST_DRAFTS = 16
"""Tokens that an engine guesses in a step at most."""


def _speculation(text: str) -> Speculation:
    """How many tokens are guessed, and how many a step gives: ``3`` or ``3:2.4``. Raises NumberError."""
    drafts, colon, tokens = text.partition(":")
    number = parse_whole(drafts.strip())
    given = Fraction(parse_decimal(tokens.strip())) if colon else None
    if not 1 <= number <= MOST_DRAFTS or (given is not None and not 1 <= given <= number + 1):
        raise NumberError(
            f'"{text}" is no speculation that can be',
            f"guess 1 to {MOST_DRAFTS} tokens; a step gives 1 to one more than are guessed, as in 3:2.4",
        )
    return Speculation(number, given)


def _yes(fields: Fields, key: str) -> bool | None:
    text = fields.one_of(key, ("true", "false", "yes", "no"))
    return None if text is None else text in ("true", "yes")


def parse_peak(text: str) -> Fraction:
    """The busiest hour against the mean one. Raises NumberError below 1."""
    ratio = Fraction(parse_decimal(text.removesuffix("x")))
    if ratio < 1:
        raise NumberError(f"a peak of {text} lies below the mean", "write 1 or more")
    return ratio


def _from_zero(text: str) -> Fraction:
    """A duration, or none at all. Raises NumberError for other forms."""
    return Fraction(0) if re.fullmatch("0[smhd]?", text) else parse_duration(text)


def _interruptions(text: str) -> Fraction:
    return Fraction(parse_requests(text))


def _above_zero(text: str) -> int:
    number = parse_whole(text)
    if not number:
        raise NumberError("no request at all could run", "write 1 or more, or leave it out")
    return number


def _parts(text: str) -> int:
    number = parse_whole(text)
    if not number:
        raise NumberError("it cannot be cut into no part", "write 1 or more, or leave it out")
    return number


def _rate(text: str, unit: str) -> Rate:
    amount, currency, own = parse_price(text)
    if own.lower() != unit.lower():
        raise NumberError(f'"{text}" is not per {unit}', f"write it like 0.10 {check_currency(currency)} / {unit}")
    return Rate(amount, currency, PricingUnit(unit, unit.lower(), 1))
