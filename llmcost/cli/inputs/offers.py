"""From options to values: the day, the prices, the workload and the offers that are meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from llmcost.api.context import RunContext
from llmcost.cli.inputs.names import named_offers
from llmcost.cli.inputs.workload import holds_nothing
from llmcost.cli.options import SelectionOptions
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import CACHE_KINDS, NO_CACHE, Offer, mix
from llmcost.core.pricing.conditions import USUAL_TERMS
from llmcost.core.quotes.notes import Note
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.meters import MEDIA
from llmcost.core.values.numerals import parse_whole
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.tasks import CHAT, TASKS
from llmcost.errors import LlmcostError, OfferError, at_flag

MOST_MONTHS = 120
EVERY = "all"
"""Any terms, or any kind of cache."""
DEFAULT_SET = "Default set: widely used chat models, each from its developer; see --all and -m."


class Selection(NamedTuple):
    """The offers that are meant.

    ``named`` holds the full ids that were asked for one by one; ``notes`` say how names were understood;
    ``label`` what the set is when the program chose it.
    """

    offers: list[Offer]
    named: list[str]
    notes: list[Note]
    label: str | None


def ask_offers(
    catalogue: Catalogue,
    options: SelectionOptions,
    on: PricingDay,
    tasks: frozenset[str] | None = None,
    *,
    exactly: bool = False,
) -> Selection:
    """The offers that -m, --all and the filters mean; without any, the default set.

    ``exactly``: names are ids and declared aliases, and nothing is guessed. Of those that are not named one by one only
    such are taken as are made for one of ``tasks``; None: for any.
    """
    elsewhere = not options.model and tasks is not None and CHAT not in tasks
    narrow = elsewhere and not options.third_party
    catalogue = catalogue.with_agreed() if narrow else meant_catalogue(catalogue, options)
    offers, named, notes = named_offers(catalogue, options.model, on, exactly=exactly)
    label = None
    if options.all or (options.third_party and not options.model):
        offers = {offer.name: offer for offer in catalogue.offers()} | offers
    elif not options.model:
        chosen = [] if options.filtered or elsewhere else catalogue.featured()
        label = DEFAULT_SET if chosen else None
        offers = {offer.name: offer for offer in chosen or catalogue.offers()}
    wanted = frozenset(options.task) or tasks
    fitting = [offer for offer in offers.values() if _fits(offer, options, on)]
    kept = {offer.name: offer for offer in fitting if wanted is None or offer.task in wanted or offer.name in named}
    others = [offer for offer in fitting if offer.name not in kept]
    if options.terms:
        sold = {term for offer in kept.values() for term in offer.history.terms()}
        _words("--terms", options.terms, {*USUAL_TERMS, *sold, EVERY}, _same_word)
        kept = {each.name: each for offer in kept.values() for each in _on_terms(offer, options.terms, on)}
    if options.caching:
        _words("--caching", options.caching, {*CACHE_KINDS, NO_CACHE, EVERY}, _same_word)
        kept = {each.name: each for offer in kept.values() for each in _by_caching(offer, options.caching)}
    if others and not kept and not options.task and not elsewhere:
        raise OfferError("all offers that are meant are made for other work", _other_tasks(others))
    if not kept and wanted and wanted.isdisjoint(offer.task for offer in offers.values()):
        kinds = " or ".join(sorted(wanted))
        raise OfferError(f"no offer here is made for {kinds}", "see `llmcost models --third-party --task KIND`")
    if not kept:
        raise OfferError(
            "no offer is left after the filters", "loosen --seller, --place, --min-context, --modality or --task"
        )
    if label is None and others and not options.task and not elsewhere:
        notes.append(Note("other-work", _other_tasks(others)))
    return Selection(list(kept.values()), [name for name in named if name in kept], notes, label)


def _on_terms(offer: Offer, terms: Sequence[str], on: PricingDay) -> list[Offer]:
    """The offer, and the same on other terms that are wanted, where it is sold on them that day; ``all``: on any."""
    known = offer.history.on(on).terms() if offer.history.versions and offer.history.sold(on) else ()
    others = [each for each in known if each != offer.terms and (EVERY in terms or each in terms)]
    return [offer, *(offer.on_terms(each) for each in others)]


def _by_caching(offer: Offer, kinds: Sequence[str]) -> list[Offer]:
    """The offer by each kind of cache that is wanted and that it has; as it is where it has none of them."""
    known = [*dict.fromkeys(policy.kind for policy in offer.cache), NO_CACHE] if offer.cache else []
    return [offer.with_caching(kind) for kind in known if EVERY in kinds or kind in kinds] or [offer]


def meant_catalogue(catalogue: Catalogue, options: SelectionOptions) -> Catalogue:
    """The catalogue, with what only third parties state where that is asked for, or a seller that only they know.

    Where every offer is meant, those of them count of whose price there are two independent sources.
    """
    known = {listing.seller for listing in catalogue.listings}
    if options.third_party or not known.issuperset(options.seller):
        return catalogue.with_third_party()
    return catalogue.with_agreed() if options.all or (options.filtered and not options.model) else catalogue


def _other_tasks(offers: list[Offer]) -> str:
    """What is said of offers that are made for other work than what is asked about."""
    counts = Counter(offer.task for offer in offers)
    kinds = ", ".join(f"{number} for {task}" for task, number in sorted(counts.items()))
    return f"left out, as made for other work: {kinds}; --task or -m names them"


def ask_mix(workload: Workload, options: SelectionOptions) -> Selection:
    """The one row of a workload whose classes are all fixed to offers of their own."""
    if options.asked:
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


def ask_selection(run: RunContext, choice: SelectionOptions, workload: Workload, *, exactly: bool = False) -> Selection:
    """The offers that are meant for a workload, see ``ask_offers``, with what self-hosted ones leave open settled."""
    if workload.free.groups:
        selection = ask_offers(run.catalogue, choice, run.day, workload.tasks, exactly=exactly)
    else:
        selection = ask_mix(workload, choice)
    check_workload(workload, selection.offers)
    return _pin_selection(selection, workload, run.day)


def _pin_selection(selection: Selection, workload: Workload, day: PricingDay) -> Selection:
    """The selection with what self-hosted offers leave open settled, and what was chosen said."""
    if not any(offer.deployment for offer in selection.offers):
        return selection
    from llmcost.cost_models import pin

    made = {offer.name: pin(offer, workload.free, day) for offer in selection.offers}
    notes = [Note("name", f"{name} is taken as {offer.name}") for name, offer in made.items() if name != offer.name]
    offers = {offer.name: offer for offer in made.values()}
    named = [made[name].name for name in selection.named]
    return Selection(list(offers.values()), named, [*selection.notes, *notes], selection.label)


def ask_baseline(run: RunContext, selector: str | None, selection: Selection, workload: Workload) -> str | None:
    """The full id of the offer the others are set against; None when the cheapest is to be it."""
    if selector is None:
        return selection.named[0] if selection.named else None
    from llmcost.cost_models import pin

    with at_flag("--baseline", OfferError):
        offer = run.catalogue.understand(selector).offer
    made = pin(offer, workload.free, run.day)
    if made.name not in {each.name for each in selection.offers}:
        raise OfferError(f"the baseline {offer.name} is not among the offers compared", f"add -m {offer.name}")
    return made.name


def ask_rows(text: str | None) -> int | None:
    """How many rows are wanted; None for all."""
    return _whole("--top", text, 1)


def check_workload(workload: Workload, offers: list[Offer]) -> None:
    """Raise LlmcostError when the workload holds nothing that the offers bill, or names what none of them knows.

    An option or terms that none knows are a slip, surely.
    """
    offers = [*offers, *workload.fixed]
    if not any(group.holds_something for group in workload.groups) and not all(map(_bills_requests, offers)):
        raise holds_nothing()
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


def _bills_requests(offer: Offer) -> bool:
    """Whether a request as such has a price at an offer, or the hours of a server do."""
    written = (
        version.base.keys() | {m for v in version.variants for m in v.rates} for version in offer.history.versions
    )
    return offer.deployment is not None or any("requests" in meters for meters in written)


def ask_filters(catalogue: Catalogue, options: SelectionOptions) -> SelectionOptions:
    """The options with each seller and place as the sheets write it.

    Raises OfferError for a filter that names a seller, place, modality or task there is not.
    """
    if not options.filtered:
        return options
    from llmcost.core.offers.spellings import place_meant, seller_meant

    catalogue = meant_catalogue(catalogue, options)
    sellers = {listing.seller for listing in catalogue.listings}
    if any(seller_meant(word, sellers) is None for word in options.seller):
        sellers = {listing.seller for listing in catalogue.widest.listings}
    places = {place for listing in catalogue.listings for place in listing.places}
    return replace(
        options,
        seller=_words("--seller", options.seller, sellers, seller_meant),
        place=_words("--place", options.place, places, place_meant),
        modality=_words("--modality", options.modality, {"text", *MEDIA}, _same_word),
        task=_words("--task", options.task, set(TASKS), _same_word),
    )


def _words(flag: str, given: Sequence[str], known: set[str], meant: Callable[[str, set[str]], str | None]) -> list[str]:
    """Each word as it is known. Raises OfferError for one that is not."""
    from difflib import get_close_matches

    found = []
    for word in given:
        read = meant(word, known)
        if read is None:
            close = get_close_matches(word.lower(), sorted(known), n=3, cutoff=0.6)
            remedy = f"did you mean: {', '.join(close)}?" if close else f"known: {', '.join(sorted(known))}"
            raise OfferError(f'{flag}: "{word}" is not known', remedy)
        found.append(read)
    return found


def _same_word(word: str, known: Collection[str]) -> str | None:
    return word.lower() if word.lower() in known else None


def _fits(offer: Offer, options: SelectionOptions, on: PricingDay) -> bool:
    least = _whole("--min-context", options.min_context)
    return (
        (not options.seller or offer.seller in options.seller)
        and (not options.place or offer.place in options.place)
        and (least is None or (offer.window_on(on) or 0) >= least)
        and all(kind == "text" or kind in (offer.input_kinds or ()) for kind in options.modality)
    )


def _whole(flag: str, text: str | None, least: int = 0) -> int | None:
    if text is None:
        return None
    with at_flag(flag):
        number = parse_whole(text)
    if number < least:
        raise LlmcostError(f"{flag}: {text} is too few", f"write {least} or more, or leave the flag out")
    return number
