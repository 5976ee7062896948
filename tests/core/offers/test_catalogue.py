"""Names: exact ids and declared aliases only; everything else is a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sheets import listings_of

from llmcost.core.offers.catalogue import Catalogue
from llmcost.errors import OfferError
from llmcost.sheets.load import load_prices

MODEL = "  - id: {id}\n    developer: {developer}\n    prices:\n      - {{checked_on: 2026-01-01, source: 'https://x.example', place: {place}, rates: {{input: 1 USD / 1M tokens}}}}\n"


def catalogue(tmp_path: Path, *models: tuple[str, str, str, str]) -> Catalogue:
    """Sheets with the given (seller, id, developer, place), each seller's default place being `home`."""
    sellers: dict[str, str] = {}
    for seller, name, developer, place in models:
        head = f"kind: api\nseller: {seller}\nname: {seller}\ndefault_place: home\nmodels:\n"
        sellers[seller] = sellers.get(seller, head) + MODEL.format(id=name, developer=developer, place=place)
    for seller, text in sellers.items():
        (tmp_path / f"{seller}.yaml").write_text(text, encoding="utf-8")
    return load_prices([tmp_path], builtin=False).catalogue


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("example-large-2026", "example-ai/example-large-2026@global"),
        ("example-large", "example-ai/example-large-2026@global"),
        ("example-large-latest", "example-ai/example-large-2026@global"),
        ("example-ai/example-large", "example-ai/example-large-2026@global"),
        ("night-cloud/example-large", "night-cloud/example/large@cn"),
        ("night-cloud/example/large", "night-cloud/example/large@cn"),
        ("example/large", "night-cloud/example/large@cn"),
        ("example-small@eu", "example-ai/example-small@eu"),
        ("example-large+batch", "example-ai/example-large-2026@global+batch"),
        ("example-ai/example-large-2026@global+batch", "example-ai/example-large-2026@global+batch"),
    ],
)
def test_a_selector_finds_its_offer(small: Catalogue, selector: str, name: str) -> None:
    """A bare name is its developer's own offer at the default place; ids, aliases and model keys are exact names."""
    assert small.find(selector).name == name


def test_how_a_bare_name_was_taken_is_said(small: Catalogue) -> None:
    """A bare name says whose offer it was taken for; a full id says nothing."""
    assert small.look_up("example-large").said == (
        "example-large is taken as example-ai/example-large-2026@global, its developer's own offer"
    )
    assert small.look_up("example-ai/example-large-2026@global").said is None


@pytest.mark.parametrize(
    "selector", ["example-larg", "EXAMPLE-LARGE", "example", "large", "", "example-large-2026-preview"]
)
def test_a_close_name_is_never_taken(small: Catalogue, selector: str) -> None:
    """Prefixes, parts, other cases and longer names match nothing."""
    with pytest.raises(OfferError, match="unknown model"):
        small.find(selector)


@pytest.mark.parametrize("selector", ["+example-large", "example-large+", "@example-large", "example-large@"])
def test_a_sign_at_an_end_parts_nothing(small: Catalogue, selector: str) -> None:
    """Before a + or @ stands a name and behind it terms or a place; with neither it is a slip in the name."""
    with pytest.raises(OfferError, match="unknown model") as error:
        small.find(selector)
    assert "example-large-2026" in (error.value.remedy or "").split("\n")[0]


def test_names_and_places_of_one_letter(tmp_path: Path) -> None:
    """The shortest name and the shortest place are parted like any other."""
    found = catalogue(tmp_path, ("a", "m", "a", "x"))
    assert found.find("m@x").name == "a/m@x"
    assert [offer.name for offer in found.match("?@?")] == ["a/m@x"]
    with pytest.raises(OfferError, match="no source states b terms"):
        found.find("m+b")


def test_suggestions_are_close_names_and_names_that_contain_it(small: Catalogue) -> None:
    """A slip finds its model, a part finds the names that contain it, and there are at most three."""
    assert small.suggest("exampel-small")[0] == "example-small"
    assert "night-omni" in small.suggest("omni")
    assert len(small.suggest("night")) <= 3


def test_a_name_nobody_owns_is_ambiguous(tmp_path: Path) -> None:
    """A model that only others resell needs a seller, and the message lists them."""
    found = catalogue(tmp_path, ("a", "m", "lab", "home"), ("b", "m", "lab", "home"))
    with pytest.raises(OfferError, match="does not say whose offer") as error:
        found.find("m")
    assert error.value.remedy == "name one of: a/m, b/m"
    assert found.find("b/m").name == "b/m@home"


def test_an_exact_id_comes_before_taking_the_name_apart(tmp_path: Path) -> None:
    """Vendors' ids with / @ : + work as they are, with a place and terms behind them too."""
    found = catalogue(tmp_path, ("a", "x/y@1:z+p", "a", "home"), ("b", "x", "b", "home"))
    assert found.find("a/x/y@1:z+p").name == "a/x/y@1:z+p@home"
    assert found.find("x/y@1:z+p@home").name == "a/x/y@1:z+p@home"


def test_a_model_sold_elsewhere_only(tmp_path: Path) -> None:
    """A model that is not sold at the default place is its only place; with several the place must be named."""
    one = catalogue(tmp_path, ("a", "m", "a", "mars"))
    assert one.find("m").place == "mars"
    two = tmp_path / "two"
    two.mkdir()
    (two / "a.yaml").write_text(
        "kind: api\nseller: a\nname: a\ndefault_place: home\nmodels:\n  - id: m\n    developer: a\n    prices:\n"
        + "".join(
            f"      - {{checked_on: 2026-01-01, source: 'https://x.example', place: {place}, rates: {{input: 1 USD / 1M tokens}}}}\n"
            for place in ("mars", "venus")
        ),
        encoding="utf-8",
    )
    with pytest.raises(OfferError, match="not sold at home") as error:
        load_prices([two], builtin=False).catalogue.find("m")
    assert error.value.remedy == "name one of: a/m@mars, a/m@venus"


def test_patterns_take_places_and_terms(small: Catalogue) -> None:
    """A pattern means each default place; @* all places, +* all terms."""
    assert [offer.name for offer in small.match("*/example-large")] == [
        "example-ai/example-large-2026@global",
        "night-cloud/example/large@cn",
    ]
    assert [offer.place for offer in small.match("example-small@*")] == ["global", "eu"]
    assert [offer.terms for offer in small.match("*/example-large-2026+*")] == ["standard", "batch"]
    assert [offer.terms for offer in small.match("*+batch")] == ["batch"]


def test_a_name_with_a_star_after_a_colon_stands_for_all_that_go_on_so() -> None:
    """A model that was trained further is found by the name its owner gave it, and the longest beginning counts."""
    price = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": {"input": "1 USD / 1M tokens"}}
    models = [
        {"id": own, "developer": "s", "aliases": [f"{own}:*"], "prices": [price]} for own in ("ft:m", "ft:m:large", "m")
    ]
    known = Catalogue(listings_of({"seller": "s", "name": "S", "default_place": "here", "models": models}))
    assert known.find("ft:m:acme:support:9aB").id == "ft:m"
    assert known.find("s/ft:m:large:acme::1").id == "ft:m:large"
    assert known.find("ft:m:large").id == "ft:m:large"
    with pytest.raises(OfferError, match="unknown model"):
        known.find("ft:n:acme")
