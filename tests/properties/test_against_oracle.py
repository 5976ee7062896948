"""The program against a second implementation of the same rules, on the shipped sheets and on invented ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from support.oracle import MOMENTS, NOT_SOLD, Ask, asks, price, sheets
from support.sheets import listing_of

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer, no_rules
from llmcost.errors import LlmcostError

FOLDER = Path(__file__).parent.parent.parent / "pricing" / "api"
SHEETS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
DATES = (
    date(2025, 3, 1),
    date(2025, 7, 1),
    date(2026, 4, 25),
    date(2026, 8, 20),
    date(2026, 11, 23),
    date(2026, 11, 23),
    date(2026, 11, 23),
    date(2026, 12, 1),
    date(2027, 1, 1),
    datetime(2025, 3, 1, 17, 0, tzinfo=timezone.utc),
    datetime(2026, 4, 26, 12, 15, tzinfo=timezone.utc),
    datetime(2026, 8, 20, 3, 59, tzinfo=timezone.utc),
    datetime(2026, 8, 22, 2, 0, tzinfo=timezone.utc),
    datetime(2026, 11, 22, 2, 0, tzinfo=timezone.utc),
    datetime(2026, 11, 23, 1, 0, tzinfo=timezone.utc),
    datetime(2026, 11, 23, 4, 0, tzinfo=timezone.utc),
    datetime(2026, 11, 23, 9, 59, tzinfo=timezone.utc),
)
REQUESTS_PER_OFFER = max(3, settings.default.max_examples // 8)
"""Beside those around the edges of tiers: a dozen, and many in the deep profile."""


def group_of(ask: Ask) -> RequestGroup:
    """The request as the program takes it."""
    usage = Usage(**ask.tokens, counts=ask.counts)
    return RequestGroup(usage, mode=ask.mode, cache=ask.cache, options=tuple(sorted(ask.options.items())))


def differences(offer: Offer, ask: Ask, on: date | datetime, sheet: Any, model: Any) -> list[str]:
    """What the two disagree about."""
    expected = price(sheet, model, offer.place, offer.terms, ask, on)
    found = quote(offer, Workload((group_of(ask),)), on)
    gaps = {gap.meter for gap in found.gaps}
    said = []
    if expected.either:
        if not expected.gaps <= gaps or not gaps - expected.gaps <= expected.either or not gaps & expected.either:
            said.append(f"gaps {sorted(gaps)}, expected {sorted(expected.gaps)} and of {sorted(expected.either)}")
    elif gaps != expected.gaps:
        said.append(f"gaps {sorted(gaps)}, expected {sorted(expected.gaps)}")
    elif (found.cost - found.uncertainty, found.cost) != (expected.low, expected.high):
        low, high = found.cost - found.uncertainty, found.cost
        said.append(f"{low} to {high}, expected {expected.low} to {expected.high}")
    return [f"{offer.name} on {on}, {ask}: {each}" for each in said]


@cache
def read(name: str) -> Any:
    """A shipped sheet as dicts, lists and texts."""
    with (FOLDER / f"{name}.yaml").open(encoding="utf-8") as stream:
        return yaml.load(stream, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def boundaries(node: Any) -> Iterator[int]:
    """Every number in a range of input sizes."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "input_tokens":
                yield from (int(number) for number in re.findall(r"\d+", value))
            else:
                yield from boundaries(value)
    elif isinstance(node, list):
        for each in node:
            yield from boundaries(each)


def requests(model: Any, random: Random) -> Iterator[Ask]:
    """Requests around each boundary, then some of every kind of content and setting."""
    edges = sorted(set(boundaries(model)))
    takes = (model.get("modalities") or {}).get("input") or ["text", "image", "audio"]
    makes = (model.get("modalities") or {}).get("output") or ["text"]
    for edge in edges:
        for total in (edge - 1, edge, edge + 1):
            cached = random.choice([0, total // 3])
            yield Ask(
                {"input_tokens": total, "output_tokens": 700, "cache_read_input_tokens": cached},
                mode=random.choice([None, "thinking", "non-thinking"]),
                cache=random.choice([None, "explicit", "automatic"]),
            )
    for _ in range(REQUESTS_PER_OFFER):
        total = random.choice([0, 10, 20_000, *edges, *(edge + 1 for edge in edges)])
        made = random.choice([0, 900])
        tokens = {"input_tokens": total, "output_tokens": made}
        read = random.choice([0, 0, total // 4])
        write = random.choice([0, 0, 0, total // 5])
        tokens |= {"cache_read_input_tokens": read, "cache_creation_input_tokens": write}
        tokens["cache_creation_1h_input_tokens"] = random.choice([0, 0, write // 2])
        tokens["cache_creation_12h_input_tokens"] = random.choice([0, 0, write // 4])
        strict = random.random() < 0.9  # mostly what the model takes and makes
        for kind in random.sample(["audio", "image", "video"], random.choice([0, 0, 1, 1, 2])):
            if strict and kind not in takes:
                continue
            tokens[f"{kind}_input_tokens"] = total // random.choice([3, 4])
            if random.random() < 0.3:
                tokens[f"cache_read_{kind}_input_tokens"] = read // 3
        for name in random.sample(["reasoning", "audio", "image", "video"], random.choice([0, 0, 1, 2])):
            if strict and name not in ("reasoning", *makes):
                continue
            tokens[f"{name}_output_tokens"] = made // 3
        counts = random.choice([{}] * 6 + [{"web_searches": 3}, {"audio_seconds": 90}, {"cache_storage": 5000}])
        mode = random.choice([None, "thinking", "non-thinking"])
        yield Ask(tokens, counts, mode, random.choice([None, "explicit", "automatic"]))


@pytest.mark.parametrize("name", SHEETS)
def test_shipped_offers_cost_what_the_rules_say(name: str, shipped: Catalogue) -> None:
    """Every shipped offer, on all of its terms and on many days, costs what a second reading of its sheet says."""
    sheet, random = read(name), Random(name)
    models = {model["id"]: model for model in sheet["models"]}
    said, priced = [], 0
    for listing in shipped.listings:
        if listing.seller != sheet["seller"] or listing.id not in models:
            continue
        for sold in listing.load().values():
            offer = replace(sold, token_rules=no_rules)  # the second reading is of prices alone
            for terms in offer.history.terms():
                for ask in requests(models[listing.id], random):
                    on = random.choice(DATES)
                    said += differences(offer.on_terms(terms), ask, on, sheet, models[listing.id])
                    priced += 1
    assert priced
    assert not said, f"{len(said)} of {priced} differ:\n" + "\n".join(said[:20])


@given(sheets(), st.lists(asks(), min_size=1, max_size=4), st.sampled_from(MOMENTS))
def test_invented_offers_cost_what_the_rules_say(sheet: Any, some: list[Ask], on: date | datetime) -> None:
    """Whatever a sheet combines, a request costs what a second reading of the rules says."""
    model = sheet["models"][0]
    for offer in listing_of(sheet, model).load().values():
        for terms in ("standard", "batch", "flex"):
            for ask in some:
                try:
                    on_terms = offer.on_terms(terms)
                except LlmcostError:
                    assert price(sheet, model, offer.place, terms, ask, on) == NOT_SOLD
                else:
                    assert not differences(on_terms, ask, on, sheet, model)
