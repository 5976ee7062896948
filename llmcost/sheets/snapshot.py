"""The compiled form of sheets: checked once, then loaded in milliseconds without yaml or pydantic.

A wheel carries a snapshot made when it was built; see ``cache`` for a checkout and a user's own sheets. Its first line
is an index that says where each document lies behind it, so that only the prices that are asked for are ever decoded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.core.offers.offer import Listing, Offer, TokenRules
from llmcost.core.offers.resolution import NameOf
from llmcost.core.pricing.evidence import PAGE, SECOND_HAND, grade_of
from llmcost.core.values.money import ExchangeRates
from llmcost.core.workload.tasks import CHAT
from llmcost.errors import LlmcostError
from llmcost.sheets.api.build import build_offers, places_of
from llmcost.sheets.evidence import evidence_of
from llmcost.sheets.fx.build import build_exchange_rates

if TYPE_CHECKING:
    from llmcost.core.analysis.drift import Explanation
    from llmcost.core.offers.self_hosting.hosts import SelfHosting

TokenRulesOf = Callable[[str], TokenRules]

BUILTIN = "builtin"
"""The name of the sheets that came with the program."""
SNAPSHOT_NAME = "snapshot.json"
NAMES = ("id", "model", "developer", "aliases", "featured", "task")
"""What of a model is known before its prices are decoded."""
SELF_HOSTING = ("accelerators", "compute", "open_weights", "measurements")
"""The kinds of sheets behind self-hosted offers."""


class Snapshot(NamedTuple):
    """Sheets as they are loaded: ``contents`` says what there is, and where in ``documents`` its JSON lies.

    ``digest`` identifies what the sheets say; ``newest_check`` is the latest day of any price, empty without one.
    """

    digest: str
    newest_check: str
    contents: dict[str, Any]
    documents: bytes

    def document(self, where: Sequence[int]) -> Any:
        """One document, decoded: its first byte and the one after its last are in the contents."""
        first, end = where
        return json.loads(self.documents[first:end])


def compile_sheets(paths: Iterable[tuple[Path, str]]) -> Snapshot:
    """Read, check and compile sheets. Raises FileProblems."""
    from llmcost.sheets.read import read_sheets

    with _without_collection():
        sheets = read_sheets(paths)
    return snapshot_of(sheets)


def snapshot_of(sheets: Sequence[Mapping[str, Any]]) -> Snapshot:
    """Sheets that were found sound, compiled."""
    import hashlib

    canonical = "\n".join(
        sorted(json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for each in sheets)
    )
    documents = bytearray()

    def keep(document: Any) -> list[int]:
        first = len(documents)
        documents.extend(_json(document))
        return [first, len(documents)]

    sellers = []
    newest = ""
    for sheet in sheets:
        if sheet["kind"] != "api":
            continue
        header = {key: value for key, value in sheet.items() if key != "models"}
        models = []
        for model in sheet["models"]:
            newest = max([newest, *(entry["checked_on"] for entry in model["prices"])])
            names = {key: model[key] for key in NAMES if key in model}
            names["places"] = list(dict.fromkeys(place for each in model["prices"] for place in places_of(each, sheet)))
            agreed = _agreed(model, sheet)
            models.append({**names, **({"agreed": agreed} if agreed != names["places"] else {}), "data": keep(model)})
        sellers.append({"sheet": header, "models": models})
    contents = {
        "sellers": sellers,
        "fx": [keep(sheet) for sheet in sheets if sheet["kind"] == "fx"],
        "explanations": [keep(sheet) for sheet in sheets if sheet["kind"] == "explanations"],
        "names": [keep(sheet) for sheet in sheets if sheet["kind"] == "names"],
        "tokens": [keep(sheet) for sheet in sheets if sheet["kind"] == "tokens"],
        "self_hosting": keep([sheet for sheet in sheets if sheet["kind"] in SELF_HOSTING]),
    }
    digest = "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
    return Snapshot(digest, newest, contents, bytes(documents))


def _agreed(model: Mapping[str, Any], sheet: Mapping[str, Any]) -> list[str]:
    """The places of a model at which no price rests on one third party alone."""
    places: dict[str, bool] = {}
    for entry in model["prices"]:
        grade = grade_of(evidence_of(entry) or PAGE, entry.get("witnesses") or ())
        for place in places_of(entry, sheet):
            places[place] = places.get(place, True) and grade not in SECOND_HAND
    return [place for place, agreed in places.items() if agreed]


@contextmanager
def _without_collection() -> Iterator[None]:
    """Leave the collector off while sheets are read.

    Reading makes some hundred thousand objects that stay until the end and hold no cycles; the collector would look at
    all of them again and again, for a fifth of the time.
    """
    import gc

    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def content_of(snapshot: Snapshot) -> bytes:
    """A snapshot as the content of a file, which ``parse_snapshot`` reads again."""
    head = {"digest": snapshot.digest, "newest_check": snapshot.newest_check, "contents": snapshot.contents}
    return _json(head) + b"\n" + snapshot.documents


def parse_snapshot(content: bytes) -> Snapshot:
    """The snapshot that a file holds. Raises LlmcostError for a content that is none."""
    with _sound():
        head, _, documents = content.partition(b"\n")
        return Snapshot(**json.loads(head), documents=documents)


@contextmanager
def _sound() -> Iterator[None]:
    """What a snapshot that was changed leads to, wherever it is met, as one error that says so."""
    try:
        yield
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError, LlmcostError):
        remedy = "remove llmcost's folder in the user's cache, or install llmcost again"
        raise LlmcostError("the compiled price sheets are damaged", remedy) from None


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def snapshot_listings(snapshot: Snapshot, rules: TokenRulesOf) -> list[Listing]:
    """The listings of a snapshot; a model's prices are decoded when they are first asked for."""
    with _sound():
        return [
            _listing(snapshot, seller["sheet"], model, rules)
            for seller in snapshot.contents["sellers"]
            for model in seller["models"]
        ]


