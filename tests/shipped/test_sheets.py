"""The shipped sheets: bound to their schema, sound, complete, and as the contributor's guide says."""

from __future__ import annotations

import csv
import json
import re
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import PricingDay
from llmcost.files.yaml import parse_yaml, read_yaml
from llmcost.sheets.kinds import json_schema, json_schema_text
from llmcost.sheets.load import builtin_folder, load_prices, sheet_files
from llmcost.sheets.read import read_sheets
from llmcost.sheets.snapshot import compile_sheets

PRICING = ROOT / "pricing"
THIRD_PARTY = PRICING / "third_party"
SELL_NOTHING_HERE = {"amazon", "baai", "kling", "nvidia", "pixverse", "stepfun", "tripo", "unisound", "vidu"}
"""Developers whose models stand in the sheets of others only."""
SHEETS = [path for path, _ in sheet_files(PRICING)]


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema())


@cache
def plain(path: Path) -> Any:
    root = read_yaml(path).root
    assert root is not None
    return root.plain()


def test_every_shipped_sheet_is_sound() -> None:
    """No shipped sheet has a problem."""
    assert len(read_sheets(sheet_files(PRICING))) == len(SHEETS)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_first_line_binds_the_sheet_to_the_schema(path: Path) -> None:
    """An editor that opens a sheet finds its schema from the first line."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match
    assert (path.parent / match.group(1)).resolve() == (PRICING / "schema.json").resolve()


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_the_schema_accepts_the_sheet(path: Path) -> None:
    """What the checks accept, the editor's schema accepts too."""
    validator().validate(plain(path))


def test_the_schema_refuses_a_misspelt_key() -> None:
    """An editor warns about a key there is not."""
    sheet = deepcopy(plain(PRICING / "api" / "meta.yaml"))
    sheet["models"][0]["context_windows"] = "1"
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(sheet)


def test_the_stored_schema_is_the_current_one() -> None:
    """pricing/schema.json is what `llmcost schema prices` prints."""
    assert (PRICING / "schema.json").read_text(encoding="utf-8") == json_schema_text()
    json.loads(json_schema_text())


@pytest.mark.parametrize("path", sorted((PRICING / "api").glob("*.yaml")), ids=lambda path: path.name)
def test_a_file_is_named_after_its_seller(path: Path) -> None:
    """A newcomer finds a seller's sheets by its name; where there are several, each adds what it is about."""
    seller = str(plain(path)["seller"])
    assert path.stem == seller or path.stem.startswith(f"{seller}-")


def test_no_model_stands_twice(shipped: Catalogue) -> None:
    """A seller sells each id once, so nothing overrides silently."""
    names = [f"{listing.seller}/{listing.id}" for listing in shipped.listings]
    assert len(names) == len(set(names))


def test_every_developer_and_default_is_known(shipped: Catalogue) -> None:
    """Developers that sell an API are written as their seller's id, so a bare name finds them."""
    sellers = {listing.seller for listing in shipped.listings} | {path.stem for path in THIRD_PARTY.glob("*.yaml")}
    developers = {listing.developer for listing in shipped.listings}
    assert developers - sellers == SELL_NOTHING_HERE


def test_the_default_set_is_priced_in_full_at_home(shipped: Catalogue) -> None:
    """Each model of the default set is its developer's own, at a place of its own."""
    featured = [listing for listing in shipped.listings if listing.featured]
    assert len(featured) >= 10
    assert all(listing.seller == listing.developer and listing.home for listing in featured)


def test_the_templates_of_the_guide_are_sound(tmp_path: Path) -> None:
    """Every sheet shown in pricing/README.md passes validation, and the short one prices a request as it says."""
    text = (PRICING / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert blocks
    for number, block in enumerate(blocks):
        path = tmp_path / f"template-{number}.yaml"
        path.write_text(block, encoding="utf-8")
        read_sheets([(path, path.name)])
        validator().validate(plain(path))
    catalogue = load_prices([tmp_path / "template-0.yaml"], builtin=False).catalogue
    assert catalogue.find("example-small").name == "example-ai/example-small@global"


def test_the_digest_sees_digits_and_not_comments(tmp_path: Path) -> None:
    """Comments and the order of keys never change the digest of prices; one digit always does."""
    lines = (PRICING / "api" / "meta.yaml").read_text(encoding="utf-8")
    swapped = lines.replace("    developer: meta\n", "").replace("    prices:\n", "    developer: meta\n    prices:\n")
    digests = []
    for number, text in enumerate([lines, lines + "# a comment\n", swapped, lines.replace("4.25", "4.26")]):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        digests.append(compile_sheets([(path, "sheet")]).digest)
    assert digests[0] == digests[1] == digests[2]
    assert digests[0] != digests[3]


def test_the_built_in_sheets_are_those_of_the_checkout() -> None:
    """Tests run on the sheets of this repository."""
    assert builtin_folder() == PRICING
    assert parse_yaml(b"kind: api\n", "x").root is not None


def test_what_is_featured_was_seen_within_sixty_days(shipped: Catalogue) -> None:
    """Offers that are shown when nobody names one rest on figures of the last two months before this release."""
    released = date(2026, 11, 29)
    for offer in shipped.featured():
        seen = offer.history.on(PricingDay(released)).version.checked_on
        assert seen is not None
        assert (released - seen).days <= 60, f"{offer.name}: {seen}"


def test_names_as_they_stand_in_code_and_logs_are_understood(shipped: Catalogue) -> None:
    """At least 95 of 100 names, as other tools and vendors write them, lead to the offer that they mean."""
    with (Path(__file__).parent / "model_ids.csv").open(encoding="utf-8", newline="") as stream:
        pairs = [(row["id"], row["offer"]) for row in csv.DictReader(stream)]
    missed = [name for name, offer in pairs if shipped.understand(name).offer.name.partition("@")[0] != offer]
    assert len(missed) <= len(pairs) * 5 / 100, missed
