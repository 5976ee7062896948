"""From options to values: the day, the prices, the workload and the offers that are meant."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.budgets.config import find_config, read_config
from llmcost.cli.options import PriceOptions, SelectionOptions, WorkloadOptions
from llmcost.core.catalogue import Catalogue, Offer, mix
from llmcost.core.conditions import USUAL_TERMS
from llmcost.core.dates import PricingDay, parse_pricing_day
from llmcost.core.numerals import parse_whole
from llmcost.core.usage import MEDIA
from llmcost.core.workload import Workload
from llmcost.errors import LlmcostError, NumberError, OfferError
from llmcost.fields import Fields
from llmcost.sheets.load import Prices, builtin_folder, load_prices
from llmcost.workloads.describe import build_group, parse_requests

if TYPE_CHECKING:
    from llmcost.core.adjust import Adjustment
    from llmcost.core.text import Text

MOST_MONTHS = 120
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


class Settled(NamedTuple):
    """What the project's config adds to a command line, and the sentences that say so."""

    workload: str | None
    currency: str | None
    said: list[str]


def ask_config(work: WorkloadOptions, choice: SelectionOptions, source: PriceOptions, workload: str | None) -> Settled:
    """Fill in from the project's config what nothing on the command line says; models and prices in their options."""
    path = find_config(Path.cwd())
    if path is None:
        return Settled(None, None, [])
    config = read_config(path)
    taken = []
    asked = workload is not None or work.text is not None or bool(workload_values(work).keys() - {"requests"})
    own = None if asked else config.workload
    taken += [f"workload {own}"] if own is not None else []
    filtered = choice.all or choice.seller or choice.place or choice.modality or choice.min_context
    if config.models and not choice.model and not filtered:
        choice.model = list(config.models)
        taken.append(f"models {', '.join(config.models)}")
    if config.prices:
        source.prices = [*config.prices, *source.prices]
        taken.append(f"prices {', '.join(config.prices)}")
    if config.currency is not None:
        taken.append(f"currency {config.currency}")
    return Settled(own, config.currency, [f"{path}: {'; '.join(taken)}"] if taken else [])


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


def ask_workload(
    options: WorkloadOptions, catalogue: Catalogue, given: str | None = None, single: bool = False
) -> tuple[Workload, list[str]]:
    """The workload and what is to be said about it; ``given`` names a file, ``single`` asks for one request."""
    values = workload_values(options)
    source = workload_source(options, catalogue, given, single)
    said = [f"{_flag(key)} {value} overrides the workload file" for key, value in values.items()] if given else []
    return source({}), said


Source = Callable[[Mapping[str, str]], Workload]
"""Makes the workload, with some values of its classes replaced."""


def workload_source(
    options: WorkloadOptions, catalogue: Catalogue, given: str | None = None, single: bool = False
) -> Source:
    """A way to make the workload that is asked for, so that one of its values can be moved."""
    values = workload_values(options)
    settings = dict(_setting(text) for text in options.option)
    if given is not None:
        if settings:
            raise LlmcostError("--option does not go with a workload file", "write `options:` in its classes")
        if options.text is not None:
            raise LlmcostError("--text does not go with a workload file", "write `input_text:` in its classes")
        return _file_source(given, values, catalogue)
    if not values.keys() - {"requests", "batch", "mode", "cache", "cache_hit_rate"} and options.text is None:
        remedy = "give at least --input and --output, such as --input 2000 --output 500, or a workload file"
        raise LlmcostError("nothing says what a request holds", remedy)
    if options.language is not None and options.text is None:
        raise LlmcostError("--language says nothing without a text", "give the text's file with --text")
    if "requests" not in values and not single:
        raise LlmcostError("nothing says how many requests a month", "give --requests, such as --requests 1M")
    text = _text(options, catalogue) if options.text is not None else None

    def made(changed: Mapping[str, str]) -> Workload:
        now: dict[str, Any] = {**values, **changed}
        try:
            requests = parse_requests(now.pop("requests", "1"))
        except NumberError as error:
            raise LlmcostError(f"--requests: {error.message}", error.remedy) from None
        terms = {"batch": now.pop("batch")} if "batch" in now else {}
        group = build_group(Fields(now, _flag_fault), requests=requests, terms=terms, options=settings)
        if text is not None:
            from llmcost.core.content import Content  # imported late: only a text needs it

            group = replace(group, content=replace(group.content or Content(), input_text=text))
        return Workload((group,), "request" if single else "workload")

    return made


