"""Names as people and other tools write them: read in exactly one way, or refused with what they may have meant."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase, digits
from typing import Any

import pytest
from support.sheets import listings_of

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.resolution import ThirdParty
from llmcost.errors import OfferError

PAGE = {"checked_on": "2026-09-01", "source": "https://x.example"}
RATES = {"input": "1 USD / 1M tokens", "output": "2 USD / 1M tokens"}
BATCH = {"variants": [{"when": {"terms": "batch"}, "rates": RATES}]}


def model(name: str, *places: str, **more: Any) -> dict[str, Any]:
    prices = [{**PAGE, **BATCH, "rates": RATES, **({"place": place} if place else {})} for place in places or ("",)]
    return {"id": name, "prices": prices, **more}


def seller(name: str, *models: dict[str, Any], place: str = "global") -> list[Any]:
    return listings_of({"seller": name, "name": name.title(), "default_place": place, "models": list(models)})


@pytest.fixture(scope="module")
def known() -> Catalogue:
    """Two developers, of which one sells at two places, a reseller of both, and a public table's word for one."""
    return Catalogue(
        [
            *seller(
                "alibaba",
                model("qwen9.6-plus", "intl", "cn-beijing", developer="alibaba"),
                model("qwen9-max", "intl", developer="alibaba"),
                place="intl",
            ),
            *seller(
                "anthropic",
                model(
                    "claude-verse-9-5", developer="anthropic", aliases=["claude-verse-9-5-20260901"], featured="true"
                ),
                model("claude-verse-9", developer="anthropic", featured="true"),
                model("claude-verse-8-5", developer="anthropic"),
                model("claude-ode-7", developer="anthropic"),
            ),
            *seller("openai", model("gpt-90o", developer="openai"), model("gpt-90o-2026-05-13", developer="openai")),
            *seller(
                "z-cloud", model("vendor/Claude-Verse-9-5", developer="anthropic"), model("Odd.One", developer="z")
            ),
            *seller("y-cloud", model("odd_one", developer="z")),
        ]
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("QWEN9.6-PLUS", "alibaba/qwen9.6-plus@intl"),
        ("qwen9.6-plus ", "alibaba/qwen9.6-plus@intl"),
        ("qwen-9.6-plus", "alibaba/qwen9.6-plus@intl"),
        ("Qwen 9.6 Plus", "alibaba/qwen9.6-plus@intl"),
        ("Alibaba/qwen9_6_plus", "alibaba/qwen9.6-plus@intl"),
        ("qwen9.6-plus@beijing", "alibaba/qwen9.6-plus@cn-beijing"),
        ("QWEN9.6-plus@CN-Beijing+Batch", "alibaba/qwen9.6-plus@cn-beijing+batch"),
        ("claude-verse-9.5", "anthropic/claude-verse-9-5@global"),
        ("claude-verse-9-5-2026-09-01", "anthropic/claude-verse-9-5@global"),  # its alias, the day written otherwise
        ("dashscope/qwen9-max", "alibaba/qwen9-max@intl"),
        ("models/qwen9-max", "alibaba/qwen9-max@intl"),
        ("litellm_proxy/dashscope/qwen9-max", "alibaba/qwen9-max@intl"),
        ("anthropic/claude-verse-9.5", "anthropic/claude-verse-9-5@global"),
        ("anthropic/accounts/x/claude-ode-7", "anthropic/claude-ode-7@global"),
        ("Z_Cloud/vendor/claude-verse-9.5", "z-cloud/vendor/Claude-Verse-9-5@global"),
        ("claude-verse-9[1m]", "anthropic/claude-verse-9@global"),
        ("qwen9-max-latest", "alibaba/qwen9-max@intl"),
        ("claude-ode-7-20260204", "anthropic/claude-ode-7@global"),  # no snapshot of it has a price of its own
        ("openai/GPT-90o", "openai/gpt-90o@global"),
    ],
)
def test_a_name_is_read_as_people_write_it_and_that_is_said(known: Catalogue, written: str, meant: str) -> None:
    """Case, signs, routes and endings that do not change the price lead to the one offer there is, in one sentence."""
    found = known.understand(written)
    assert (found.offer.name, found.guessed) == (meant, True)
    assert found.said == f"{written.strip()} is taken as {meant}"


