"""Each public price table is read in its own format: what it says, what it leaves open, and what cannot be said here."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcost.errors import LlmcostError
from llmcost.files.json import parse_json
from llmcost.sources.ecb import read_ecb
from llmcost.sources.genai_prices import read_genai_prices
from llmcost.sources.litellm import read_litellm
from llmcost.sources.model_prices import read_model_prices
from llmcost.sources.models_dev import read_models_dev
from llmcost.sources.openrouter import read_openrouter
from llmcost.sources.pi_ai import read_pi_ai
from llmcost.sources.table import SourceOffer, SourceTable

READERS = (read_litellm, read_genai_prices, read_models_dev, read_model_prices, read_openrouter, read_pi_ai)


def only(table: SourceTable) -> SourceOffer:
    """The one offer of a table."""
    (offer,) = table.offers
    return offer


def litellm(**model: Any) -> SourceOffer:
    """What is read of one model of LiteLLM's map, written as its file has it."""
    data = {"acme/big": {"litellm_provider": "acme", "mode": "chat", **model}}
    return only(read_litellm(parse_json(json.dumps(data))))


def test_litellm_a_plain_model() -> None:
    """USD of a token are USD of a million, exactly; the seller's name is no part of the id."""
    offer = litellm(input_cost_per_token=2.5e-06, output_cost_per_token=1e-05, max_input_tokens=1000)
    assert offer.entry == {"rates": {"input": "2.5 USD / 1M tokens", "output": "10 USD / 1M tokens"}}
    assert (offer.name, offer.seller, offer.id, offer.context_window) == ("acme/big", "acme", "big", 1000)


def test_litellm_terms_and_tiers() -> None:
    """Batch above a size is a condition of its own; what the map leaves open there is open here, too."""
    offer = litellm(
        input_cost_per_token=2e-06,
        input_cost_per_token_above_200k_tokens=4e-06,
        cache_read_input_token_cost=2e-07,
        cache_creation_input_token_cost_above_1hr=5e-06,
        input_cost_per_token_batches=1e-06,
        input_cost_per_token_above_200k_tokens_batches=2e-06,
    )
    assert offer.entry == {
        "rates": {
            "input": "2 USD / 1M tokens",
            "cache_read": "0.2 USD / 1M tokens",
            "cache_write_1h": "5 USD / 1M tokens",
        },
        "variants": [
            {"when": {"input_tokens": "> 200000"}, "rates": {"input": "4 USD / 1M tokens"}},
            {"when": {"terms": "batch"}, "rates": {"input": "1 USD / 1M tokens"}},
            {"when": {"terms": "batch", "input_tokens": "> 200000"}, "rates": {"input": "2 USD / 1M tokens"}},
        ],
        "unpriced": [
            {"input_tokens": "> 200000", "meters": ["cache_read", "cache_write_1h"]},
            {"terms": "batch", "meters": ["cache_read", "cache_write_1h"]},
        ],
    }


def test_litellm_ranges_of_input() -> None:
    """Each range of input holds up to and including its end, as the map's vendor says."""
    tiers = [
        {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "range": [0, 32000.0]},
        {"input_cost_per_token": 3e-06, "output_cost_per_token": 6e-06, "range": [32000.0, 128000.0]},
    ]
    assert litellm(tiered_pricing=tiers).entry["variants"] == [
        {
            "when": {"input_tokens": "> 32000"},
            "rates": {"input": "3 USD / 1M tokens", "output": "6 USD / 1M tokens"},
        }
    ]


