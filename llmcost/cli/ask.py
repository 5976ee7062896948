"""From options to values: the day, the prices, the workload and the offers that are meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import NamedTuple

from llmcost.cli.options import PriceOptions, SelectionOptions, WorkloadOptions
from llmcost.core.catalogue import Catalogue, Offer
from llmcost.core.conditions import USUAL_TERMS
from llmcost.core.dates import PricingDay, parse_pricing_day
from llmcost.core.numerals import parse_whole
from llmcost.core.usage import MEDIA
from llmcost.core.workload import Workload
from llmcost.errors import LlmcostError, NumberError, OfferError
from llmcost.sheets.load import Prices, load_prices
from llmcost.workloads.describe import build_group, parse_requests

DEFAULT_SET = "Default set: widely used chat models, each from its developer; see --all and -m."


class Selection(NamedTuple):
    """The offers that are meant.

    ``named`` holds the full ids that were asked for one by one; ``said`` how names were understood;
    ``label`` what the set is when the program chose it.
    """

    offers: list[Offer]
    named: list[str]
    said: list[str]
    label: str | None


def ask_prices(options: PriceOptions) -> Prices:
    """The price sheets that are asked for."""
    if options.no_builtin_prices and not options.prices:
        raise LlmcostError("--no-builtin-prices leaves no prices at all", "name your own sheets with --prices")
    return load_prices(options.prices, not options.no_builtin_prices)


def ask_day(options: PriceOptions) -> PricingDay:
    """The day of the prices; the one place where the clock is read."""
    if options.on:
        try:
            return parse_pricing_day(options.on)
        except NumberError as error:
            where = "LLMCOST_ON" if options.on == os.environ.get("LLMCOST_ON") else "--on"
            raise LlmcostError(f"{where}: {error.message}", error.remedy) from None
    return PricingDay(datetime.now(timezone.utc).date())


def ask_workload(options: WorkloadOptions, file: str | None = None, single: bool = False) -> tuple[Workload, list[str]]:
    """The workload and what is to be said about it; ``single`` asks for one request."""
    values = _values(options)
    settings = dict(_setting(text) for text in options.option)
    if file is not None:
        if settings:
            raise LlmcostError("--option does not go with a workload file", "write `options:` in its classes")
        from llmcost.workloads.file import read_workload  # imported late: only files need yaml

        stdin = sys.stdin.buffer.read() if file == "-" else None
        workload = read_workload(file, stdin, values)
        said = [f"{_flag(key)} {value} overrides the workload file" for key, value in values.items()]
        return workload, said
    if not values.keys() - {"requests", "batch", "mode", "cache"}:
        remedy = "give at least --input and --output, such as --input 2000 --output 500, or a workload file"
        raise LlmcostError("nothing says what a request holds", remedy)
    if "requests" not in values and not single:
        raise LlmcostError("nothing says how many requests a month", "give --requests, such as --requests 1M")
    try:
        requests = parse_requests(values.get("requests", "1"))
    except NumberError as error:
        raise LlmcostError(f"--requests: {error.message}", error.remedy) from None
    terms = {"batch": values.pop("batch")} if "batch" in values else {}
    group = build_group(values, _flag_fault, requests=requests, terms=terms, options=settings)
    return Workload((group,), "request" if single else "workload"), []


def ask_offers(catalogue: Catalogue, options: SelectionOptions) -> Selection:
    """The offers that -m, --all and the filters mean; without any, the default set."""
    offers: dict[str, Offer] = {}
    named: list[str] = []
    said: list[str] = []
    label = None
    for selector in options.model:
        if "*" in selector or "?" in selector:
            found = catalogue.match(selector)
        else:
            one, how = catalogue.look_up(selector)
            found = [one]
            named.append(one.name)
            said += [how] if how else []
        offers.update((offer.name, offer) for offer in found)
    if options.all:
        offers = {offer.name: offer for offer in catalogue.offers()} | offers
    elif not options.model:
        filtered = bool(options.seller or options.place or options.modality or options.min_context)
        chosen = list(catalogue.offers()) if filtered else catalogue.featured()
        label = None if filtered else DEFAULT_SET
        if not chosen:
            chosen, label = list(catalogue.offers()), None
        offers = {offer.name: offer for offer in chosen}
    kept = [offer for offer in offers.values() if _fits(offer, options)]
    if not kept:
        raise OfferError("no offer is left after the filters", "loosen --seller, --place, --min-context or --modality")
    return Selection(kept, [name for name in named if any(offer.name == name for offer in kept)], said, label)


def ask_baseline(catalogue: Catalogue, selector: str | None, selection: Selection) -> str | None:
    """The full id of the offer the others are set against; None when the cheapest is to be it."""
    if selector is None:
        return selection.named[0] if selection.named else None
    try:
        name = catalogue.find(selector).name
    except OfferError as error:
        raise OfferError(f"--baseline: {error.message}", error.remedy) from None
    if name not in {offer.name for offer in selection.offers}:
        raise OfferError(f"the baseline {name} is not among the offers compared", f"add -m {name}")
    return name


def ask_rows(text: str | None) -> int | None:
    """How many rows are wanted; None for all."""
    return _whole("--top", text, 1)


def check_workload(workload: Workload, offers: list[Offer]) -> None:
    """Raise LlmcostError when the workload names an option or terms that none of the offers knows: a slip, surely."""
    options = {name for offer in offers for name, _ in offer.default_options}
    terms = {*USUAL_TERMS} | {term for offer in offers for term in offer.history.terms()}
    for group in workload.groups:
        for what, given, known in (
            ("option", [name for name, _ in group.options], options),
            ("terms", list(group.terms), terms),
        ):
            for name in given:
                if name not in known:
                    listed = f"known here: {', '.join(sorted(known))}" if known else "none of them has options"
                    raise LlmcostError(f'none of the offers knows the {what} "{name}"', listed)


def check_known(catalogue: Catalogue, options: SelectionOptions) -> None:
    """Raise OfferError for a filter that names a seller, place or modality there is not."""
    for flag, given, known in (
        ("--seller", options.seller, {listing.seller for listing in catalogue.listings}),
        ("--place", options.place, {place for listing in catalogue.listings for place in listing.places}),
        ("--modality", options.modality, {"text", *MEDIA}),
    ):
        for value in given:
            if value not in known:
                raise OfferError(f'{flag}: "{value}" is not known', f"known: {', '.join(sorted(known))}")


def _fits(offer: Offer, options: SelectionOptions) -> bool:
    least = _whole("--min-context", options.min_context)
    return (
        (not options.seller or offer.seller in options.seller)
        and (not options.place or offer.place in options.place)
        and (least is None or (offer.context_window or 0) >= least)
        and all(kind == "text" or kind in (offer.input_kinds or ()) for kind in options.modality)
    )


def _whole(flag: str, text: str | None, least: int = 0) -> int | None:
    if text is None:
        return None
    try:
        number = parse_whole(text)
    except NumberError as error:
        raise LlmcostError(f"{flag}: {error.message}", error.remedy) from None
    if number < least:
        raise LlmcostError(f"{flag}: {text} is too few", f"write {least} or more, or leave the flag out")
    return number


def _values(options: WorkloadOptions) -> dict[str, str]:
    given = {
        "requests": options.requests,
        "input_tokens": options.input,
        "output_tokens": options.output,
        "cache_read": options.cache_read,
        "cache_write": options.cache_write,
        "cache_write_1h": options.cache_write_1h,
        "reasoning": options.reasoning,
        "audio_in": options.audio_in,
        "audio_out": options.audio_out,
        "image_in": options.image_in,
        "video_in": options.video_in,
        "web_searches": options.web_searches,
        "batch": options.batch,
        "cache": options.cache,
        "mode": {True: "thinking", False: "non-thinking", None: None}[options.thinking],
    }
    return {key: value for key, value in given.items() if value is not None}


def _flag(key: str) -> str:
    return {"input_tokens": "--input", "output_tokens": "--output", "terms.batch": "--batch", "mode": "--thinking"}.get(
        key, f"--{key.replace('_', '-')}"
    )


def _flag_fault(key: str, error: NumberError) -> LlmcostError:
    remedy = error.remedy
    if key == "output_tokens":
        remedy = f"{remedy}; to write to a file, use -o FILE"
    return LlmcostError(f"{_flag(key)}: {error.message}", remedy)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise LlmcostError(f'--option: "{text}" is not a setting', "write it like search_context=high")
    return name, value


def together(notes: Iterable[tuple[str, str]]) -> list[str]:
    """Notes on offers, each said once with the offers it is about."""
    about: dict[str, list[str]] = {}
    for offer, note in notes:
        about.setdefault(note, []).append(offer)
    lines = []
    for note, offers in about.items():
        shown = ", ".join(offers[:3]) + (f" and {len(offers) - 3} more" if len(offers) > 3 else "")
        lines.append(f"{shown}: {note}")
    return lines