@pytest.mark.parametrize(
    "written",
    [
        "claude-verse",
        "claude verse 9 6",
        "qwen9.6-plus@frankfurt",
        "qwen9.6-plus+Flex",
        "openai/qwen9-max",  # the word before the slash says whose it has to be
        "gpt-90o-2026-08-06",  # another snapshot has a price of its own, so this one may have
        "claude-verse-9-5-20260902",
        "self/qwen9-max@h100",
    ],
)
def test_another_word_another_seller_or_another_snapshot_is_no_match(known: Catalogue, written: str) -> None:
    """What is not the same name is refused and never taken for its neighbour."""
    with pytest.raises(OfferError):
        known.understand(written)


def test_a_snapshot_with_a_price_of_its_own_is_itself(known: Catalogue) -> None:
    """It is found exactly, and nothing has to be guessed."""
    found = known.understand("gpt-90o-2026-05-13")
    assert (found.offer.name, found.guessed) == ("openai/gpt-90o-2026-05-13@global", False)


def test_two_readings_are_refused_with_both(known: Catalogue) -> None:
    """What two sellers call so, and no developer of it does, is not decided."""
    with pytest.raises(OfferError, match="may be read in 2 ways") as refused:
        known.understand("odd one")
    assert refused.value.remedy == "name one of: y-cloud/odd_one@global, z-cloud/Odd.One@global"


def test_where_names_are_taken_exactly_the_remedy_spells_it_out(known: Catalogue) -> None:
    """A verdict never rests on a guess: the exact name is told instead."""
    with pytest.raises(OfferError, match="unknown model") as refused:
        known.look_up("QWEN9.6-PLUS")
    assert refused.value.remedy == "write qwen9.6-plus: names are taken exactly here"


def test_a_seller_that_has_no_such_model_is_named(known: Catalogue) -> None:
    """It is not the model that is unknown; who sells it is told."""
    with pytest.raises(OfferError) as refused:
        known.understand("openai/claude-ode-7")
    assert (refused.value.message, refused.value.remedy) == (
        'no sheet has "claude-ode-7" at openai',
        "it is sold by anthropic",
    )


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("verse", "claude-verse-9-5"),  # the newest of those that are widely used
        ("claude-9.5-verse", "claude-verse-9-5"),  # the same words in another order
        ("claude-8.5-verse", "claude-verse-8-5"),
        ("qwen9.6-pluss", "qwen9.6-plus"),
        ("gtp-90o", "gpt-90o"),
    ],
)
def test_the_likeliest_name_is_suggested_first(known: Catalogue, written: str, first: str) -> None:
    """By words, then by spelling; the widely used and the newest before others."""
    assert known.suggest(written)[0] == first


def test_a_bare_name_is_its_developers_offer_before_a_strangers_id() -> None:
    """A seller whom only third parties know may use any id; the developer's own offer is meant."""
    stranger = seller("stranger", model("qwen-9.6-plus"))
    own = seller("alibaba", model("qwen9.6-plus", developer="alibaba"))
    catalogue = Catalogue(own, third_party=lambda: ThirdParty(tuple(stranger), {}))
    assert catalogue.understand("qwen-9.6-plus").offer.seller == "alibaba"
    assert catalogue.understand("stranger/qwen-9.6-plus").offer.seller == "stranger"


def test_no_slip_of_a_letter_leads_to_an_offer_without_a_word(shipped: Catalogue) -> None:
    """Of 200 names with one letter changed each is refused, or is another model's own name, or is said."""
    random = Random(20261129)
    names = sorted(f"{listing.seller}/{listing.id}" for listing in shipped.listings)
    known = set(shipped.widest.names())
    for _ in range(200):
        name = random.choice(names)
        at = random.choice([at for at, letter in enumerate(name) if letter.isalnum() and at > name.index("/")])
        pool = digits if name[at].isdigit() else ascii_lowercase
        slip = name[:at] + random.choice([letter for letter in pool if letter != name[at].lower()]) + name[at + 1 :]
        try:
            found = shipped.understand(slip)
        except OfferError:
            continue
        assert slip in known or found.said is not None, (slip, found.offer.name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("self/Pebble 8B:fp8@AX1", "self/pebble-8b:fp8@ax1"),
        ("self/example/pebble_8b@grid/ax1", "self/pebble-8b:fp8@grid/ax1"),
    ],
)
def test_open_weights_are_read_as_people_write_them(small: Catalogue, written: str, meant: str) -> None:
    """Their names too differ in case and signs; where names are taken exactly the exact one is told."""
    found = small.understand(written)
    assert (found.offer.name, found.said) == (meant, f"{written} is taken as {meant}")
    with pytest.raises(OfferError, match="unknown model") as refused:
        small.find(written)
    assert refused.value.remedy == f"write {meant}: names are taken exactly here"


