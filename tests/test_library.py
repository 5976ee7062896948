"""The front door: what it offers, and that it opens quickly."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest
from conftest import ROOT, SMALL

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
    places = [shipped.find(f"alibaba/qwen3.6-plus@{place}") for place in ("intl", "cn-beijing")]
    found = llmcost.compare(places, llmcost.Usage(input_tokens=1000), date(2026, 11, 23))
    assert found.currency == "USD"
    assert found.complete
    assert found.rows[0].quote.charges[0].exchange is not None


def test_a_quote_is_frozen(small: Catalogue) -> None:
    """Results cannot be changed after the fact."""
    result = llmcost.quote(small.find("example-small"), llmcost.Usage(input_tokens=1), date(2026, 9, 1))
    with pytest.raises(AttributeError):
        result.currency = "EUR"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        result.charges[0].cost = 0  # type: ignore[misc]


USAGE = llmcost.Usage(input_tokens=256_001, output_tokens=1000)


def test_the_front_door_is_visible() -> None:
    """Everything exported, and nothing else, is listed for whoever looks."""
    assert set(dir(llmcost)) == {*llmcost.__all__, "__version__"}


def test_prices_are_asked_by_name_and_day() -> None:
    """A selector and a day as text: the same answer as with the offer and the date themselves, and it explains itself."""
    prices = llmcost.load_catalogue()
    one = prices.quote("qwen3.6-plus", USAGE, on="2026-11-23")
    assert one.charges == llmcost.quote(prices.find("qwen3.6-plus"), USAGE, date(2026, 11, 23)).charges
    assert one.charges == llmcost.quote("qwen3.6-plus", USAGE, "2026-11-23").charges
    assert one.explain().splitlines()[-1].split() == ["total", "0.518002", "USD"]
    with pytest.raises(llmcost.LlmcostError, match='"nonsense" is not a date'):
        prices.quote("qwen3.6-plus", USAGE, on="nonsense")


def test_a_comparison_is_written_as_the_command_line_writes_it(llmcost_small: object) -> None:
    """The same rows in Markdown, CSV and JSON, with what identifies the prices."""
    prices = llmcost.load_catalogue(SMALL, builtin=False)
    month = llmcost.Workload.of(llmcost.Usage(input_tokens=1000, output_tokens=200), 1_000_000)
    found = prices.compare(["example-small", "example-ai/example-large*"], month, on="2026-09-15", currency="USD")
    names = ["example-small", "example-large-2026"]
    assert [row.quote.offer.id for row in found.rows] == names
    ask = ("compare", "-m", "example-small", "-m", "example-ai/example-large*", "--requests", "1M", "--input", "1000")
    ran = llmcost_small(*ask, "--output", "200", "--currency", "USD", "-f", "markdown")  # type: ignore[operator]
    assert found.to_markdown().splitlines()[:2] == ran.out.splitlines()[:2]
    assert [line.split(",")[1].partition("/")[2].partition("@")[0] for line in found.to_csv().splitlines()[1:]] == names
    data = json.loads(found.to_json())
    assert (data["command"], data["prices"]["digest"]) == ("compare", prices.digest)
    assert [row["model"] for row in data["rows"]] == [row.quote.offer.model for row in found.rows]
