"""What must hold in a sheet of API prices beyond its shape: small functions that each find problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from llmcost.core.offers.self_hosting.hosts import SELF
from llmcost.core.pricing.conditions import STANDARD, USUAL_TERMS
from llmcost.core.values.dates import Moment, parse_moment
from llmcost.core.values.meters import METERS
from llmcost.core.values.rates import SameAs, parse_price, parse_rate
from llmcost.errors import LlmcostError
from llmcost.files.document import Place
from llmcost.sheets.api.build import places_of
from llmcost.sheets.api.coverage import entries, prices_mean_one_thing
from llmcost.sheets.api.units import units_have_prices
from llmcost.sheets.evidence import evidence_is_of_a_way
from llmcost.sheets.field_types import one_line, web_address
from llmcost.sheets.finding import Check, Finding, Sheet


def rates_can_be_read(sheet: Sheet) -> Iterator[Finding]:
    """Every rate is written for a known meter, as amount, currency and a unit that fits it."""
    for place, rates in _all_rates(sheet):
        for meter, value in rates.items():
            here = (*place, meter)
            if meter not in METERS:
                close = get_close_matches(meter, METERS, n=1)
                hint = f"did you mean {close[0]}?" if close else f"meters: {', '.join(METERS)}"
                yield Finding(here, f'unknown meter "{meter}"', hint, at_key=True)
                continue
            if isinstance(value, Mapping):
                yield from _rate_detail(here, value)
                value = value.get("rate")
                here = (*here, "rate")
            if not isinstance(value, str):
                yield Finding(here, "a rate is missing here", 'write it like "0.50 USD / 1M tokens"')
                continue
            try:
                parse_rate(meter, value)
            except LlmcostError as error:
                yield Finding(here, error.message, error.remedy)


def _rate_detail(place: Place, value: Mapping[str, Any]) -> Iterator[Finding]:
    known: dict[str, Callable[[str], object] | None] = {
        "rate": None,
        "derived": one_line,
        "note": one_line,
        "source": web_address,
        "promotion": lambda text: parse_rate(str(place[-1]), text),
        "until": parse_moment,
    }
    for key, text in value.items():
        check = known.get(key)
        if key not in known:
            yield Finding((*place, key), f'unknown key "{key}"', f"keys here: {', '.join(known)}", at_key=True)
        elif not isinstance(text, str):
            yield Finding((*place, key), "a text is needed here", "write one value")
        elif check is not None:
            try:
                check(text)
            except LlmcostError as error:
                yield Finding((*place, key), error.message, error.remedy)
    if len(value) > 1 and str(value.get("rate")).startswith("="):
        yield Finding((*place, "rate"), "a pointer to another meter says no more than that", "write only `= meter`")


def entries_have_rates(sheet: Sheet) -> Iterator[Finding]:
    """An entry has rates, or a status that says why not."""
    for place, _, entry in entries(sheet):
        if not entry.get("rates") and not entry.get("status"):
            yield Finding(place, "the entry has no rates", "write rates, or a status: free, unknown or subscription")
        if (entry.get("rates") or entry.get("variants")) and entry.get("status"):
            yield Finding((*place, "status"), f"status {entry['status']} and rates contradict each other", "keep one")


def one_currency(sheet: Sheet) -> Iterator[Finding]:
    """All rates of an entry are in one currency, as the vendor bills them."""
    for place, _, entry in entries(sheet):
        first: str | None = None
        for part, rates in _rates_of(place, entry):
            for meter, value in rates.items():
                text = value.get("rate") if isinstance(value, Mapping) else value
                try:
                    rate = parse_rate(meter, str(text))
                except (LlmcostError, KeyError):
                    continue  # said by rates_can_be_read
                if isinstance(rate, SameAs):
                    continue
                first = first or rate.currency
                if rate.currency != first:
                    yield Finding(
                        (*part, meter), f"{rate.currency} stands beside {first}", "one entry has one currency"
                    )


def names_are_unique(sheet: Sheet) -> Iterator[Finding]:
    """No two models share an id or alias, and no model has one twice."""
    seen: set[str] = set()
    for number, model in enumerate(sheet["models"]):
        names: list[tuple[Place, str]] = [(("id",), model["id"])]
        names += [(("aliases", index), alias) for index, alias in enumerate(model.get("aliases") or ())]
        for path, name in names:
            if name in seen:
                yield Finding(
                    ("models", number, *path), f'the name "{name}" is used twice', "rename or merge the models"
                )
            seen.add(name)


def seller_is_no_other_word(sheet: Sheet) -> Iterator[Finding]:
    """A seller is not called what self-hosted offers are named by."""
    if sheet["seller"] == SELF:
        yield Finding(("seller",), f'"{SELF}" names what is self-hosted', "give the seller another id")


def policies_are_unique(sheet: Sheet) -> Iterator[Finding]:
    """No cache policy of a model is listed twice."""
    for number, model in enumerate(sheet["models"]):
        seen: set[tuple[tuple[str, Any], ...]] = set()
        for index, each in enumerate(model.get("cache") or ()):
            policy = tuple(sorted(each.items()))
            if policy in seen:
                yield Finding(("models", number, "cache", index), "the same cache policy is listed twice", "remove one")
            seen.add(policy)


def policies_are_billed_as_others(sheet: Sheet) -> Iterator[Finding]:
    """What bills a cache policy in place of rates of its own is another policy of the model."""
    for number, model in enumerate(sheet["models"]):
        kinds = [each["kind"] for each in model.get("cache") or ()]
        for index, each in enumerate(model.get("cache") or ()):
            billed = each.get("billed_as")
            if billed and (billed == each["kind"] or billed not in kinds):
                yield Finding(
                    ("models", number, "cache", index, "billed_as"),
                    f"the model lists no other cache policy that is {billed}",
                    f"add {{kind: {billed}}} to its cache list, or leave billed_as out",
                )


def history_has_one_line(sheet: Sheet) -> Iterator[Finding]:
    """At each place every entry starts on its own day, and only the earliest may leave its start out."""
    zone = sheet.get("timezone") or "UTC"
    for number, model in enumerate(sheet["models"]):
        seen: set[tuple[str, str]] = set()
        for index, entry in enumerate(model["prices"]):
            start, _ = _dates(entry, zone)
            for at in dict.fromkeys(places_of(entry, sheet)):
                key = (at, start.instant.isoformat() if start else "unknown")
                if key in seen:
                    what = "starts on the same day" if start else "has no effective_from"
                    message = f"a second entry for {at} {what}"
                    yield Finding(("models", number, "prices", index), message, "give each its own effective_from")
                seen.add(key)


def an_entry_has_one_kind_of_place(sheet: Sheet) -> Iterator[Finding]:
    """An entry names one place or several, and each of several once."""
    for place, _, entry in entries(sheet):
        named = entry.get("places") or ()
        if named and entry.get("place"):
            yield Finding((*place, "places"), "place and places contradict each other", "keep one of them")
        elif len(set(named)) != len(named):
            yield Finding((*place, "places"), "a place is named twice", "name each once")


def volume_prices_can_be_read(sheet: Sheet) -> Iterator[Finding]:
    """A price by volume says from or up to which volume, and is free or a rate of its meter."""
    for place, _, entry in entries(sheet):
        for number, each in enumerate(entry.get("volume") or ()):
            here = (*place, "volume", number)
            if bool(each.get("above")) == bool(each.get("up_to")):
                yield Finding(here, "it holds above a volume or up to one", "write above or up_to")
            if each["price"] != "free":
                try:
                    parse_rate(each["meter"], each["price"])
                except LlmcostError as error:
                    yield Finding((*here, "price"), error.message, error.remedy)
        for number, each in enumerate(entry.get("plans") or ()):
            try:
                parse_price(each["price"])
            except LlmcostError as error:
                yield Finding((*place, "plans", number, "price"), error.message, error.remedy)


def dates_are_in_order(sheet: Sheet) -> Iterator[Finding]:
    """Nothing is withdrawn before it starts."""
    zone = sheet.get("timezone") or "UTC"
    for place, _, entry in entries(sheet):
        start, _ = _dates(entry, zone)
        parts: list[tuple[Place, Sheet]] = [(place, entry)]
        parts += [((*place, "variants", n), variant) for n, variant in enumerate(entry.get("variants") or ())]
        for part, dated in parts:
            begins, ends = _dates(dated, zone)
            begins = begins or start
            if begins and ends and ends.instant <= begins.instant:
                yield Finding((*part, "withdrawn_on"), "withdrawn before it starts", "check the two dates")


def conditions_are_declared(sheet: Sheet) -> Iterator[Finding]:
    """Modes, options and cache policies that a condition asks about are declared by the model."""
    for place, model, entry in entries(sheet):
        policies = [policy["kind"] for policy in model.get("cache") or ()]
        for part, when in _whens(place, entry):
            if when.get("mode") and not model.get("default_mode"):
                yield Finding(
                    (*part, "mode"),
                    "a mode is asked for, but the model has no default_mode",
                    "add default_mode to the model",
                )
            if when.get("cache") and when["cache"] not in policies:
                yield Finding(
                    (*part, "cache"),
                    f"the model lists no {when['cache']} cache policy",
                    f"add {{kind: {when['cache']}}} to its cache list",
                )
            for name in when.get("options") or {}:
                if name not in (model.get("default_options") or {}):
                    yield Finding(
                        (*part, "options", name),
                        f'the option "{name}" has no default',
                        "add it to default_options",
                        at_key=True,
                    )


def conditions_ask_something(sheet: Sheet) -> Iterator[Finding]:
    """No condition is empty, as a whole or in its modalities."""
    for place, _, entry in entries(sheet):
        for part, when in _whens(place, entry):
            if not when:
                remedy = (
                    "say when it applies, or move the rates to the base"
                    if "variants" in part
                    else "say which combination it is, or remove it"
                )
                yield Finding(part, "the condition is empty", remedy)
            asked = when.get("modalities")
            if asked is not None and not (asked.get("input") or asked.get("output")):
                yield Finding((*part, "modalities"), "no modality is listed", "list at least one under input or output")


def terms_are_spelt(sheet: Sheet) -> Iterator[Finding]:
    """Terms that a condition asks about are not the standard ones, which the base is for, nor usual ones misspelt."""
    for place, _, entry in entries(sheet):
        for part, when in _whens(place, entry):
            if when.get("terms") == STANDARD:
                yield Finding((*part, "terms"), "standard terms are the base rates", "leave terms out")
            close = _usual_terms_like(when.get("terms"))
            if close is not None:
                message = f'the terms "{when["terms"]}" look like {close}'
                yield Finding((*part, "terms"), message, f"write {close}, or a name less like it")


def _usual_terms_like(terms: str | None) -> str | None:
    """The usual terms of which a name is surely a misspelling; None for usual ones and for others."""
    if terms is None or terms in USUAL_TERMS:
        return None
    return next(iter(get_close_matches(terms, USUAL_TERMS, n=1, cutoff=0.85)), None)


def _rates_of(place: Place, entry: Sheet) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    if entry.get("rates"):
        yield (*place, "rates"), entry["rates"]
    for number, variant in enumerate(entry.get("variants") or ()):
        yield (*place, "variants", number, "rates"), variant["rates"]


def _all_rates(sheet: Sheet) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for place, _, entry in entries(sheet):
        yield from _rates_of(place, entry)


def _whens(place: Place, entry: Sheet) -> Iterator[tuple[Place, Sheet]]:
    for number, variant in enumerate(entry.get("variants") or ()):
        yield (*place, "variants", number, "when"), variant["when"]
    for key in ("not_sold", "unpriced"):
        for number, when in enumerate(entry.get(key) or ()):
            yield (*place, key, number), when


def _dates(dated: Sheet, zone: str) -> tuple[Moment | None, Moment | None]:
    starts, ends = dated.get("effective_from"), dated.get("withdrawn_on")
    return parse_moment(starts, zone) if starts else None, parse_moment(ends, zone) if ends else None


CHECKS: list[list[Check]] = [
    [
        units_have_prices,
        rates_can_be_read,
        entries_have_rates,
        one_currency,
        names_are_unique,
        seller_is_no_other_word,
        policies_are_unique,
        policies_are_billed_as_others,
        an_entry_has_one_kind_of_place,
        volume_prices_can_be_read,
        history_has_one_line,
        dates_are_in_order,
        conditions_ask_something,
        conditions_are_declared,
        terms_are_spelt,
        evidence_is_of_a_way,
    ],
    [prices_mean_one_thing],
]
"""In groups: a group runs only when those before it found nothing."""
