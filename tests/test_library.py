"""The front door: what it offers, and that it opens quickly."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ROOT

import llmcost
from llmcost.core.offers.catalogue import Catalogue


def test_everything_promised_is_there() -> None:
    """Each exported name exists and has a docstring."""
    for name in llmcost.__all__:
        assert getattr(llmcost, name).__doc__, name


def test_another_name_is_an_attribute_error() -> None:
    """A name that is not exported fails as on any module."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        llmcost.nonsense  # noqa: B018


def test_pricing_needs_neither_yaml_nor_pydantic(cache_folder: object) -> None:
    """Once the sheets are compiled, loading and quoting import none of the heavy libraries."""
    code = (
        "import sys, datetime, llmcost\n"
        "offer = llmcost.load_catalogue().find('qwen3.6-plus')\n"
        "llmcost.quote(offer, llmcost.Usage(input_tokens=1), datetime.date(2026, 11, 23))\n"
        "print([name for name in ('yaml', 'pydantic', 'httpx', 'rich', 'typer', 'tabulate') if name in sys.modules])"
    )
    llmcost.load_catalogue()
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "[]"


def test_offers_in_other_currencies_are_converted(shipped: Catalogue) -> None:
    """Without exchange rates of one's own the built-in ones are used, so no offer drops out by its currency."""
    from datetime import date

    places = [shipped.find(f"alibaba/qwen3.6-plus@{place}") for place in ("intl", "cn-beijing")]
    found = llmcost.compare(places, llmcost.Usage(input_tokens=1000), date(2026, 11, 23))
    assert found.currency == "USD"
    assert found.complete
    assert found.rows[0].quote.charges[0].exchange is not None


def test_a_quote_is_frozen(small: Catalogue) -> None:
    """Results cannot be changed after the fact."""
    from datetime import date

    result = llmcost.quote(small.find("example-small"), llmcost.Usage(input_tokens=1), date(2026, 9, 1))
    with pytest.raises(AttributeError):
        result.currency = "EUR"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        result.charges[0].cost = 0  # type: ignore[misc]