def test_litellm_hours_of_the_week() -> None:
    """Prices off the peak are a condition on the hours, Monday being the first day."""
    windows = [
        {"hours_utc": ["00:00-01:00", "10:00-00:00"], "weekdays": [1, 5]},
        {"hours_utc": "00:00-00:00", "weekdays": [7]},
    ]
    offer = litellm(input_cost_per_token=2e-06, off_peak_pricing={"input_cost_per_token": 1e-06, "windows": windows})
    assert offer.entry["variants"] == [
        {
            "when": {
                "time": [
                    {"weekdays": "mon, fri", "from": "00:00", "to": "01:00", "timezone": "UTC"},
                    {"weekdays": "mon, fri", "from": "10:00", "to": "00:00", "timezone": "UTC"},
                    {"weekdays": "sun", "from": "00:00", "to": "24:00", "timezone": "UTC"},
                ]
            },
            "rates": {"input": "1 USD / 1M tokens"},
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "prices", "rates"),
    [
        ("image_generation", {"output_cost_per_image": 0.04}, {"images": "0.04 USD / image"}),
        ("image_edit", {"output_cost_per_image": 0.04}, {"images": "0.04 USD / image"}),
        ("image_generation", {"output_cost_per_pixel": 1.9e-08}, {"megapixels": "0.019 USD / megapixel"}),
        ("video_generation", {"output_cost_per_second": 0.1}, {"video_output_seconds": "0.1 USD / second"}),
        ("audio_transcription", {"input_cost_per_second": 0.0001}, {"audio_seconds": "0.0001 USD / second"}),
        ("audio_speech", {"input_cost_per_character": 1.5e-05}, {"characters": "15 USD / 1M characters"}),
        ("rerank", {"input_cost_per_query": 0.002}, {"requests": "0.002 USD / request"}),
        ("ocr", {"ocr_cost_per_page": 0.001, "annotation_cost_per_page": 0.003},
         {"pages": "0.001 USD / page", "annotated_pages": "0.003 USD / page"}),
        ("embedding", {"input_cost_per_token": 1e-07, "output_cost_per_token": 0.0}, {"input": "0.1 USD / 1M tokens"}),
    ],
)  # fmt: skip
def test_litellm_kinds_of_models(mode: str, prices: dict[str, float], rates: dict[str, str]) -> None:
    """What a second or a picture is of follows from what the model is for; a zero is no price."""
    assert litellm(mode=mode, **prices).entry["rates"] == rates


@pytest.mark.parametrize(
    ("name", "mode", "task"),
    [
        ("draw", "image_generation", "image"),
        ("mend", "image_edit", "image-edit"),
        ("acme-ocr-2", "chat", "ocr"),
        ("paddleocr-vl", "chat", "ocr"),
        ("mediocre-2", "chat", "chat"),
        ("acme/llama-guard-3-8b", "chat", "moderation"),
        ("acme/guardian-2", "chat", "chat"),
        ("gemini-live-2.5", "chat", "realtime"),
        ("olive-2", "chat", "chat"),
        ("big-tts", "completion", "speech"),
        ("big-5-image", "chat", "image"),
    ],
)
def test_litellm_what_a_model_is_for(name: str, mode: str, task: str) -> None:
    """The mode says it, and a word of the name where the map has one for all that takes text."""
    model = {"litellm_provider": "acme", "mode": mode, "output_cost_per_image": 0.04, "input_cost_per_token": 1e-06}
    assert only(read_litellm(parse_json(json.dumps({name: model})))).task == task


def test_litellm_says_what_it_cannot_say() -> None:
    """A price that no meter expresses is named; a model without any other is left out with the reason."""
    assert litellm(input_cost_per_token=1e-06, fedramp_uplift_multiplier=1.1).left_out == ("fedramp_uplift_multiplier",)
    free = read_litellm({"acme/free": {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 0}})
    assert [each.name for each in free.left_out] == ["acme/free"]


def test_litellm_one_model_under_several_names() -> None:
    """Names with the same prices at one seller are one offer; with other prices they stay two."""
    same = {"litellm_provider": "acme", "mode": "chat", "input_cost_per_token": Decimal("1e-6")}
    table = read_litellm({"big": same, "acme/big": same, "acme/latest": {"alias_of": "big"}})
    assert only(table).names == ("acme/latest", "acme/big")
    other = {**same, "input_cost_per_token": Decimal("2e-6")}
    assert [each.id for each in read_litellm({"big": same, "acme/big": other}).offers] == ["big", "acme/big"]


def genai(prices: Any, **model: Any) -> SourceOffer:
    """What is read of one model of genai-prices' data."""
    data = [{"id": "x-ai", "models": [{"id": "m", "prices": prices, **model}]}]
    return only(read_genai_prices(parse_json(json.dumps(data))))


