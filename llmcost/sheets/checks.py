"""What must hold in a price sheet beyond its shape: a visible list of small functions, each finding problems.

``FIRST`` look at the text alone; ``THEN`` look at the built prices and run only when the text is sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from itertools import combinations
from typing import Any, NamedTuple

from llmcost.core.conditions import STANDARD, Condition, Situation
from llmcost.core.prices import Active, Missing, PriceVersion
from llmcost.core.rates import SameAs, parse_rate
from llmcost.core.usage import METERS, TOKEN_METERS
from llmcost.errors import LlmcostError
from llmcost.sheets.build import build_version
from llmcost.sheets.situations import describe, situations
from llmcost.yamlfile import Place

Sheet = Mapping[str, Any]


class Finding(NamedTuple):
    """A problem at a path in the sheet; ``at_key`` points at the key rather than at its value."""

    place: Place
    message: str
    remedy: str | None
    at_key: bool = False


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
    known = ("rate", "derived", "note", "source")
    for key, text in value.items():
        if key not in known:
            yield Finding((*place, key), f'unknown key "{key}"', f"keys here: {', '.join(known)}", at_key=True)
        elif not isinstance(text, str):
            yield Finding((*place, key), "a text is needed here", "write one value")
        elif key == "source" and not text.startswith(("https://", "http://")):
            yield Finding((*place, key), f'"{text}" is not a web address', "name the page, beginning with https://")


def entries_have_rates(sheet: Sheet) -> Iterator[Finding]:
    """An entry has rates, or a status that says why not."""
    for place, _, entry in _entries(sheet):
        if not entry.get("rates") and not entry.get("status"):
            yield Finding(place, "the entry has no rates", "write rates, or a status: free, unknown or subscription")
        if entry.get("rates") and entry.get("status"):
            yield Finding((*place, "status"), f"status {entry['status']} and rates contradict each other", "keep one")


def one_currency(sheet: Sheet) -> Iterator[Finding]:
    """All rates of an entry are in one currency, as the vendor bills them."""
    for place, _, entry in _entries(sheet):
        first: str | None = None
        for part, rates in _rates_of(place, entry):
            for meter, value in rates.items():
                text = value.get("rate") if isinstance(value, Mapping) else value
                words = text.split("/")[0].split() if isinstance(text, str) and not text.startswith("=") else []
                if len(words) != 2:
                    continue
                first = first or words[1]
                if words[1] != first:
                    yield Finding((*part, meter), f"{words[1]} stands beside {first}", "one entry has one currency")


def names_are_unique(sheet: Sheet) -> Iterator[Finding]:
    """No two models share an id or alias."""
    seen: dict[str, str] = {}
    for number, model in enumerate(sheet["models"]):
        for name in (model["id"], *(model.get("aliases") or ())):
            if seen.setdefault(name, model["id"]) != model["id"] or (name == model["id"] and _count(sheet, name) > 1):
                yield Finding(
                    ("models", number, "id"), f'the name "{name}" is used twice', "rename or merge the models"
                )
                break


def history_has_one_line(sheet: Sheet) -> Iterator[Finding]:
    """At each place every entry starts on its own day, and only the earliest may leave its start out."""
    zone = sheet.get("timezone") or "UTC"
    for number, model in enumerate(sheet["models"]):
        seen: dict[tuple[str, str], int] = {}
        for index, entry in enumerate(model["prices"]):
            version = _dates(entry, zone)
            start = version.starts.instant.isoformat() if version.starts else "unknown"
            key = (entry.get("place") or sheet["default_place"], start)
            place = ("models", number, "prices", index)
            if key in seen:
                what = (
                    f"a second entry for {key[0]} starts on the same day"
                    if version.starts
                    else f"a second entry for {key[0]} has no effective_from"
                )
                yield Finding(place, what, "give each entry of a place its own effective_from")
            seen[key] = index
            if version.ends and version.starts and version.ends.instant <= version.starts.instant:
                yield Finding((*place, "withdrawn_on"), "withdrawn before it starts", "check the two dates")


def conditions_are_declared(sheet: Sheet) -> Iterator[Finding]:
    """Modes, options and cache policies that a condition asks about are declared by the model."""
    for place, model, entry in _entries(sheet):
        policies = [policy["kind"] for policy in model.get("cache") or ()]
        for part, when in _whens(place, entry):
            if not when:
                yield Finding(part, "the condition is empty", "say when it applies, or move the rates to the base")
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
            if when.get("terms") == STANDARD:
                yield Finding((*part, "terms"), "standard terms are the base rates", "leave terms out")
            asked = when.get("modalities")
            if asked is not None and not (asked.get("input") or asked.get("output")):
                yield Finding((*part, "modalities"), "no modality is listed", "list at least one under input or output")


def ranges_do_not_overlap(sheet: Sheet) -> Iterator[Finding]:
    """Two ranges of input sizes under otherwise equal conditions share no size."""
    for place, _, entry, version in _versions(sheet):
        pairs = combinations(enumerate(version.variants), 2)
        for (i, one), (j, other) in pairs:
            first, second = one.when.input_tokens, other.when.input_tokens
            if first is None or second is None or first == second or _rest(one.when) != _rest(other.when):
                continue
            if not set(one.rates) & set(other.rates):
                continue
            low = max(edge.first for edge in (first.low, second.low) if edge) if first.low or second.low else 0
            high = min((edge.first for edge in (first.high, second.high) if edge), default=None)
            if high is None or low < high:
                texts = [entry["variants"][n]["when"]["input_tokens"] for n in (i, j)]
                yield Finding(
                    (*place, "variants", j, "when", "input_tokens"),
                    f'the ranges "{texts[0]}" and "{texts[1]}" overlap',
                    'give the lower range an upper side, such as "> 128000, <= 256000"',
                )


def every_situation_has_one_rate(sheet: Sheet) -> Iterator[Finding]:
    """In every situation that can arise, each meter's narrowest rate is unique and points somewhere."""
    for place, model, _, version in _versions(sheet):
        told: set[str] = set()
        for active, at in situations(model, version):
            for meter in _meters(version):
                picked = active.billing(at, meter)
                if not isinstance(picked, Missing) or _refused(active, at):
                    continue
                if "neither is narrower" in picked.reason or "circle" in picked.reason:
                    missing = describe(at)
                    remedy = f"add a variant for {missing}, or list it under not_sold or unpriced"
                    text = f"{picked.reason}" if "circle" in picked.reason else f"{picked.reason}; missing: {missing}"
                    if text not in told:
                        told.add(text)
                        yield Finding(place, text, remedy)
                elif not picked.reason.startswith("no rate"):
                    continue
                elif (target := _points_at(active, at, meter)) and f"{meter}{target}" not in told:
                    told.add(f"{meter}{target}")
                    yield Finding(
                        place, f"{meter} is written `= {target}`, but {picked.reason}", f"give {target} a rate"
                    )