def _file_source(given: str, values: Mapping[str, Any], catalogue: Catalogue) -> Source:
    from llmcost.workloads.file import read_document, workload_of  # imported late: only files need yaml
    from llmcost.workloads.ready import workload_path

    path = workload_path(given, builtin_folder())
    stdin = sys.stdin.buffer.read() if path == "-" else None

    def made(changed: Mapping[str, str]) -> Workload:
        return workload_of(read_document(path, stdin), {**values, **changed}, catalogue.find)

    return made


def _text(options: WorkloadOptions, catalogue: Catalogue) -> Text:
    from llmcost.workloads.text import read_text_file  # imported late: only a text needs it

    rules = (listing.load()[listing.places[0]].token_rules() for listing in catalogue.listings)
    tokenizers = {rule.tokenizer.id: rule.tokenizer for rule in rules if rule.tokenizer is not None}
    return read_text_file(str(options.text), options.language, tokenizers.values())


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


def ask_mix(workload: Workload, options: SelectionOptions) -> Selection:
    """The one row of a workload whose classes are all fixed to offers of their own."""
    if options.model or options.all or options.seller or options.place or options.modality or options.min_context:
        raise LlmcostError(
            "every class of this workload is fixed to an offer, so there is nothing to choose",
            "leave out -m, --all and the filters, or `offer:` in a class",
        )
    total = mix(workload.name)
    return Selection([total], [total.name], [], None)


def ask_months(text: str | None) -> int:
    """Over how many months the cost is added up."""
    months = _whole("--months", text, 1) or 1
    if months > MOST_MONTHS:
        raise LlmcostError(f"--months: {text} is too far", f"write at most {MOST_MONTHS}")
    return months


def ask_adjustments(texts: list[str], offers: list[Offer], workload: Workload) -> list[Adjustment]:
    """The supposed price changes. Raises LlmcostError for one that is no change or that concerns no offer here."""
    if not texts:
        return []
    from llmcost.core.adjust import parse_adjustment  # imported late: only a what-if needs it

    found = []
    for text in texts:
        try:
            found.append(parse_adjustment(text))
        except LlmcostError as error:
            raise LlmcostError(f"--adjust: {error.message}", error.remedy) from None
        if not any(found[-1].concerns(offer) for offer in (*offers, *workload.fixed)):
            remedy = "name a seller, kind, model, place or terms of an offer that is compared"
            raise LlmcostError(f'--adjust: "{text}" concerns none of the offers', remedy)
    return found


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
    offers = [*offers, *workload.fixed]
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


def workload_values(options: WorkloadOptions) -> dict[str, Any]:
    """The values of a class that flags give, by the keys of a workload file."""
    given: dict[str, Any] = {
        "requests": options.requests,
        "input_tokens": _sizes(options.input),
        "output_tokens": _sizes(options.output),
        "cache_read": options.cache_read,
        "cache_write": options.cache_write,
        "cache_write_1h": options.cache_write_1h,
        "reasoning": options.reasoning,
        "audio_in": options.audio_in,
        "audio_out": options.audio_out,
        "image_in": options.image_in,
        "video_in": options.video_in,
        "web_searches": options.web_searches,
        "images": options.images,
        "image_size": options.image_size,
        "audio_seconds": options.audio_seconds,
        "audio_out_seconds": options.audio_out_seconds,
        "video": _video(options),
        "cache_hit_rate": options.cache_hit_rate,
        "batch": options.batch,
        "cache": options.cache,
        "mode": {True: "thinking", False: "non-thinking", None: None}[options.thinking],
    }
    return {key: value for key, value in given.items() if value is not None}


def _sizes(text: str | None) -> Any:
    """A size, or sizes that differ, written ``p50=3k,p95=60k``."""
    if text is None or "=" not in text:
        return text
    return dict(part.split("=", 1) for part in text.split(",") if "=" in part)


def _video(options: WorkloadOptions) -> dict[str, str] | None:
    if options.video_seconds is None:
        if options.video_size is not None:
            raise LlmcostError("--video-size says nothing without a video", "give its length with --video-seconds")
        return None
    size = {"size": options.video_size} if options.video_size is not None else {}
    return {"seconds": options.video_seconds, **size}


def _flag(key: str) -> str:
    flags = {
        "input_tokens": "--input",
        "output_tokens": "--output",
        "terms.batch": "--batch",
        "mode": "--thinking",
        "video.seconds": "--video-seconds",
        "video.size": "--video-size",
    }
    first = key.split(".")[0]
    return flags.get(key) or flags.get(first, f"--{first.replace('_', '-')}")


def _flag_fault(key: str, error: LlmcostError, at_key: bool = False) -> LlmcostError:
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