def snapshot_rates(snapshot: Snapshot) -> list[ExchangeRates]:
    """The exchange rates of a snapshot, sheet by sheet."""
    with _sound():
        return [build_exchange_rates(snapshot.document(each)) for each in snapshot.contents["fx"]]


def snapshot_explanations(snapshot: Snapshot) -> list[Explanation]:
    """The explanations of a snapshot, figure by figure."""
    from llmcost.sheets.explanations.build import build_explanations

    with _sound():
        return list(build_explanations(snapshot.document(each) for each in snapshot.contents["explanations"]))


def snapshot_names(snapshot: Snapshot) -> dict[str, NameOf]:
    """The names that a snapshot gives to offers."""
    with _sound():
        sheets = [snapshot.document(each) for each in snapshot.contents["names"]]
        offers = [offer for sheet in sheets for offer in sheet["offers"]]
        return {
            name: NameOf(each["seller"], each["id"], each.get("place")) for each in offers for name in each["names"]
        }


def snapshot_rules(snapshots: Sequence[Snapshot]) -> TokenRulesOf:
    """The token rules by model key of several snapshots, decoded when they are first asked for."""
    made: list[TokenRulesOf] = []

    def rules(model: str) -> TokenRules:
        if not made:
            from llmcost.sheets.tokens.build import build_token_rules

            with _sound():
                sheets = [each.document(where) for each in snapshots for where in each.contents["tokens"]]
                made.append(build_token_rules(sheets))
        return made[0](model)

    return rules


def snapshot_self_hosting(layers: Sequence[tuple[str, Snapshot]], rules: TokenRulesOf) -> Callable[[], SelfHosting]:
    """What open weights can be run on by several snapshots with their names, decoded when it is first asked for."""
    made: list[SelfHosting] = []

    def load() -> SelfHosting:
        if not made:
            from llmcost.sheets.self_hosting.build import build_self_hosting

            with _sound():
                read = [(name != BUILTIN, each.document(each.contents["self_hosting"])) for name, each in layers]
            made.append(build_self_hosting(read, rules))
        return made[0]

    return load


def _listing(snapshot: Snapshot, sheet: Mapping[str, Any], model: Mapping[str, Any], rules: TokenRulesOf) -> Listing:
    offers: dict[str, Offer] = {}
    key = model.get("model", model["id"])

    def load() -> Mapping[str, Offer]:
        if not offers:
            with _sound():
                offers.update(build_offers(sheet, snapshot.document(model["data"]), lambda: rules(key)))
        return offers

    return Listing(
        seller=sheet["seller"],
        id=model["id"],
        model=key,
        developer=model.get("developer"),
        aliases=tuple(model.get("aliases", ())),
        places=tuple(model["places"]),
        default_place=sheet["default_place"],
        featured=model.get("featured") == "true",
        task=model.get("task", CHAT),
        agreed=tuple(model.get("agreed", model["places"])),
        load=load,
    )


def write_whole(file: Path, content: bytes) -> None:
    """Write a file that only this user can read and write, as a whole or not at all. Raises OSError."""
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".snapshot-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