def terms_restate_every_token_meter(sheet: Sheet) -> Iterator[Finding]:
    """On other terms no token meter is inherited from the standard rates by accident."""
    for place, model, _, version in _versions(sheet):
        told: set[tuple[str, str]] = set()
        for active, at in situations(model, version):
            if at.terms == STANDARD or _refused(active, at):
                continue
            for meter in _meters(version):
                if (
                    meter not in TOKEN_METERS
                    or (at.terms, meter) in told
                    or isinstance(version.base.get(meter), SameAs)
                ):
                    continue
                picked = active.rate_for(at, meter)
                if picked is None or isinstance(picked[0], SameAs) or (picked[1] and picked[1].when.terms == at.terms):
                    continue
                if isinstance(active.billing(at, meter), Missing):
                    continue
                told.add((at.terms, meter))
                variant = next(n for n, v in enumerate(version.variants) if v.when.terms == at.terms)
                yield Finding(
                    (*place, "variants", variant, "rates"),
                    f"{at.terms} terms do not restate {meter} ({describe(at)})",
                    "give its rate, `= another meter`, or list the combination under not_sold or unpriced",
                )


def taken_modalities_are_priced(sheet: Sheet) -> Iterator[Finding]:
    """Every modality a model takes or makes has a rate, an explicit `= input`, or is listed as unpriced."""
    for number, model in enumerate(sheet["models"]):
        modalities = model.get("modalities")
        if not modalities:
            continue
        for index, entry in enumerate(model["prices"]):
            if entry.get("status"):
                continue
            version = build_version(entry)
            meters = set(version.base) | {meter for variant in version.variants for meter in variant.rates}
            unpriced = {kind for condition in version.unpriced for kind in condition.when.kinds or ()}
            for side, kinds in modalities.items():
                for kind in kinds:
                    if kind == "text" or (side, kind) in unpriced:
                        continue
                    wanted = {f"{kind}_{side}"} | ({f"{kind}_seconds", f"{kind}s"} if side == "input" else {f"{kind}s"})
                    if not wanted & meters:
                        yield Finding(
                            ("models", number, "prices", index, "rates"),
                            f"{kind} is among the {side} modalities, but {kind}_{side} has no rate",
                            f"write {kind}_{side}: = {side} if it is billed as text, or list it under unpriced",
                        )


