"""Self-hosted offers by their names: ``self/model[:precision]@[host[:place]/]accelerator[xN][+terms]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from llmcost.core.offers.offer import SELF_HOSTED, CachePolicy, Offer, no_rules
from llmcost.core.offers.self_hosting.hosts import SELF, Deployment, Instance, SelfHosting
from llmcost.core.offers.self_hosting.precisions import parse_precision
from llmcost.core.offers.self_hosting.weight_names import (
    check_precision,
    is_built_alike,
    precision_said,
    usual_precision,
)
from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.pricing.history import PriceHistory
from llmcost.errors import OfferError

FORM = "write it like self/qwen3.6-35b-a3b:fp8@nebius/h100x2+spot; `llmcost models self` lists what can be had"
PREFIX_CACHE = CachePolicy("automatic", keeps_output=True)
"""Engines keep what they have read and written of a conversation."""
_NOTHING = PriceHistory(())


class SelectorParts(NamedTuple):
    """A selector taken apart; None for what it leaves out."""

    model: str
    precision: str | None
    host: str | None
    place: str | None
    accelerator: str
    size: int | None
    terms: str


def find_self_offer(hosting: SelfHosting, selector: str) -> Offer:
    """The offer a selector names; its count and host may be left open for the workload to decide.

    Raises OfferError with what is known.
    """
    parts = _parts(hosting, selector)
    accelerator = hosting.accelerator(parts.accelerator)  # first, as a model may be known by another name
    model = hosting.model(parts.model)
    if parts.precision:
        check_precision(parts.model, parts.precision)
    named = parts.precision or precision_said(parts.model)
    precision = parse_precision(named) if named else usual_precision(model, accelerator)
    if parts.size == 0:
        raise OfferError(f"{selector} has no accelerators", FORM)
    if parts.host is not None:
        _check_host(hosting, parts, accelerator.id)
    deployment = Deployment(
        model=model.id,
        precision=precision,
        accelerator=accelerator.id,
        count=parts.size,
        host=parts.host,
        place=parts.place,
        hosting=hosting,
    )
    rules = hosting.token_rules
    return _named(
        Offer(
            seller=SELF,
            seller_name="self-hosted",
            id=f"{model.id}:{precision}",
            model=model.id,
            developer=model.developer,
            place="",
            history=_NOTHING,
            terms=parts.terms,
            kind=SELF_HOSTED,
            context_window=model.context_window,
            cache=(PREFIX_CACHE,),
            note=model.note,
            token_rules=(lambda: rules(model.id)) if rules is not None else no_rules,
            deployment=deployment,
        )
    )


def what_is_taken(offer: Offer, selector: str) -> str | None:
    """What is to be said of weights that a selector names by another model, or without a precision; None of others."""
    name, colon, _ = _weights_of(selector)
    model, taken = offer.hosted.hosting.models[offer.model], offer.hosted.precision
    said = [f"{name} is sized as {model.id}, which is built alike"] if is_named_by_another(offer, selector) else []
    if not colon and precision_said(name) is None:
        other = next((each for each in (*model.precisions, "fp8") if each != taken), taken)
        said.append(f"{selector} is taken in {taken}, as most would serve it; name another like :{other}")
    return "; ".join(said) or None


def is_named_by_another(offer: Offer, selector: str) -> bool:
    """Whether a selector names the weights of an offer by a model that is built alike, and not by their own."""
    name, _, more = _weights_of(selector)
    model = offer.hosted.hosting.models[offer.model]
    return is_built_alike(name, model) and is_built_alike(f"{name}-{more}", model)


def _weights_of(selector: str) -> tuple[str, str, str]:
    return selector.strip().removeprefix("self/").partition("@")[0].partition(":")


def pin_deployment(offer: Offer, count: int, instance: Instance) -> Offer:
    """The offer with what the workload decided: how many accelerators a replica takes, and what is rented."""
    made = replace(offer.hosted, count=count, host=instance.host, place=instance.place, instance=instance)
    return _named(replace(offer, history=instance.history, deployment=made))


def _named(offer: Offer) -> Offer:
    made = offer.hosted
    where = made.host or ""
    if made.host and made.place and (made.instance is None or made.instance.default_place != made.place):
        where = f"{made.host}:{made.place}"
    count = f"x{made.count}" if made.count else ""
    return replace(offer, place=(f"{where}/" if where else "") + made.accelerator + count)


def match_self_offers(hosting: SelfHosting, pattern: str) -> list[Offer]:
    """Every offer a pattern names, each listed precision and host on its own, on the terms it gives.

    Raises OfferError when nothing matches.
    """
    parts = _parts(hosting, pattern)
    found = []
    for model in hosting.models.values():
        names = [name for name in model.names() if fnmatchcase(name, parts.model)]
        if not names:
            continue
        for where, accelerator in _rented(hosting, parts):
            wanted = parts.precision or usual_precision(model, hosting.accelerators[accelerator])
            for precision in (each for each in model.precisions if fnmatchcase(each, wanted)):
                count = f"x{parts.size}" if parts.size else ""
                terms = "" if parts.terms == STANDARD else f"+{parts.terms}"
                name = f"self/{model.id}:{precision}@{where}{accelerator}{count}{terms}"
                found.append(find_self_offer(hosting, name))
    if not found:
        raise OfferError(f'no self-hosted offer matches "{pattern}"', FORM)
    return found


def _rented(hosting: SelfHosting, parts: SelectorParts) -> Iterator[tuple[str, str]]:
    """The hosts (empty for the cheapest one) and accelerators that a pattern names."""
    accelerators = {
        each.id
        for each in hosting.accelerators.values()
        if any(fnmatchcase(n, parts.accelerator) for n in each.names())
    }
    if parts.host is None:
        for name in hosting.accelerators:
            if name in accelerators and any(i.accelerator == name and not i.reference for i in hosting.instances):
                yield "", name
        return
    pairs: dict[tuple[str, str], None] = {}
    for each in hosting.instances:
        usual = not each.reference and not each.at_home and each.scaling is None
        meant = fnmatchcase(each.host, parts.host) and (usual or each.host == parts.host)
        if each.accelerator not in accelerators or not meant:
            continue
        if parts.place is None:
            pairs[f"{each.host}/", each.accelerator] = None
        elif fnmatchcase(each.place, parts.place):
            pairs[f"{each.host}:{each.place}/", each.accelerator] = None
    yield from pairs


def _parts(hosting: SelfHosting, selector: str) -> SelectorParts:
    model, at, rest = selector.removeprefix("self/").partition("@")
    if not at or not model or not rest:
        raise OfferError(f'"{selector}" does not say what the weights run on', FORM)
    rest, plus, terms = rest.partition("+")
    model, colon, precision = model.partition(":")
    where, slash, accelerator = rest.rpartition("/")
    host, _, place = where.partition(":")
    if (plus and not terms) or (colon and not precision) or (slash and not host) or not accelerator:
        raise OfferError(f'"{selector}" is incomplete', FORM)
    count = None
    if not hosting.known_accelerator(accelerator.lower()):
        split = re.fullmatch(r"(.+?)x([0-9]{1,4})", accelerator)
        if split is not None and (hosting.known_accelerator(split[1].lower()) or "*" in split[1] or "?" in split[1]):
            accelerator, count = split.group(1), int(split.group(2))
    named = terms if plus and terms != "on-demand" else STANDARD
    return SelectorParts(
        model=model,
        precision=precision or None,
        host=host or None,
        place=place or None,
        accelerator=accelerator,
        size=count,
        terms=named,
    )


def _check_host(hosting: SelfHosting, parts: SelectorParts, accelerator: str) -> None:
    """Raise OfferError when the host is not known, or does not have the accelerator there."""
    from difflib import get_close_matches

    here = [each for each in hosting.instances if each.host == parts.host]
    if not here:
        known = hosting.hosts()
        close = get_close_matches(parts.host or "", known, n=3, cutoff=0.6)
        meant = f"did you mean: {', '.join(close)}? " if close else ""
        raise OfferError(f'unknown host "{parts.host}"', f"{meant}known: {', '.join(known)}")
    there = [each for each in here if each.accelerator == accelerator]
    if not there:
        has = ", ".join(dict.fromkeys(each.accelerator for each in here))
        raise OfferError(f"{parts.host} is not known to have {accelerator}", f"it has {has}")
    if parts.place is not None and all(each.place != parts.place for each in there):
        places = ", ".join(dict.fromkeys(each.place for each in there))
        raise OfferError(f"{parts.host} has no {accelerator} at {parts.place}", f"places: {places}")
    terms = dict.fromkeys(term for each in there for term in each.history.terms())
    if parts.terms not in terms:
        others = ", ".join(f"+{term}" for term in terms if term != STANDARD)
        raise OfferError(
            f"{parts.host} does not have {accelerator} on {parts.terms} terms",
            f"it has {others}" if others else "it has them on demand only",
        )