def test_genai_tiers_terms_and_days() -> None:
    """A tier is above its start; terms and days are conditions and entries of their own."""
    old, new = (
        {"input_mtok": 1, "output_mtok": 2},
        {"input_mtok": {"base": 2, "tiers": [{"start": 200000, "price": 4}]}},
    )
    offer = genai(
        [{"prices": old}, {"constraint": {"start_date": "2026-05-01"}, "prices": new}],
        price_variants=[
            {"when": {"processing": "batch"}, "prices": {"input_mtok": 1}, "constraint": {"start_date": "2026-06-01"}}
        ],
        match={"or": [{"equals": "m"}, {"equals": "m-2026"}, {"starts_with": "m-"}]},
    )  # fmt: skip
    assert (offer.seller, offer.names) == ("xai", ("m", "m-2026"))
    assert offer.history[0]["rates"] == {"input": "1 USD / 1M tokens", "output": "2 USD / 1M tokens"}
    assert offer.entry == {
        "effective_from": "2026-05-01",
        "rates": {"input": "2 USD / 1M tokens"},
        "variants": [
            {"when": {"input_tokens": "> 200000"}, "rates": {"input": "4 USD / 1M tokens"}},
            {"when": {"terms": "batch"}, "rates": {"input": "1 USD / 1M tokens"}, "effective_from": "2026-06-01"},
        ],
        "unpriced": [{"terms": "batch", "input_tokens": "> 200000", "meters": ["input"]}],
    }


def test_models_dev_tiers_in_both_forms() -> None:
    """A tier is written as a list of sizes or as a key, and means the same."""
    tier = {"input": 4, "output": 8}
    for more in ({"tiers": [{"tier": {"size": 200000}, **tier}]}, {"context_over_200k": tier}):
        data = {"acme": {"models": {"m": {"cost": {"input": 2, "output": 4, **more}}}}}
        assert only(read_models_dev(data)).entry["variants"] == [
            {"when": {"input_tokens": "> 200000"}, "rates": {"input": "4 USD / 1M tokens", "output": "8 USD / 1M tokens"}}
        ]  # fmt: skip


def test_model_prices_take_the_latest_list() -> None:
    """The last list of each terms counts; a vendor's page is its source, and what ended has no price."""
    new = {
        "input": 2,
        "output": 4,
        "tiers": [{"above": 1000, "input": 3, "output": 6}],
        "source": "https://v.example/p",
    }
    lists = {"standard": [{"rates": {"input": 1}, "start": None}, {"rates": new, "start": "2026-01-01T00:00:00Z"}]}
    gone = {"standard": [{"rates": {"input": 1}, "start": None}, {"rates": None, "start": "2026-01-01T00:00:00Z"}]}
    table = read_model_prices({"prices": {"acme": {"m": lists, "gone": gone}}, "updated_at": "2026-09-01T10:00:00Z"})
    assert (only(table).page, only(table).as_of) == ("https://v.example/p", "2026-09-01")
    assert only(table).entry == {
        "rates": {"input": "2 USD / 1M tokens", "output": "4 USD / 1M tokens"},
        "variants": [
            {"when": {"input_tokens": "> 1000"}, "rates": {"input": "3 USD / 1M tokens", "output": "6 USD / 1M tokens"}}
        ],
    }
    assert [tuple(each) for each in table.left_out] == [("acme/gone", "it is no longer sold")]


def test_openrouter_sizes_hours_and_routes() -> None:
    """A size that is reached counts as passed; hours are conditions; a routed price is none."""
    pricing = {
        "prompt": "0.000001",
        "completion": "0.000002",
        "overrides": [
            {"min_prompt_tokens": 200000, "prompt": "0.000002"},
            {"utc_days": ["monday"], "utc_start": 2200, "utc_end": 600, "prompt": "0.0000005"},
        ],
    }
    table = read_openrouter({"data": [{"id": "a/b", "pricing": pricing}, {"id": "auto", "pricing": {"prompt": "-1"}}]})
    assert only(table).entry == {
        "rates": {"input": "1 USD / 1M tokens", "output": "2 USD / 1M tokens"},
        "variants": [
            {"when": {"input_tokens": "> 199999"}, "rates": {"input": "2 USD / 1M tokens"}},
            {
                "when": {"time": [{"weekdays": "mon", "from": "22:00", "to": "06:00", "timezone": "UTC"}]},
                "rates": {"input": "0.5 USD / 1M tokens"},
            },
        ],
        "unpriced": [{"input_tokens": "> 199999", "meters": ["output"]}],
    }
    assert [each.name for each in table.left_out] == ["auto"]


def test_the_banks_rates_are_a_sheet() -> None:
    """Each day's rates stay as the bank writes them."""
    text = "<Cube><Cube time='2026-10-30'><Cube currency='USD' rate='1.1172'/><Cube currency='CNY' rate='7.4326'/></Cube></Cube>"
    rates = {"2026-10-30": {"USD": "1.1172", "CNY": "7.4326"}}
    assert read_ecb(text, "https://x.example")["rates"] == rates  # fmt: skip
    with pytest.raises(LlmcostError, match="no file of euro reference rates"):
        read_ecb("<html>busy</html>", "https://x.example")


