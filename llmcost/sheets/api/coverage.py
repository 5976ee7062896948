"""What the prices of a sheet must mean: in every situation one rate, and nothing inherited or left out by accident.

These look at the built prices, so they run only when the text of the sheet is sound; each entry is built once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise

from llmcost.core.pricing.conditions import STANDARD, Condition, RatingContext
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.values.dates import Moment
from llmcost.core.values.meters import METERS, TOKEN_METERS, modality_meters
from llmcost.core.values.rates import SameAs
from llmcost.files.document import MAX_PROBLEMS, Place
from llmcost.sheets.api.build import build_version
from llmcost.sheets.api.situations import days, describe, situations, too_many
from llmcost.sheets.finding import Finding, Sheet

LARGEST_INPUT = 10**18
"""Tokens beyond any input: where a range without an upper bound ends, so that ranges can be sorted."""


@dataclass(frozen=True)
class EntryUnderCheck:
    """A price entry of a sheet: its path, its model, how it is written, and what it is built to."""

    place: Place
    model: Sheet
    written: Sheet
    version: PriceEntry

    @cached_property
    def days(self) -> list[PricesInForce]:
        """What is in force on each day on which its variants change."""
        return list(days(self.version))

    def has_too_many(self) -> bool:
        """Whether it has more situations than can be looked at."""
        return too_many(self.model, self.version, lambda: self.days)

    def situations(self) -> Iterator[tuple[PricesInForce, RatingContext]]:
        """Every situation that its conditions can tell apart, on each of its days."""
        return situations(self.model, self.days)


def prices_mean_one_thing(sheet: Sheet) -> Iterator[Finding]:
    """All that must hold of the built prices; what is looked at later rests on what came before."""
    zone = sheet.get("timezone") or "UTC"
    built = [
        EntryUnderCheck(*each, build_version(each[2], zone)) for each in entries(sheet) if not each[2].get("status")
    ]
    for checks in MEANING:
        found = [finding for check in checks for finding in islice(check(built), MAX_PROBLEMS + 1)]
        yield from found
        if found:
            return


def conditions_are_written_once(built: Built) -> Iterator[Finding]:
    """No two variants of an entry give the same meter a rate under the same condition."""
    for entry in built:
        version = entry.version
        seen: dict[tuple[Condition, str, Moment | None], int] = {}
        for number, variant in enumerate(version.variants):
            for meter in variant.rates:
                first = seen.setdefault((variant.when, meter, variant.starts), number)
                if first != number:
                    message = f"{meter} has a rate under the same condition in variant {first + 1}"
                    yield Finding(
                        (*entry.place, "variants", number, "rates", meter), message, "keep one of them", at_key=True
                    )


def ranges_do_not_overlap(built: Built) -> Iterator[Finding]:
    """Two ranges of sizes under otherwise equal conditions share no size."""
    for entry in built:
        for key in ("input_tokens", "output_tokens"):
            yield from _overlaps(entry, key)


def _overlaps(entry: EntryUnderCheck, key: str) -> Iterator[Finding]:
    version = entry.version
    groups: dict[tuple[object, str], list[tuple[int, int, int]]] = {}
    for number, variant in enumerate(version.variants):
        sizes = getattr(variant.when, key)
        if sizes is None:
            continue
        low = sizes.low.first if sizes.low else 0
        high = sizes.high.first if sizes.high else LARGEST_INPUT
        for meter in variant.rates:
            groups.setdefault((_without(variant.when, key), meter), []).append((low, high, number))
    told = set()
    for ranges in groups.values():
        for (_, end, one), (begin, _, other) in pairwise(sorted(ranges)):
            first, second = version.variants[one], version.variants[other]
            told_before = (one, other) in told or first.when == second.when
            if begin < end and first.starts == second.starts and not told_before:
                told.add((one, other))
                texts = [entry.written["variants"][n]["when"][key] for n in (one, other)]
                yield Finding(
                    (*entry.place, "variants", max(one, other), "when", key),
                    f'the ranges "{texts[0]}" and "{texts[1]}" overlap',
                    'give the lower range an upper side, such as "> 128000, <= 256000"',
                )


def _without(when: Condition, key: str) -> Condition:
    return replace(when, input_tokens=None) if key == "input_tokens" else replace(when, output_tokens=None)


def situations_can_be_counted(built: Built) -> Iterator[Finding]:
    """An entry's conditions tell apart no more situations than can be looked at."""
    for entry in built:
        if entry.has_too_many():
            message = f"the {len(entry.version.variants)} variants tell too many situations apart to be checked"
            yield Finding((*entry.place, "variants"), message, "split the model into several", at_key=True)


def every_situation_has_one_rate(built: Built) -> Iterator[Finding]:
    """In every situation that can arise, each meter's narrowest rate is unique and points somewhere."""
    for entry in built:
        place, version, told = entry.place, entry.version, set[str]()
        meters = _meters(version)
        for active, at in entry.situations():
            for meter in meters:
                picked = active.unresolved(at, meter)
                if picked is None or picked.why == "unpriced" or _refused(active, at):
                    continue
                target = _points_at(active, at, meter)
                contested = _pointed_at_last(active, at, meter)
                if picked.why == "circle":
                    about = sorted(set(picked.reason.split()))
                else:
                    about = [meter, str(target)] if picked.why == "no rate" else [contested]
                key = f"{picked.why} {about}"
                if key in told or (picked.why == "no rate" and target is None):
                    continue
                told.add(key)
                where = _written_at(place, version, active, at, meter)
                if picked.why == "no rate":
                    yield Finding(
                        where, f"{meter} is written `= {target}`, but {picked.reason}", f"give {target} a rate"
                    )
                elif picked.why == "circle":
                    yield Finding(where, picked.reason, "give one of them an amount")
                else:
                    missing, remedy = _mend(active, at, contested)
                    yield Finding(where, f"{picked.reason}; missing: {missing}", remedy)


