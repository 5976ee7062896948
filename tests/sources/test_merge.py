"""Several tables as sheets beside those kept by hand: whose price stands, which names lead where."""

from __future__ import annotations

from typing import Any

from support.sheets import listings_of

from llmcost.core.offers.offer import Listing
from llmcost.sources.merge import Merged, merge_tables
from llmcost.sources.price_sheets import Origin
from llmcost.sources.table import SourceOffer, SourceTable

FIRST = Origin("litellm", "https://first.example", "2026-09-01", "the first table")
SECOND = Origin("genai-prices", "https://second.example", "2026-08-01", "the second table")


def offer(name: str, seller: str, own: str, price: str = "1", **more: Any) -> SourceOffer:
    """An offer of a table."""
    entry = {"rates": {"input": f"{price} USD / 1M tokens"}}
    return SourceOffer(name=name, seller=seller, id=own, entry=entry, **more)


def table(*offers: SourceOffer) -> SourceTable:
    """A table."""
    return SourceTable(offers, ())


def curated() -> list[Listing]:
    """One model of one maker, kept by hand."""
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": {"input": "9 USD / 1M tokens"}}
    model = {"id": "big", "model": "big", "developer": "maker", "aliases": ["big-latest"], "prices": [entry]}
    return listings_of({"seller": "maker", "name": "Maker", "default_place": "here", "models": [model]})


def name_rows(found: Merged) -> list[Any]:
    """What the sheet of names says, offer by offer."""
    return [row for sheet in found.sheets if sheet["kind"] == "names" for row in sheet["offers"]]


def test_what_is_kept_by_hand_stays_and_gets_names() -> None:
    """A table's price of a model that a sheet has is left to the sheet; the table's name of it becomes one."""
    found = merge_tables([(FIRST, table(offer("mk/big", "maker", "big")))], curated())
    assert found.sheets == [{"kind": "names", "offers": [{"seller": "maker", "id": "big", "names": ["mk/big"]}]}]


def test_a_snapshot_with_the_same_price_is_a_name_and_with_another_one_an_offer() -> None:
    """A dated id that its table prices as the plain one is the plain one; a price of its own never falls into it."""
    dated = [offer("big-2026-01-02", "maker", "big-2026-01-02", price) for price in ("1", "2")]
    plain = offer("big", "maker", "big", "1")
    same = merge_tables([(FIRST, table(plain, dated[0]))], curated())
    assert [sheet["kind"] for sheet in same.sheets] == ["names"]
    assert name_rows(same)[0]["names"] == ["big-2026-01-02"]
    other = merge_tables([(FIRST, table(plain, dated[1]))], curated())
    assert [model["id"] for model in other.sheets[0]["models"]] == ["big-2026-01-02"]


def test_the_first_table_says_the_price_and_the_others_witness_or_differ() -> None:
    """Who has the same rates is a witness; who has others is quoted, and neither is lost."""
    one, same, other = (offer("a/m", "acme", "m", price) for price in ("1", "1", "3"))
    agreed = merge_tables([(FIRST, table(one)), (SECOND, table(same))], [])
    assert agreed.sheets[0]["models"][0]["prices"][0]["witnesses"] == ["litellm", "genai-prices"]
    disputed = merge_tables([(FIRST, table(one)), (SECOND, table(other))], []).sheets[0]["models"][0]["prices"][0]
    assert disputed["witnesses"] == ["litellm"]
    assert disputed["rates"] == {"input": "1 USD / 1M tokens"}
    assert disputed["note"] == "genai-prices has input 3 USD / 1M tokens"


def test_places_are_entries_and_their_names_lead_there() -> None:
    """One model in two regions is one model at two places; a name with a region means that region."""
    found = merge_tables(
        [(FIRST, table(offer("b/m", "bed", "m"), offer("b/eu/m", "bed", "m", "2", place="eu")))], curated()
    )
    (model,) = found.sheets[0]["models"]
    assert [entry.get("place") for entry in model["prices"]] == [None, "eu"]
    assert {"seller": "bed", "id": "m", "place": "eu", "names": ["b/eu/m"]} in name_rows(found)


def test_a_resold_model_has_its_makers_key() -> None:
    """The last part of an id that is exactly a maker's model is that model; a longer one is not."""
    resold = offer("r/maker/big", "reseller", "maker/big"), offer("r/maker/big-2", "reseller", "maker/big-2")
    models = merge_tables([(FIRST, table(*resold))], curated()).sheets[0]["models"]
    assert [(model.get("model"), model.get("developer")) for model in models] == [("big", "maker"), (None, None)]