FIRST: list[Callable[[Sheet], Iterator[Finding]]] = [
    rates_can_be_read,
    entries_have_rates,
    one_currency,
    names_are_unique,
    history_has_one_line,
    conditions_are_declared,
]
THEN: list[Callable[[Sheet], Iterator[Finding]]] = [
    ranges_do_not_overlap,
    every_situation_has_one_rate,
    terms_restate_every_token_meter,
    taken_modalities_are_priced,
]


def _entries(sheet: Sheet) -> Iterator[tuple[Place, Sheet, Sheet]]:
    for number, model in enumerate(sheet["models"]):
        for index, entry in enumerate(model["prices"]):
            yield ("models", number, "prices", index), model, entry


def _rates_of(place: Place, entry: Sheet) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    if entry.get("rates"):
        yield (*place, "rates"), entry["rates"]
    for number, variant in enumerate(entry.get("variants") or ()):
        yield (*place, "variants", number, "rates"), variant["rates"]


def _all_rates(sheet: Sheet) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for place, _, entry in _entries(sheet):
        yield from _rates_of(place, entry)


def _whens(place: Place, entry: Sheet) -> Iterator[tuple[Place, Sheet]]:
    for number, variant in enumerate(entry.get("variants") or ()):
        yield (*place, "variants", number, "when"), variant["when"]
    for key in ("not_sold", "unpriced"):
        for number, when in enumerate(entry.get(key) or ()):
            yield (*place, key, number), when


def _versions(sheet: Sheet) -> Iterator[tuple[Place, Sheet, Sheet, PriceVersion]]:
    zone = sheet.get("timezone") or "UTC"
    for place, model, entry in _entries(sheet):
        if not entry.get("status"):
            yield place, model, entry, build_version(entry, zone)


def _dates(entry: Sheet, zone: str) -> PriceVersion:
    return build_version(
        {key: entry.get(key) for key in ("effective_from", "withdrawn_on", "checked_on", "source")}, zone
    )


def _count(sheet: Sheet, name: str) -> int:
    return sum(1 for model in sheet["models"] if model["id"] == name)


def _rest(when: Condition) -> tuple[object, ...]:
    return (when.terms, when.mode, when.cache, when.kinds, when.time, when.options)


def _meters(version: PriceVersion) -> list[str]:
    written = set(version.base) | {meter for variant in version.variants for meter in variant.rates}
    return [meter for meter in METERS if meter in written]


def _refused(active: Active, at: Situation) -> bool:
    return active.refused(at, by_cache=True) is not None or active.refused(at, by_cache=False) is not None


def _points_at(active: Active, at: Situation, meter: str) -> str | None:
    picked = active.rate_for(at, meter)
    return picked[0].meter if picked is not None and isinstance(picked[0], SameAs) else None