def _mend(active: PricesInForce, at: RatingContext, meter: str) -> tuple[str, str]:
    """The combination that two rates leave open when neither is narrower, and how they can be told apart."""
    found = [variant.when for variant in active.variants if meter in variant.rates and variant.when.matches(at)]
    missing = describe(active, at, frozenset[str]().union(*(when.asks for when in found)))
    if len({when.kinds for when in found if when.kinds}) > 1:
        return missing, "a request can hold both kinds of content: write one variant for both"
    if len({when.time for when in found if when.time}) > 1:
        return missing, "let the hours of the two not overlap, or add a variant for the hours they share"
    return missing, f"add a variant for {missing}, or list it under not_sold or unpriced"


def terms_restate_every_token_meter(built: Built) -> Iterator[Finding]:
    """On other terms no token meter is inherited from the standard rates by accident."""
    for entry in built:
        place, version, told = entry.place, entry.version, set[tuple[str, str]]()
        meters, sold_otherwise = _meters(version), any(variant.when.terms for variant in version.variants)
        for active, at in entry.situations() if sold_otherwise else ():
            if at.terms == STANDARD or _refused(active, at):
                continue
            for meter in meters:
                if (
                    meter not in TOKEN_METERS
                    or (at.terms, meter) in told
                    or isinstance(version.base.get(meter), SameAs)
                ):
                    continue
                picked = active.rate_for(at, meter)
                if picked is None or isinstance(picked[0], SameAs) or (picked[1] and picked[1].when.terms == at.terms):
                    continue
                if active.unresolved(at, meter) is not None:
                    continue
                told.add((at.terms, meter))
                variant = next(n for n, v in enumerate(version.variants) if v.when.terms == at.terms)
                yield Finding(
                    (*place, "variants", variant, "rates"),
                    f"{at.terms} terms do not restate {meter} ({describe(active, at)})",
                    "give its rate, `= another meter`, or list the combination under not_sold or unpriced",
                )


def taken_modalities_are_priced(built: Built) -> Iterator[Finding]:
    """Every modality a model takes or makes has a rate, an explicit `= input`, or is listed as unpriced."""
    for entry in built:
        version = entry.version
        meters = set(version.base) | {meter for variant in version.variants for meter in variant.rates}
        unpriced = {kind for condition in version.unpriced for kind in condition.when.kinds or ()}
        for side, kinds in (entry.model.get("modalities") or {}).items():
            for kind in kinds:
                if kind == "text" or (side, kind) in unpriced:
                    continue
                if not modality_meters(side, kind) & meters:
                    yield Finding(
                        (*entry.place, "rates"),
                        f"{kind} is among the {side} modalities, but {kind}_{side} has no rate",
                        f"write {kind}_{side}: = {side} if it is billed as text, or list it under unpriced",
                    )


Built = list[EntryUnderCheck]
MEANING: list[list[Callable[[Built], Iterator[Finding]]]] = [
    [conditions_are_written_once, ranges_do_not_overlap, situations_can_be_counted, taken_modalities_are_priced],
    [every_situation_has_one_rate, terms_restate_every_token_meter],
]
"""The checks in groups: a group is looked at only when those before it found nothing."""


def entries(sheet: Sheet) -> Iterator[tuple[Place, Sheet, Sheet]]:
    """Every price entry of a sheet with its path and its model."""
    for number, model in enumerate(sheet["models"]):
        for index, entry in enumerate(model["prices"]):
            yield ("models", number, "prices", index), model, entry


def _meters(version: PriceEntry) -> list[str]:
    written = set(version.base) | {meter for variant in version.variants for meter in variant.rates}
    return [meter for meter in METERS if meter in written]


def _refused(active: PricesInForce, at: RatingContext) -> bool:
    return active.refused(at, by_cache=True) is not None or active.refused(at, by_cache=False) is not None


def _points_at(active: PricesInForce, at: RatingContext, meter: str) -> str | None:
    picked = active.rate_for(at, meter)
    return picked[0].meter if picked is not None and isinstance(picked[0], SameAs) else None


def _pointed_at_last(active: PricesInForce, at: RatingContext, meter: str) -> str:
    """The meter whose own rate is billed, through every pointer to another."""
    passed = [meter]
    while (target := _points_at(active, at, passed[-1])) is not None and target not in passed:
        passed.append(target)
    return passed[-1]


def _written_at(place: Place, version: PriceEntry, active: PricesInForce, at: RatingContext, meter: str) -> Place:
    """Where the rate of a meter is written that a situation meets first: in a variant, else in the base."""
    for number, variant in enumerate(version.variants):
        if meter in variant.rates and variant in active.variants and variant.when.matches(at):
            return (*place, "variants", number, "rates", meter)
    return (*place, "rates", meter)
