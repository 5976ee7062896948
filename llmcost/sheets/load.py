"""Finding the sheets and making one catalogue of them: the built-in ones, then the user's, the later winning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Listing
from llmcost.core.offers.resolution import ThirdParty
from llmcost.core.values.money import NO_RATES, ExchangeRates
from llmcost.errors import LlmcostError
from llmcost.files.user_folder import user_folder
from llmcost.sheets.cache import cached_snapshot
from llmcost.sheets.snapshot import (
    BUILTIN,
    SNAPSHOT_NAME,
    Snapshot,
    TokenRulesOf,
    parse_snapshot,
    snapshot_explanations,
    snapshot_listings,
    snapshot_names,
    snapshot_rates,
    snapshot_rules,
    snapshot_self_hosting,
)
from llmcost.sheets.store import EXCHANGE_FILE, current_folder, day_of, digest_of

if TYPE_CHECKING:
    from llmcost.core.analysis.drift import Explanation

WORKLOADS = "workloads"
"""The folder beside the built-in sheets that holds ready-made workloads."""
STORE = "prices"
"""The folder in the person's own where `prices update` keeps what it brings."""
UPDATE = "prices update"
"""What the sources of a result name it."""
THIRD_PARTY = "third_party"
"""The folder beside the built-in sheets for what only public tables state, which is read when a name needs it."""
ASIDE = frozenset((WORKLOADS, THIRD_PARTY))
"""Folders inside a folder of sheets that hold no sheets of it."""
MOST_FILES = 20_000
"""Files of a folder of sheets; a larger one was surely not meant, and takes long to look through."""


class Prices(NamedTuple):
    """Everything the sheets say: the offers and the exchange rates; ``snapshots`` are the sources, by name."""

    catalogue: Catalogue
    exchange_rates: ExchangeRates
    snapshots: tuple[tuple[str, Snapshot], ...] = ()

    @property
    def layers(self) -> tuple[tuple[str, str], ...]:
        """The sources with their digests."""
        return tuple((name, digest_of_layer(name, snapshot)) for name, snapshot in self.snapshots)


def load_prices(
    paths: Sequence[str | Path] = (),
    *,
    builtin: bool = True,
    named: Callable[[str], str] = lambda path: path,
    fresh: bool = False,
    make: Callable[..., Catalogue] = Catalogue,
) -> Prices:
    """Load the built-in sheets and those at ``paths`` (files or folders); a later model replaces an earlier one whole.

    ``named`` gives what a path is called among the sources. ``fresh`` takes nothing from the cache. ``make`` is the
    catalogue's class.
    Raises FileProblems for unsound sheets and LlmcostError for a path that holds none.
    """
    layers: list[tuple[str, Snapshot]] = []
    if builtin:
        layers.append((BUILTIN, builtin_snapshot(fresh=fresh)))
    for path in paths:
        name = f"./{path}" if str(path) == BUILTIN else str(path)
        layers.append((name, cached_snapshot(sheet_files(path), fresh=fresh)))
    listings: dict[tuple[str, str], Listing] = {}
    rates = NO_RATES
    rules = snapshot_rules([snapshot for _, snapshot in layers])
    for _, snapshot in layers:
        listings.update(((listing.seller, listing.id), listing) for listing in snapshot_listings(snapshot, rules))
        for found in snapshot_rates(snapshot):
            rates = found
        if snapshot is layers[0][1] and builtin:
            rates = _with_update(rates)
    catalogue = make(
        listings.values(),
        digest=lambda: combined([digest_of_layer(*layer) for layer in layers]),
        sources=(*(name if name == BUILTIN else named(name) for name, _ in layers), *_updates(builtin=builtin)),
        newest_check=max((snapshot.newest_check for _, snapshot in layers), default=""),
        self_hosting=snapshot_self_hosting(layers, rules),
        names={name: meant for _, snapshot in layers for name, meant in snapshot_names(snapshot).items()},
        third_party=cache(lambda: load_third_party(rules)) if builtin else None,
    )
    return Prices(catalogue, rates, tuple(layers))