WRONG = ({}, [], {"data": []}, {"error": "busy"}, "text", 7, None, {"a": 1}, [1], {"data": [{}]})


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("data", WRONG)
def test_what_is_no_such_table_is_refused(reader: Any, data: Any) -> None:
    """An empty object, an error with status 200 or another table is an error in one line."""
    with pytest.raises(LlmcostError, match="this is not"):
        reader(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.just(float("nan"))
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = {
    read_litellm: ["tiered_pricing", "off_peak_pricing", "input_cost_per_token", "deprecation_date", "source",
                   "search_context_cost_per_query", "output_cost_per_second_720p", "max_input_tokens", "mode"],
    read_genai_prices: ["prices", "price_variants", "match", "context_window", "prices_checked"],
    read_models_dev: ["cost", "limit", "modalities"],
    read_model_prices: ["standard", "batch", "thinking"],
    read_openrouter: ["pricing", "canonical_slug", "context_length"],
    read_pi_ai: ["cost", "contextWindow", "type", "id"],
}  # fmt: skip
WHOLE: dict[Any, Any] = {
    read_litellm: lambda each: {"acme/m": {"litellm_provider": "acme", "mode": "chat", **each}},
    read_genai_prices: lambda each: [{"id": "acme", "models": [{"id": "m", **each}]}],
    read_models_dev: lambda each: {"acme": {"models": {"m": each}}},
    read_model_prices: lambda each: {"prices": {"acme": {"m": each}}},
    read_openrouter: lambda each: {"data": [{"id": "m", **each}]},
    read_pi_ai: lambda each: {"some-api": {"chat:m": {"id": "m", "provider": "acme", **each}}},
}


@pytest.mark.parametrize("reader", READERS)
@given(data=st.data())
def test_a_model_of_any_shape_is_read_or_left_out(reader: Any, data: st.DataObject) -> None:
    """Whatever stands where a price should, the table is read: that model has a price, or a reason."""
    found = reader(WHOLE[reader](data.draw(st.dictionaries(st.sampled_from(KEYS[reader]), JSON, max_size=4))))
    assert len(found.offers) + len(found.left_out) == 1


def image_model(mode: str, **costs: float) -> dict[str, str]:
    """The rates of a model of LiteLLM's map that has prices of pictures."""
    rates: dict[str, str] = litellm(mode=mode, **costs).entry["rates"]
    return rates


def test_litellm_pictures_by_what_the_model_is_for() -> None:
    """A picture put into a chat is billed as one, one made by an image model too; both are told apart where both are."""
    put_in, made = {"input_cost_per_image": 0.01}, {"output_cost_per_image": 0.2}
    assert image_model("chat", **put_in) == {"images": "0.01 USD / image"}
    assert image_model("image_generation", **made) == {"images": "0.2 USD / image"}
    assert image_model("image_generation", **put_in) == {"images": "0.01 USD / image"}
    assert image_model("image_generation", **put_in, **made) == {
        "images": "0.2 USD / image", "input_images": "0.01 USD / image",
    }  # fmt: skip
    assert image_model("video_generation", **put_in) == {"input_images": "0.01 USD / image"}
    chat = litellm(input_cost_per_token=1e-06, **made)
    assert (chat.entry["rates"], chat.left_out) == ({"input": "1 USD / 1M tokens"}, ("output_cost_per_image",))


def test_litellm_an_end_without_a_source_is_a_doubt() -> None:
    """An end that the map takes from a page is one; an end of its own leaves open whether the model is sold."""
    price, ends = {"input_cost_per_token": 1e-06}, {"deprecation_date": "2026-09-01"}
    told = litellm(**price, **ends, deprecation_source="https://acme.example/ends")
    assert (told.ends, told.ends_by, told.doubt) == ("2026-09-01", "https://acme.example/ends", None)
    own = litellm(**price, **ends)
    assert (own.ends, own.doubt) == (None, "LiteLLM's price map has its end on 2026-09-01, and names no source")


@pytest.mark.parametrize(
    ("name", "model", "reason"),
    [
        ("acme/streaming/keyterm", {"input_cost_per_second": 1e-05}, "it is a surcharge on others, and no offer"),
        ("acme/draw", {"input_cost_per_token": 1.3e-10}, "it has no price above zero that a meter expresses"),
    ],
)
def test_litellm_what_is_no_price_of_a_model_is_left_out(name: str, model: dict[str, Any], reason: str) -> None:
    """What costs something on top of a model, and what stands where the map has no price of tokens, is no offer."""
    mode = "audio_transcription" if "second" in str(model) else "image_generation"
    data = {name: {"litellm_provider": "acme", "mode": mode, **model}, "acme/big": {"litellm_provider": "acme"}}
    assert read_litellm(parse_json(json.dumps(data))).left_out[0] == (name, reason)


def test_the_regions_in_an_id_of_bedrock_are_its_place() -> None:
    """An inference profile is sold in the regions it names, and its id keeps them."""
    data = {"eu.acme.big": {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 1e-06}}
    offer = only(read_litellm(parse_json(json.dumps(data))))
    assert (offer.seller, offer.id, offer.place) == ("bedrock", "eu.acme.big", "eu")


def test_genai_what_is_deprecated_is_in_doubt_and_what_is_for_nothing_is_left_out() -> None:
    """The data says of a model that it is deprecated; a price of input only has to be for something."""
    assert genai([{"prices": {"input_mtok": 1, "output_mtok": 2}}], deprecated=True).doubt == (
        "genai-prices calls it deprecated"
    )
    data = [
        {"id": "acme", "models": [{"id": name, "prices": {"input_mtok": 1}} for name in ("a-embed", "b-rerank", "c")]}
    ]
    table = read_genai_prices(parse_json(json.dumps(data)))
    assert [(offer.id, offer.task) for offer in table.offers] == [("a-embed", "embedding"), ("b-rerank", "rerank")]
    assert [each.name for each in table.left_out] == ["acme/c"]


def test_genai_of_two_prices_of_one_day_the_later_counts() -> None:
    """Two entries that begin on one day would contradict each other."""
    day = {"constraint": {"start_date": "2026-05-01"}}
    offer = genai(
        [{"prices": {"input_mtok": 1, "output_mtok": 2}}, *({**day, "prices": {"output_mtok": n}} for n in (3, 4))]
    )
    assert [each["rates"]["output"] for each in (*offer.history, offer.entry)] == [
        "2 USD / 1M tokens",
        "4 USD / 1M tokens",
    ]


def test_pi_ai_tiers_and_zeros() -> None:
    """A tier is above its size; a zero is no price; what was converted from yuan is none either."""
    cost = {
        "input": 2,
        "output": 4,
        "cacheRead": 0.2,
        "cacheWrite": 0,
        "tiers": [{"inputTokensAbove": 200000, "input": 3}],
    }
    model = {"id": "m", "provider": "xai", "type": "chat", "cost": cost, "contextWindow": 9000}
    data = {"some-api": {"chat:m": model, "chat:n": {**model, "id": "n", "provider": "moonshotai-cn"}}}
    table = read_pi_ai(parse_json(json.dumps(data)))
    offer = only(table)
    assert (offer.seller, offer.id, offer.context_window) == ("xai", "m", 9000)
    assert offer.entry == {
        "rates": {"input": "2 USD / 1M tokens", "cache_read": "0.2 USD / 1M tokens", "output": "4 USD / 1M tokens"},
        "variants": [{"when": {"input_tokens": "> 200000"}, "rates": {"input": "3 USD / 1M tokens"}}],
        "unpriced": [{"input_tokens": "> 200000", "meters": ["output", "cache_read"]}],
    }
    assert table.left_out[0].name == "moonshotai-cn/n"


def test_openrouters_endpoints_are_places_of_a_model() -> None:
    """Each provider of a model is an offer at its place, with its own price and context; one without a name is none."""
    ends = [
        {"provider_name": "Stream Lake", "pricing": {"prompt": "0.0000002", "completion": "0.000001", "discount": 0}},
        {
            "tag": "deepinfra/fp4",
            "context_length": 64000,
            "pricing": {"prompt": "0.0000003", "completion": "0.0000009"},
        },
        {"pricing": {"prompt": "0.0000004", "completion": "0.0000013"}},
    ]
    table = read_openrouter({"data": {"id": "deep/chat", "context_length": 128000, "endpoints": ends}})
    assert [(each.id, each.place, each.context_window, each.entry["rates"]["input"]) for each in table.offers] == [
        ("deep/chat", "stream-lake", 128000, "0.2 USD / 1M tokens"),
        ("deep/chat", "deepinfra-fp4", 64000, "0.3 USD / 1M tokens"),
    ]
    assert [each.left_out for each in table.offers] == [(), ()]
    assert [each.reason for each in table.left_out] == ["one of its endpoints names no provider"]
