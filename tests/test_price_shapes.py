"""The shapes of price that sellers were seen to use: each is written in a sheet, and a month of each costs its sum."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.arithmetic import evaluate

from llmcost import Catalogue, Comparison, RequestGroup, Usage, Workload
from llmcost.api.context import RunContext
from llmcost.core.offers.offer import Offer
from llmcost.core.values.meters import COUNT_METERS
from llmcost.core.values.numerals import parse_share
from llmcost.files.yaml import read_yaml
from llmcost.sheets.load import load_prices

FOLDER = Path(__file__).parent / "worked_examples" / "shapes"
ROOT = read_yaml(FOLDER / "sums.yaml").root
assert ROOT is not None
CASES: dict[str, dict[str, Any]] = ROOT.plain()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_prices([FOLDER / "sheet.yaml"], builtin=False).catalogue


def ask(catalogue: Catalogue, name: str) -> Comparison:
    """The month of a shape, as its case states it."""
    case = CASES[name]
    given = {key: Fraction(value) for key, value in case.get("usage", {}).items()}
    counts = {key: given.pop(key) for key in list(given) if key in COUNT_METERS}
    group = RequestGroup(
        Usage(**given, counts=counts),
        int(case.get("requests", 1)),
        terms={term: parse_share(share) for term, share in case.get("terms", {}).items()},
        cache=case.get("cache"),
        options=tuple(sorted(case.get("options", {}).items())),
    )
    contract = {f"{key}s": [case[key]] for key in ("discount", "commitment") if key in case}
    run = RunContext.of(catalogue, case.get("on", "2026-11-23"), **contract)
    place = f"@{case['place']}" if "place" in case else ""
    return run.compare([f"shapes/{name}{place}"], Workload((group,)))


def test_every_shape_has_a_sum(catalogue: Catalogue) -> None:
    """No shape of the sheet is without its month, and there are as many as were seen."""
    assert {listing.id for listing in catalogue.listings} == set(CASES)
    assert len(CASES) == 52


@pytest.mark.parametrize("name", CASES)
def test_a_shape_costs_its_sum(catalogue: Catalogue, name: str) -> None:
    """The month costs what is worked by hand, to the last digit; what has no price by use says what it is instead."""
    (row,) = ask(catalogue, name).rows
    found = row.quote
    if "says" in CASES[name]:
        assert found.unserved == CASES[name]["says"]
        return
    assert (found.unserved, found.gaps) == (None, ())
    assert found.cost == evaluate(CASES[name]["sum"])


@pytest.fixture(scope="module")
def public(shipped: Catalogue) -> Catalogue:
    return shipped.with_third_party()


def traits(offer: Offer) -> set[str]:
    """What an offer's prices are made of: what a condition asks for, kinds of cache, and what an entry says beside its rates."""
    found = {f"cache {policy.kind}" for policy in offer.cache}
    for entry in offer.history.versions:
        found |= {key for variant in entry.variants for key in variant.when.asks}
        found |= {key for key in ("minimum", "included", "step", "volume", "plans", "multiply") if getattr(entry, key)}
        rates = [*entry.base.values(), *(rate for variant in entry.variants for rate in variant.rates.values())]
        found |= {"promotion" for rate in rates if getattr(rate, "promotion", None)}
        found |= {"units" for rate in rates if " each" in (getattr(rate, "derived", None) or "")}
        found |= {"holidays" for variant in entry.variants for window in variant.when.time or () if window.days_off}
        special = set(COUNT_METERS) | {"reasoning", "cache_write_12h", "video_output", "audio_output", "image_input"}
        found |= special & {*entry.base, *(meter for variant in entry.variants for meter in variant.rates)}
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_shape_is_sold_or_says_why_none_is_shipped(catalogue: Catalogue, public: Catalogue, name: str) -> None:
    """An offer of the shipped prices has every trait of the shape; where there is none, the reason is written."""
    case = CASES[name]
    assert ("sold" in case) != ("unsold" in case)
    if "sold" in case:
        place = f"@{case['place']}" if "place" in case else ""
        wanted = traits(catalogue.find(f"shapes/{name}{place}"))
        assert wanted <= traits(public.find(case["sold"]))