def load_explanations(paths: Sequence[str | Path] = (), *, builtin: bool = True) -> list[Explanation]:
    """Why public tables have other figures, by the built-in sheets and those at ``paths``.

    Raises FileProblems for unsound sheets and LlmcostError for a path that holds none.
    """
    snapshots = [builtin_snapshot()] if builtin else []
    snapshots += [cached_snapshot(sheet_files(path)) for path in paths]
    return [each for snapshot in snapshots for each in snapshot_explanations(snapshot)]


def builtin_snapshot(*, fresh: bool = False) -> Snapshot:
    """The built-in sheets kept by hand."""
    return _snapshot_of(builtin_folder(), fresh=fresh)


def digest_of_layer(name: str, snapshot: Snapshot) -> str:
    """The digest of one source of prices; of the built-in one it is also that of what third parties state."""
    beside = digest_of(third_party_folder()) if name == BUILTIN else None
    return combined([snapshot.digest, beside]) if beside else snapshot.digest


def _updates(*, builtin: bool) -> tuple[str, ...]:
    """The person's own update, as a source of what is asked for; nothing without one."""
    return (UPDATE,) if builtin and third_party_folder().name != THIRD_PARTY else ()


def _with_update(rates: ExchangeRates) -> ExchangeRates:
    """Exchange rates with those of the person's own update, where it has any. Raises FileProblems."""
    file = third_party_folder() / EXCHANGE_FILE
    if third_party_folder().name == THIRD_PARTY or not file.is_file():
        return rates
    for newer in snapshot_rates(cached_snapshot([(file, str(file))])):
        rates = rates.with_newer(newer)
    return rates


def third_party_folder() -> Path:
    """Where the sheets of what only third parties state lie: the person's own update, else those that came along.

    An update that is older than what came along, with a later release, no longer counts.
    """
    updated, along = current_folder(user_folder() / STORE), builtin_folder() / THIRD_PARTY
    return updated if updated is not None and day_of(updated) >= day_of(along) else along


def load_third_party(rules: TokenRulesOf) -> ThirdParty:
    """What only third parties state; ``rules`` are how models count text and media."""
    folder = third_party_folder()
    if not folder.is_dir():
        return ThirdParty((), {})
    snapshot = _snapshot_of(folder)
    return ThirdParty(tuple(snapshot_listings(snapshot, rules)), snapshot_names(snapshot))


def _snapshot_of(folder: Path, *, fresh: bool = False) -> Snapshot:
    """The sheets of a folder, from the snapshot that was built with the package, else from the checkout."""
    try:
        return parse_snapshot((folder / SNAPSHOT_NAME).read_bytes())
    except FileNotFoundError:
        return cached_snapshot(sheet_files(folder), fresh=fresh)


def builtin_folder() -> Path:
    """Where the built-in sheets lie: in the installed package, or beside it in a checkout.

    Raises LlmcostError when they are not there.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "pricing", package.parent / "pricing"):
        if folder.is_dir():
            return folder
    raise LlmcostError("the built-in price sheets are not installed", "install llmcost again")


def sheet_files(place: str | Path) -> list[tuple[Path, str]]:
    """The sheets at a path, in order of name, with the names to show. Raises LlmcostError when there are none."""
    if place == "":
        raise LlmcostError("a price sheet's path is empty", "name a file or a folder; . is this folder")
    path = Path(place)
    if path.is_dir():
        inside = list(islice(path.rglob("*.*"), MOST_FILES + 1))
        if len(inside) > MOST_FILES:
            raise LlmcostError(f"{path} holds more than {MOST_FILES:,} files", "name the folder of the price sheets")
        found = sorted(
            each
            for each in inside
            if each.suffix.lower() in (".yaml", ".yml") and not ASIDE & {*each.relative_to(path).parts}
        )
        if not found:
            raise LlmcostError(f"{path} holds no price sheets", "name a folder with .yaml files")
        return [(each, str(each)) for each in found]
    if not path.exists():
        raise LlmcostError(f"{path} does not exist", "check the path of these prices, wherever it was named")
    return [(path, str(path))]


def combined(digests: list[str]) -> str:
    """One digest of several, in order; of one that itself."""
    if len(digests) == 1:
        return digests[0]
    import hashlib

    return "sha256:" + hashlib.sha256("\n".join(digests).encode()).hexdigest()