def test_open_weights_need_not_say_how_much_of_them_is_active(shipped: Catalogue) -> None:
    """The part of the name that says it is left out by people; no other part may be."""
    assert shipped.understand("self/qwen3.6-35b@h100").offer.model == "qwen3.6-35b-a3b"
    for written in ("self/qwen3.6-3b@h100", "self/qwen3.6@h100"):
        with pytest.raises(OfferError, match="unknown open-weight model"):
            shipped.understand(written)


@pytest.mark.parametrize(
    "written", ["qwen9.6-plus.", "qwen9.-plus", "-qwen9.6-plus", "qwen9..6-plus", "qwen9.6-plus[2m]"]
)
def test_where_a_letter_may_be_lost_nothing_is_guessed(known: Catalogue, written: str) -> None:
    """A sign with nothing beside it stood before a figure, which may have been any; another window is another offer."""
    with pytest.raises(OfferError, match="unknown model"):
        known.understand(written)


def test_a_name_that_several_have_letter_for_letter_is_not_read_in_another_way() -> None:
    """It is open whose offer is meant, also where only one seller writes it differently."""
    sellers = [seller(name, model("Stone/Pebble-9B")) for name in ("one", "two")]
    catalogue = Catalogue([*sellers[0], *sellers[1], *seller("three", model("stone/pebble-9b"))])
    with pytest.raises(OfferError, match="does not say whose offer is meant"):
        catalogue.understand("Stone/Pebble-9B")


def test_a_bare_name_is_its_developers_where_only_a_third_party_states_it() -> None:
    """A stranger whose price is on record here is not meant, unless its place is named or its developer sells nothing."""
    shop = seller("shop", model("verse", "east", developer="maker"), model("ode", developer="nobody"))
    own = seller("maker", model("verse", "west", developer="maker"))
    catalogue = Catalogue(shop, third_party=lambda: ThirdParty(tuple(own), {}))
    found = catalogue.look_up("verse")
    assert (found.offer.name, found.said) == (
        "maker/verse@west",
        "verse is taken as maker/verse@west, its developer's own offer",
    )
    assert catalogue.find("verse@east").name == "shop/verse@east"
    assert catalogue.find("shop/verse").seller == "shop"
    assert catalogue.find("ode").seller == "shop"


def test_what_only_third_parties_state_is_not_guessed_for_a_bare_name() -> None:
    """Of those the developer's own may be meant, or that of a seller who is named, and no other."""
    stranger = seller("stranger", model("pebble-9b"))
    catalogue = Catalogue(seller("shop", model("other")), third_party=lambda: ThirdParty(tuple(stranger), {}))
    with pytest.raises(OfferError, match="unknown model"):
        catalogue.understand("Pebble 9B")
    assert catalogue.understand("stranger/Pebble 9B").offer.name == "stranger/pebble-9b@global"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("alibaba:qwen9-max", "alibaba/qwen9-max@intl"),
        ("Alibaba: Qwen9 Max", "alibaba/qwen9-max@intl"),
        ("publishers/alibaba/models/qwen9-max", "alibaba/qwen9-max@intl"),
    ],
)
def test_a_seller_may_stand_before_a_colon(known: Catalogue, written: str, meant: str) -> None:
    """As libraries and lists of models for people write it, and as a cloud's addresses do."""
    assert known.understand(written).offer.name == meant


def test_a_region_in_a_route_is_the_place(known: Catalogue) -> None:
    """It is never dropped: where the offer is not sold there, nothing is meant."""
    with pytest.raises(OfferError):
        known.understand("alibaba/eu-west-1/qwen9-max")


def test_a_name_of_another_sheet_may_give_an_alias_its_place() -> None:
    """What a cloud calls a model in one geography means it there, where the sheet has the same name for all."""
    from llmcost.core.offers.resolution import NameOf

    listings = seller("alibaba", model("qwen9-max", "intl", "eu", aliases=["eu.qwen9-max"]), place="intl")
    catalogue = Catalogue(listings, names={"eu.qwen9-max": NameOf("alibaba", "qwen9-max", "eu")})
    assert catalogue.find("eu.qwen9-max").name == "alibaba/qwen9-max@eu"
    assert catalogue.find("qwen9-max").name == "alibaba/qwen9-max@intl"
