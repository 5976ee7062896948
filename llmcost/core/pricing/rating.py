"""Billing: which rate bills a meter in a situation on a day, and why; or why there is none."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from llmcost.core.pricing.conditions import KEYS, STANDARD, Condition, RatingContext, kinds_text, time_text
from llmcost.core.pricing.entries import PriceEntry, Unpriced, Variant
from llmcost.core.pricing.evidence import PAGE
from llmcost.core.pricing.tiers import Sizes, edges_of, tier_of, tiers_touched
from llmcost.core.values.dates import Moment, PricingDay
from llmcost.core.values.meters import INPUT_KINDS, MEDIA, METER, TOKEN_METERS, Count
from llmcost.core.values.rates import Rate, SameAs
from llmcost.core.values.reasons import Reason
from llmcost.core.values.schedule import Spans, Window, shares, week_spans, weeks_from


class ResolvedRate(NamedTuple):
    """The rate that bills a meter in a situation, and all that explains it.

    ``billed_as`` names the meter whose rate is used when it is another one; None otherwise.
    ``checked_on`` of None: its source has no date. ``via``, ``evidence`` and ``witnesses`` are as in ``PriceEntry``.
    ``upper_tier`` says that the input is so large that it is billed at another rate than a small one.
    """

    meter: str
    rate: Rate
    billed_as: str | None
    condition: str
    starts: Moment | None
    checked_on: date | None
    source: str
    numerator: int
    denominator: int
    via: str | None = None
    evidence: str = PAGE
    witnesses: tuple[str, ...] = ()
    upper_tier: bool = False


class UnresolvedRate(NamedTuple):
    """A meter that cannot be priced in a situation, and why.

    ``why`` is the reason in a word, for checks: no rate, unpriced, ambiguous, circle or unserved.
    """

    meter: str
    reason: str
    why: str = "no rate"


_ALWAYS: list[tuple[frozenset[tuple[Window, ...]], Count]] = [(frozenset(), 1)]
WEEKS_OF_A_MONTH = 4
"""Weeks over which holidays are spread."""


class PricesInForce:
    """A price entry on one day: only the variants in force, with every answer remembered.

    ``meters`` are those that any rate is for, or that any unpriced combination may be about; ``kinds`` the content
    that any condition is about.
    """

    __slots__ = (
        "_billings",
        "_edges",
        "_interned",
        "_limits",
        "_output_edges",
        "_shares",
        "_terms",
        "day",
        "edges",
        "kinds",
        "meters",
        "output_edges",
        "times",
        "variants",
        "version",
    )

    def __init__(self, version: PriceEntry, on: PricingDay) -> None:
        self.version = version
        self.day = on
        self.variants = [variant for variant in version.variants if variant.in_force(on)]
        asked = [*(v.when for v in self.variants), *(u.when for u in version.unpriced), *version.not_sold]
        self.edges = edges_of(each.input_tokens for each in asked)
        self.output_edges = edges_of(each.output_tokens for each in asked)
        self.kinds = frozenset(kind for condition in asked for kind in condition.kinds or ())
        self._edges = sorted(self.edges)
        self._output_edges = sorted(self.output_edges)
        self.times = list(dict.fromkeys(condition.time for condition in asked if condition.time is not None))
        self._terms = [STANDARD, *sorted({v.when.terms for v in self.variants if v.when.terms} - {STANDARD})]
        rated = {meter for variant in self.variants for meter in variant.rates} | set(version.base)
        self.meters = frozenset(rated | {meter for each in version.unpriced for meter in each.meters})
        self._billings: dict[tuple[RatingContext, str], ResolvedRate | UnresolvedRate] = {}
        self._interned: dict[tuple[object, ...], ResolvedRate] = {}
        self._limits: dict[tuple[str, bool], tuple[Condition, ...]] = {}
        self._shares: dict[tuple[Window, ...] | None, list[tuple[frozenset[tuple[Window, ...]], Count]]] = {}

    def terms(self) -> list[str]:
        """The terms sold on this day, standard first."""
        return self._terms

    def option_values(self, name: str) -> set[str]:
        """The values of an option that the rates tell apart."""
        return {value for v in self.variants for key, value in v.when.options or () if key == name}

    def sizes(self, low: int, high: int | None) -> list[int]:
        """The smallest size of every tier that ``low`` to ``high`` touches; a None ``high`` is open."""
        return tiers_touched(self._edges, low, high)

    def output_size(self, output: Count) -> int:
        """The smallest size of the tier that an answer of a length is in; 0 where length changes no rate."""
        return tiers_touched(self._output_edges, ceil(output), ceil(output))[0] if self._output_edges else 0

    def output_sizes(self, most: int | None = None) -> list[int]:
        """The smallest size of every tier of answers up to some length, of all by None."""
        return tiers_touched(self._output_edges, 0, most)

    def time_shares(self, hours: tuple[Window, ...] | None) -> list[tuple[frozenset[tuple[Window, ...]], Count]]:
        """Which time conditions are on, and for what part of the load; ``hours`` of None is an even week."""
        if not self.times:
            return _ALWAYS
        if hours not in self._shares:
            instant = self.day.hour or self.day.instant
            if instant is not None:
                on = frozenset(time for time in self.times if any(window.holds(instant) for window in time))
                self._shares[hours] = [(on, 1)]
            else:
                parts = self._month_shares(hours)
                self._shares[hours] = [
                    (frozenset(self.times[number] for number in numbers), share)
                    for numbers, share in sorted(parts.items(), key=lambda item: sorted(item[0]))
                ]
        return self._shares[hours]

    def _month_shares(self, hours: tuple[Window, ...] | None) -> dict[frozenset[int], Fraction]:
        """How the load falls on the time conditions, by their numbers: in the week of the day, which stands for all.

        Where days are left out, such as holidays, the weeks of a month differ, so it is the mean of four of them.
        """
        alike = not any(window.days_off for time in self.times for window in time)
        weeks = [self.day.day] if alike else weeks_from(self.day.day, WEEKS_OF_A_MONTH)
        mean: dict[frozenset[int], Fraction] = {}
        for week in weeks:
            load: Spans | None = None if hours is None else week_spans(hours, week)
            for numbers, share in shares(load, [week_spans(time, week) for time in self.times]).items():
                mean[numbers] = mean.get(numbers, Fraction(0)) + share / len(weeks)
        return mean

    def limits(self, terms: str, *, by_cache: bool) -> tuple[Condition, ...]:
        """The combinations that may not be sold on some terms; ``by_cache`` asks for those that name a cache policy."""
        found = self._limits.get((terms, by_cache))
        if found is None:
            asked = [each for each in self.version.not_sold if (each.cache is not None) == by_cache]
            found = tuple(each for each in asked if each.terms in (None, terms))
            self._limits[terms, by_cache] = found
        return found

    def refused(self, at: RatingContext, *, by_cache: bool) -> Condition | None:
        """The combination that is not sold here, if any; ``by_cache`` as for ``limits``."""
        for condition in self.limits(at.terms, by_cache=by_cache):
            if condition.matches(at):
                return condition
        return None

    def billing(self, at: RatingContext, meter: str) -> ResolvedRate | UnresolvedRate:
        """The rate that bills a meter in a situation, or why there is none."""
        key = (at, meter)
        found = self._billings.get(key)
        if found is None:
            rate = self._resolve(at, meter)
            found = rate if isinstance(rate, UnresolvedRate) else self._explain(at, meter, *rate)
            self._billings[key] = found
        return found

    def charges(self, at: RatingContext, meter: str) -> bool:
        """Whether a meter is charged here, at a stated price or at one that no source states."""
        if meter not in self.meters and meter not in TOKEN_METERS:
            return False
        return self._left_open(at, meter) is not None or self._pick(at, meter) is not None

    def charges_writing(self, at: RatingContext) -> bool:
        """Whether the cache policy in force charges for what is written to it.

        Where a rate says so, or that no source states it; of an explicit cache without either, unless keeping it is
        billed by the hour instead.
        """
        if self._left_open(at, "cache_write"):
            return True
        written = self._pick(at, "cache_write")
        if written is None:
            return at.cache == "explicit" and not self.charges(at, "cache_storage")
        return isinstance(written, str) or isinstance(written[0], Rate)

    def rate_for(self, at: RatingContext, meter: str) -> tuple[Rate | SameAs, Variant | None] | None:
        """The rate the sheet itself names for a meter here, and its variant; None without one, or without a winner."""
        picked = self._pick(at, meter)
        return None if isinstance(picked, str) else picked

    def unresolved(self, at: RatingContext, meter: str) -> UnresolvedRate | None:
        """Why a meter cannot be priced in a situation; None when it can."""
        found = self._resolve(at, meter)
        return found if isinstance(found, UnresolvedRate) else None

    def _resolve(self, at: RatingContext, meter: str) -> tuple[str, Rate, Variant | None] | UnresolvedRate:
        """The rate that bills a meter, with the meter it is written for and its variant; or why there is none."""
        name = meter
        passed: list[str] = []
        while name not in passed:
            passed.append(name)
            unpriced = self._left_open(at, name)
            if unpriced is not None:
                why = Reason("unpriced", f"no source states its price for {unpriced.when}", str(unpriced.when))
                return UnresolvedRate(meter, why, "unpriced")
            picked = self._pick(at, name)
            if isinstance(picked, str):
                return UnresolvedRate(meter, picked, "ambiguous")
            if picked is None:
                target = self._fallback(at, name)
                if target is None:
                    return UnresolvedRate(meter, Reason("no-rate", f"no rate for {name}{_where(at, name)}", name))
                name = target
            elif isinstance(picked[0], SameAs):
                name = picked[0].meter
            else:
                return name, picked[0], picked[1]
        circle = " = ".join([*passed[passed.index(name) :], name])
        return UnresolvedRate(meter, f"the rates point in a circle: {circle}", "circle")

    def _left_open(self, at: RatingContext, meter: str) -> Unpriced | None:
        """The combination whose price no source states that is about a meter here; None when there is none.

        Writing to a cache is meant only where the combination names it, or where it has a price otherwise.
        """
        for each in self.version.unpriced:
            if each.concerns(meter) and each.when.matches(at):
                if METER[meter].unwritten and not each.meters and self._pick(at, meter) is None:
                    continue
                return each
        return None

    def _pick(self, at: RatingContext, meter: str) -> tuple[Rate | SameAs, Variant | None] | str | None:
        """The rate written for a meter: the narrowest variant's, else the base one; a text when none is narrowest."""
        found = [v for v in self.variants if meter in v.rates and v.when.matches(at)]
        if not found:
            rate = self.version.base.get(meter)
            return None if rate is None else (rate, None)
        for variant in found:
            if all(variant is other or variant.when.narrows(other.when) for other in found):
                return variant.rates[meter], variant
        return f"two rates apply to {meter} and neither is narrower: {' / '.join(str(v.when) for v in found)}"

    def _fallback(self, at: RatingContext, meter: str) -> str | None:
        for kind in MEDIA:
            prefix = f"{kind}_"
            if meter.startswith(prefix) and meter[len(prefix) :] in INPUT_KINDS[1:]:
                picked = self._pick(at, f"{prefix}input")
                if isinstance(picked, tuple) and isinstance(picked[0], SameAs) and picked[0].meter.endswith("input"):
                    return picked[0].meter.removesuffix("input") + meter[len(prefix) :]
        if METER[meter].unwritten and not self.charges_writing(at):
            return METER[meter].unwritten
        return METER[meter].otherwise

    def _explain(self, at: RatingContext, meter: str, name: str, rate: Rate, variant: Variant | None) -> ResolvedRate:
        version = self.version
        numerator, denominator = rate.per_base_unit()
        if version.multiply is not None and meter in TOKEN_METERS:
            up, down = version.multiply.as_integer_ratio()
            numerator, denominator = numerator * up, denominator * down
        condition = self._condition_text(at, name)
        starts = variant.starts if variant and (variant.starts or variant.checked_on) else version.starts
        checked_on = (variant.checked_on if variant else None) or version.checked_on
        source = rate.source or (variant.source if variant else None) or version.source
        # Equal rates come out as one object: the builder of quotes adds up by identity. An id is safe as a key, since
        # the version that holds the rate lives as long as these prices do.
        key = (meter, name, id(rate), condition)
        seen = variant if variant is not None and variant.evidence is not None else version
        billing = ResolvedRate(
            meter=meter,
            rate=rate,
            billed_as=None if name == meter else name,
            condition=condition,
            starts=starts,
            checked_on=checked_on,
            source=source,
            numerator=numerator,
            denominator=denominator,
            via=seen.via,
            evidence=seen.evidence or PAGE,
            witnesses=version.witnesses if variant is None or variant.witnesses is None else variant.witnesses,
            upper_tier=tier_of(self._sizes_asked(at, name), at.input_tokens).low is not None,
        )
        return self._interned.setdefault(key, billing)

    def _asked(self, at: RatingContext, meter: str, key: str) -> list[Condition]:
        """The conditions on a key that could have changed a meter's rate here."""
        variants = (v.when for v in self.variants if meter in v.rates)
        return [when for when in variants if key in when.asks and when.matches(at, ignoring=key)]

    def _sizes_asked(self, at: RatingContext, meter: str) -> list[Sizes]:
        """The ranges of sizes among which a request's decides about a meter's rate here."""
        return [when.input_tokens for when in self._asked(at, meter, "input_tokens") if when.input_tokens is not None]

    def _condition_text(self, at: RatingContext, meter: str) -> str:
        """What had to hold for this rate: the situation on every key that could have changed it, in a fixed order."""
        parts = []
        for key in KEYS:
            asked = self._asked(at, meter, key)
            if key == "terms":
                parts += [f"terms = {at.terms}"] if at.terms != STANDARD else []
            elif not asked:
                continue
            elif key == "mode":
                parts.append(f"mode = {at.mode}")
            elif key == "cache":
                parts.append(f"cache = {at.cache or 'none'}")
            elif key == "input_tokens":
                parts.append(tier_of(self._sizes_asked(at, meter), at.input_tokens).said_of(key))
            elif key == "output_tokens":
                ranges = [when.output_tokens for when in asked if when.output_tokens is not None]
                parts.append(tier_of(ranges, at.output_tokens).said_of(key))
            elif key == "modalities":
                asked_kinds = frozenset(kind for when in asked for kind in when.kinds or ())
                parts.append(f"modalities = {kinds_text(asked_kinds & at.kinds)}")
            elif key == "time":
                on = [when.time for when in asked if when.time in at.windows and when.time]
                parts.append(f"time = {time_text(on[0]) if on else 'other hours'}")
            else:
                names = dict.fromkeys(name for when in asked for name, _ in when.options or ())
                parts += [f"{name} = {dict(at.options).get(name)}" for name in names]
        return " and ".join(part for part in parts if part)


def _where(at: RatingContext, meter: str) -> str:
    words = [f"{at.terms} terms" if at.terms != STANDARD else ""]
    words.append(f"{at.cache} caching" if at.cache and "cache_" in meter else "")
    text = " with ".join(word for word in words if word)
    return f" under {text}" if text else ""
