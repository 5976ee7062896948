"""Commitments and changes of prices as they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from llmcost.core.analysis.adjustments import parse_adjustment
from llmcost.core.analysis.contract import parse_commitment
from llmcost.core.offers.catalogue import Catalogue
from llmcost.errors import NumberError

METERS = ("input", "cache_read", "output", "requests", "web_searches", "pages", "gpu_hours", "hardware", "power")


def test_a_commitment_is_read() -> None:
    """A seller and an amount a month."""
    found = parse_commitment(" alibaba 1000.50 USD / month ")
    assert (found.seller, found.rate.amount, found.rate.currency) == ("alibaba", Decimal("1000.50"), "USD")


@pytest.mark.parametrize(
    "text", ["alibaba", "alibaba 1000", "alibaba 1000 USD", "alibaba 1000 USD / year", "alibaba 0 USD / month"]
)
def test_what_is_no_commitment_is_refused(text: str) -> None:
    """Another form, another time and nothing at all are refused with the text and an example."""
    with pytest.raises(NumberError, match=f'"{text}" is not a commitment') as refused:
        parse_commitment(text)
    assert refused.value.remedy


@pytest.mark.parametrize("meter", [*METERS, "hosting", "storage", "staff"])
def test_a_change_of_one_meter_names_it(meter: str) -> None:
    """Every meter, of requests and of self-hosting, can be named in a change; other words are names of offers."""
    found = parse_adjustment(f"barn {meter} +10%")
    assert (found.words, found.meters) == (("barn",), (meter,))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("self +5%", True),
        ("self_hosted +5%", True),
        ("ax1 +5%", True),
        ("fp8 +5%", True),
        ("pebble-8b gpu_hours +5%", True),
        ("grid +5%", False),
        ("night-cloud +5%", False),
        ("ax2 +5%", False),
    ],
)
def test_a_service_at_no_host_yet_goes_by_its_other_words(small: Catalogue, text: str, meant: bool) -> None:
    """Where the workload is to decide the host, a change of one host's prices is not meant, and is no error."""
    assert parse_adjustment(text).concerns(small.find("self/pebble-8b:fp8@ax1")) == meant


@pytest.mark.parametrize("text", ["", "  "])
def test_a_change_without_a_word_is_empty(text: str) -> None:
    """Nothing written is no change, and is called that."""
    with pytest.raises(NumberError, match="an adjustment is empty"):
        parse_adjustment(text)
