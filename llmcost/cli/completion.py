"""What the shell may complete: offers, sellers, places, ready-made workloads and the words of some options.

Each function takes what has been typed of a word and returns what it may become; a shell asks at every key, so
anything that goes wrong completes nothing, quietly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from llmcost.errors import LlmcostError

if TYPE_CHECKING:
    from llmcost.core.offers.catalogue import Catalogue


def offers(incomplete: str) -> list[str]:
    """Models and sellers' ids of them; with an @ in the word also their places, as bash breaks a word there."""
    return _begun(incomplete, lambda: _offer_names(_catalogue(), placed="@" in incomplete))


def _offer_names(catalogue: Catalogue, *, placed: bool) -> Iterable[str]:
    if placed:
        return [
            f"{name}@{place}"
            for each in catalogue.listings
            for name in (each.model, f"{each.seller}/{each.id}")
            for place in each.places
        ]
    names = [name for each in catalogue.listings for name in (each.model, f"{each.seller}/{each.id}")]
    return [*names, *self_hosted_names(catalogue)]


def self_hosted(incomplete: str) -> list[str]:
    """Open weights that can be self-hosted; what they run on is for the person to say."""
    return _begun(incomplete, lambda: self_hosted_names(_catalogue()))


def self_hosted_names(catalogue: Catalogue) -> list[str]:
    """The open weights of a catalogue, as an offer begins."""
    return [f"self/{name}" for name in catalogue.self_hosting.models]


def sellers(incomplete: str) -> list[str]:
    """Sellers of APIs."""
    return _begun(incomplete, lambda: [each.seller for each in _catalogue().listings])


def places(incomplete: str) -> list[str]:
    """Places of any seller."""
    return _begun(incomplete, lambda: [place for each in _catalogue().listings for place in each.places])


def workloads(incomplete: str) -> list[str]:
    """Ready-made workloads; where none begins so, the shell offers files."""
    return _begun(incomplete, _ready_made)


def _ready_made() -> list[str]:
    from llmcost.sheets.load import builtin_folder
    from llmcost.workloads.presets import ready_made

    return ready_made(builtin_folder())


def words(incomplete: str) -> list[str]:
    """Ready-made workloads and offers."""
    return sorted([*workloads(incomplete), *offers(incomplete)])


def formats(incomplete: str) -> list[str]:
    """Formats of commands that show offers."""
    from llmcost.reports.registry import COMPARISON_FORMATS

    return _begun(incomplete, lambda: COMPARISON_FORMATS)


def check_formats(incomplete: str) -> list[str]:
    """Formats of a check."""
    from llmcost.reports.registry import CHECK_FORMATS

    return _begun(incomplete, lambda: CHECK_FORMATS)


def sorts(incomplete: str) -> list[str]:
    """What a comparison is sorted by."""
    from llmcost.core.quotes.comparison import SORTS

    return _begun(incomplete, lambda: SORTS)


def schemas(incomplete: str) -> list[str]:
    """What there is a schema of."""
    from llmcost.cli.commands.schema import KINDS

    return _begun(incomplete, lambda: KINDS)


def csv_dialects(incomplete: str) -> list[str]:
    """Dialects of CSV."""
    from llmcost.reports.formats.csv import DIALECTS

    return _begun(incomplete, lambda: DIALECTS)


def _catalogue() -> Catalogue:
    from llmcost.cli.inputs.prices import ask_prices
    from llmcost.cli.inputs.settings import ask_price_paths
    from llmcost.cli.options import PriceOptions

    source = PriceOptions()
    return ask_prices(source, ask_price_paths(source)).catalogue


def _begun(incomplete: str, names: Callable[[], Iterable[str]]) -> list[str]:
    """The names that begin so, each once, in order."""
    try:
        return sorted({name for name in names() if name.startswith(incomplete)})
    except (LlmcostError, OSError):
        return []