def test_a_seller_of_its_own_models_is_not_the_maker_of_what_another_names_so() -> None:
    """What begins with the word of another maker's models is not taken for the seller's own; anything else is."""
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": {"input": "9 USD / 1M tokens"}}
    model = {"id": "zed-1", "developer": "other", "prices": [entry]}
    other = listings_of({"seller": "other", "name": "Other", "default_place": "here", "models": [model]})
    sold = offer("m/zed-2", "maker", "zed-2"), offer("m/big-2", "maker", "big-2"), offer("m/new", "maker", "new")
    models = merge_tables([(FIRST, table(*sold))], [*curated(), *other]).sheets[0]["models"]
    assert {model["id"]: model.get("developer") for model in models} == {
        "big-2": "maker",
        "new": "maker",
        "zed-2": None,
    }


def test_a_name_that_several_have_leads_where_its_table_says() -> None:
    """A table's own name is that of one offer, also where another seller uses it as an id; a seller's stays its own."""
    tables = [
        (FIRST, table(offer("shared", "acme", "shared"))),
        (SECOND, table(offer("other/shared", "other", "shared"), offer("other/maker/x", "other", "maker/x"))),
    ]
    found = merge_tables(tables, curated())
    by_name = {name: each["seller"] for each in name_rows(found) for name in each["names"]}
    assert by_name == {"shared": "acme"}


def test_what_no_sheet_can_hold_is_told() -> None:
    """An id with letters that no sheet takes is left out with the reason."""
    found = merge_tables([(FIRST, table(offer("x y", "acme", "x y")))], [])
    assert [tuple(each) for each in found.left_out] == [("x y", "its name holds what no id of a sheet may")]


def names_of(found: Any) -> dict[str, tuple[str, str]]:
    """Which offer each name of some merged tables leads to."""
    rows = name_rows(found)
    return {name: (row["seller"], row["id"]) for row in rows for name in row["names"]}


def test_an_id_is_its_own_offer_and_no_name_of_another() -> None:
    """What another table calls an offer leads nowhere else where the seller has an offer of that very id."""
    latest, old = offer("a/m-latest", "acme", "m-latest", "2"), offer("a/m", "acme", "m", names=("m", "m-latest"))
    found = merge_tables([(FIRST, table(latest)), (SECOND, table(old))], [])
    assert {model["id"] for model in found.sheets[0]["models"]} == {"m", "m-latest"}
    assert "m-latest" not in names_of(found)
    assert all("m-latest" not in model.get("aliases", ()) for model in found.sheets[0]["models"])


def test_an_id_is_before_the_key_that_models_share() -> None:
    """A model resold under another id, with the same key, does not take the name of the one with that id."""
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": {"input": "9 USD / 1M tokens"}}
    models = [{"id": own, "model": "big", "developer": "maker", "prices": [entry]} for own in ("A/big", "big")]
    kept = listings_of({"seller": "shop", "name": "Shop", "default_place": "here", "models": models})
    assert names_of(merge_tables([(FIRST, table(offer("s/big", "shop", "big")))], kept)) == {"s/big": ("shop", "big")}


def test_a_witness_of_the_base_rates_is_none_of_other_terms() -> None:
    """Terms that one table alone states have one witness, whoever has the base rates."""
    batch = [{"when": {"terms": "batch"}, "rates": {"input": "0.5 USD / 1M tokens"}}]
    both, one = offer("a/m", "acme", "m"), offer("a/m", "acme", "m")
    with_batch = SourceOffer(name="a/m", seller="acme", id="m", entry={**both.entry, "variants": batch})
    (entry,) = merge_tables([(FIRST, table(with_batch)), (SECOND, table(one))], []).sheets[0]["models"][0]["prices"]
    assert entry["witnesses"] == ["litellm", "genai-prices"]
    assert entry["variants"][0]["witnesses"] == ["litellm"]


def test_a_seller_of_a_name_that_no_sheet_may_have_is_left_out() -> None:
    """One odd entry costs that entry; control characters in it are never shown."""
    odd = [offer(f"{seller}/m", seller, "m") for seller in ("new provider", "evil\nco", "names", "../up")]
    found = merge_tables([(FIRST, table(*odd, offer("acme/m", "acme", "m")))], [])
    assert [sheet["seller"] for sheet in found.sheets if sheet["kind"] == "api"] == ["acme"]
    assert [each.name for each in found.left_out] == ["new provider/m", "evil?co/m", "names/m", "../up/m"]


def test_a_doubt_of_any_table_is_kept() -> None:
    """What one table says is deprecated is in doubt, whoever still prices it."""
    told = offer("a/m", "acme", "m", doubt="the second table calls it deprecated")
    found = merge_tables([(FIRST, table(offer("a/m", "acme", "m"))), (SECOND, table(told))], [])
    assert found.sheets[0]["models"][0]["doubt"] == "the second table calls it deprecated"
