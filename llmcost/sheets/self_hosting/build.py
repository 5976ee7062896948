"""The sheets behind self-hosting, checked and built into the core's types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from llmcost.core.offers.offer import TokenRules
from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.hosts import Announcement, Instance, Ownership, Scaling, SelfHosting
from llmcost.core.offers.self_hosting.measurements import Disaggregation, Measurement, parse_point
from llmcost.core.offers.self_hosting.open_weights import Acceptance, Architecture, OpenWeights
from llmcost.core.pricing.conditions import Condition
from llmcost.core.pricing.entries import PriceEntry, Variant
from llmcost.core.pricing.evidence import PAGE
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.values.dates import parse_duration, parse_moment
from llmcost.core.values.numerals import parse_decimal, parse_share, parse_whole
from llmcost.core.values.rates import DERIVED, QUOTED, Origin, Rate, parse_price
from llmcost.core.values.units import PricingUnit, parse_unit
from llmcost.errors import LlmcostError
from llmcost.sheets.evidence import evidence_of

Sheet = Mapping[str, Any]
ON_DEMAND = "on-demand"
OWN_RATES = {"power_price": ("power", "kWh"), "hosting": ("hosting", "kW-month"), "staff": ("staff", "month")}
"""Rates of owned hardware: their key, meter and unit."""
HOURLY = {"second": 3600, "minute": 60, "hour": 1}
"""What an hour holds of the units that time is sold by."""


def accelerators_of(sheet: Sheet) -> list[Accelerator]:
    """The accelerators of one `kind: accelerators` sheet."""
    return [
        Accelerator(
            id=each["id"],
            name=each["name"],
            maker=each["maker"],
            aliases=tuple(each.get("aliases") or ()),
            memory_gib=_number(each, "memory_gib"),
            bandwidth=_number(each, "bandwidth_gb_s"),
            tflops={name: float(parse_decimal(text)) for name, text in (each.get("tflops") or {}).items()},
            weight_only=tuple(each.get("weight_only") or ()),
            link=_number(each, "link_gb_s"),
            domain=whole(each, "domain"),
            pcie=whole(each, "pcie"),
            peer_access=_yes(each, "peer_access"),
            unserved=each.get("unserved"),
            power_w=whole(each, "power_w"),
            provisioned_kw=each.get("provisioned_kw"),
            checked_on=each.get("checked_on"),
            source=each["source"],
            note=each.get("note"),
        )
        for each in sheet["accelerators"]
    ]


def open_weights_of(sheet: Sheet) -> OpenWeights:
    """The model of one `kind: open_weights` sheet."""
    shape = sheet["architecture"]
    heads = parse_whole(shape["attention_heads"])
    known = {name: whole(shape, name) for name in Architecture._fields if name in shape and name not in _WORDS}
    known.setdefault("kv_heads", heads)
    known.setdefault("head_dim", parse_whole(shape["hidden_size"]) // heads)
    architecture = Architecture(
        **{name: value for name, value in known.items() if value is not None},
        model_type=shape["model_type"],
        tied_embeddings=shape.get("tied_embeddings") == "true",
        novel=shape.get("novel") == "true",
        expert_precision=shape.get("expert_precision"),
    )
    counted = sheet.get("parameters") or {}
    return OpenWeights(
        id=sheet["id"],
        name=sheet["name"],
        developer=sheet["developer"],
        context_window=parse_whole(sheet["context_window"]),
        precisions=tuple(sheet["precisions"]),
        architecture=architecture,
        aliases=tuple(sheet.get("aliases") or ()),
        fp8_blocks=_yes(sheet, "fp8_blocks"),
        kv_precision=sheet.get("kv_precision"),
        total=whole(counted, "total"),
        active=whole(counted, "active") or (None if architecture.experts else whole(counted, "total")),
        speculation=tuple(_acceptances(sheet)),
        licence=sheet.get("licence"),
        source=sheet["source"],
        note=sheet.get("note"),
    )


def _acceptances(sheet: Sheet) -> Iterator[Acceptance]:
    for each in sheet.get("speculation") or ():
        for task, tokens in each["tokens"].items():
            yield Acceptance(
                each["method"], parse_whole(each["drafts"]), task, float(parse_decimal(tokens)), each["source"]
            )


_WORDS = ("model_type", "tied_embeddings", "novel", "expert_precision")


def instances_of(sheet: Sheet) -> list[Instance]:
    """The instances of one `kind: compute` sheet, one for each place they are rented at."""
    return [made for each in sheet.get("instances") or () for made in _instances(sheet, each)]


def _instances(sheet: Sheet, each: Sheet) -> Iterator[Instance]:
    default = sheet["default_place"]
    by_place: dict[str, list[PriceEntry]] = {}
    count = parse_whole(each["accelerators"])
    owned = each.get("owned")
    if owned:
        by_place[default] = [_owned_version(owned)]
    for entry in each.get("prices") or ():
        for place in entry.get("places") or [default]:
            by_place.setdefault(place, []).append(_version(entry, count))
    for place, versions in by_place.items():
        yield Instance(
            host=sheet["host"],
            host_name=sheet["name"],
            id=each["id"],
            accelerator=each["accelerator"],
            accelerators=count,
            joined=max(count, whole(each, "joined") or count),
            place=place,
            default_place=default,
            history=PriceHistory(tuple(versions)),
            owned=_owned(owned) if owned else None,
            reference=sheet.get("reference") == "true",
            at_home=sheet.get("at_home") == "true",
            managed=sheet.get("managed") == "true",
            scaling=_scaling(each["scale_to_zero"]) if each.get("scale_to_zero") else None,
            note=each.get("note") or sheet.get("note"),
        )


def _scaling(sheet: Sheet) -> Scaling:
    start = sheet.get("cold_start")
    return Scaling(parse_duration(sheet["idle"]), parse_duration(start) if start else None, sheet.get("source"))


def _version(entry: Sheet, count: int) -> PriceEntry:
    rates = {terms: _rate(text, count, entry.get("derived")) for terms, text in entry["rates"].items()}
    starts, ends = entry.get("effective_from"), entry.get("withdrawn_on")
    return PriceEntry(
        checked_on=_day(entry),
        source=entry["source"],
        base={"gpu_hours": rates[ON_DEMAND]} if ON_DEMAND in rates else {},
        variants=tuple(
            Variant(Condition(terms=terms), {"gpu_hours": rate}) for terms, rate in rates.items() if terms != ON_DEMAND
        ),
        starts=parse_moment(starts) if starts else None,
        ends=parse_moment(ends) if ends else None,
        via=entry.get("via"),
        evidence=evidence_of(entry) or PAGE,
        note=entry.get("note"),
    )


def _rate(text: str, count: int, derived: str | None) -> Rate:
    amount, currency, unit = parse_price(text)
    named = f"{count} " if count > 1 else ""
    noun = ("gpu-hour" if unit in HOURLY else "gpu-month") + ("s" if count > 1 else "")
    origin: Origin = QUOTED if derived is None else DERIVED
    note = None if unit in ("hour", "month") else f"quoted as {text}"
    by_hour = amount * HOURLY.get(unit, 1)
    return Rate(by_hour, currency, parse_unit(named + noun), derived=derived, note=note, origin=origin)


def _owned(owned: Sheet) -> Ownership:
    purchase, currency, _ = parse_price(owned["purchase"])
    return Ownership(
        purchase=purchase,
        currency=currency,
        years=parse_whole(owned["years"]),
        residual=parse_share(owned.get("residual") or "0%"),
        cost_of_capital=parse_share(owned.get("cost_of_capital") or "0%"),
        power_kw=Fraction(parse_decimal(owned["power_kw"])) if owned.get("power_kw") else None,
        includes_facility=owned.get("includes_facility") == "true",
        pue=Fraction(parse_decimal(owned.get("pue") or "1")),
    )


def _owned_version(owned: Sheet) -> PriceEntry:
    amount, currency, _ = parse_price(owned["purchase"])
    rates = {"hardware": Rate(amount, currency, PricingUnit("server", "server", 1))}
    for key, (meter, unit) in OWN_RATES.items():
        if owned.get(key):
            price, own, _ = parse_price(owned[key])
            rates[meter] = Rate(price, own, PricingUnit(unit, unit.lower(), 1))
    return PriceEntry(
        checked_on=_day(owned),
        source=owned.get("source") or "your own figure",
        base=rates,
        via=owned.get("via"),
        evidence=evidence_of(owned) or PAGE,
        note=owned.get("note"),
    )


def _curve(sheet: Sheet, each: Sheet, *, own: bool) -> Measurement:
    """One curve of a `kind: measurements` sheet; ``own`` when it is the user's."""
    factor = float(parse_decimal(each.get("length_factor") or "1"))
    return Measurement(
        model=each["model"],
        accelerator=each.get("accelerator") or "",
        precision=each.get("precision") or "",
        input_tokens=float(parse_decimal(each["input_tokens"])) * factor,
        output_tokens=float(parse_decimal(each["output_tokens"])) * factor,
        points=tuple(sorted(parse_point(text) for text in each["points"])),
        accelerators=whole(each, "accelerators"),
        kv_precision=each.get("kv_precision"),
        engine=each.get("engine"),
        engine_version=each.get("engine_version"),
        tensor_parallel=whole(each, "tensor_parallel"),
        data_parallel=whole(each, "data_parallel"),
        expert_parallel=whole(each, "expert_parallel"),
        speculative=each.get("speculative"),
        measured_on=each.get("measured_on"),
        source=each.get("source") or sheet.get("source"),
        own=own,
        doubt=each.get("doubt"),
        rate_of=each.get("rate_of") or "output",
        disaggregated=_disaggregation(each.get("disaggregated")),
    )


def _disaggregation(sheet: Sheet | None) -> Disaggregation | None:
    if sheet is None:
        return None
    reading, read_by, answer_by = (
        parse_whole(sheet[key]) for key in ("prefill_accelerators", "prefill_workers", "decode_workers")
    )
    return Disaggregation(reading, read_by, answer_by, sheet.get("layout"))


class _Collection:
    """What the sheets say, layer by layer; a later id replaces an earlier."""

    def __init__(self) -> None:
        self.models: dict[str, OpenWeights] = {}
        self.accelerators: dict[str, Accelerator] = {}
        self.instances: dict[tuple[str, str, str], Instance] = {}
        self.curves: dict[str, list[tuple[Sheet, Sheet, bool]]] = {}
        self.announcements: list[Announcement] = []

    def add(self, sheet: Sheet, *, own: bool) -> None:
        """Add one sheet; ``own`` when it is the user's."""
        if sheet["kind"] == "open_weights":
            self.models[sheet["id"]] = open_weights_of(sheet)
        elif sheet["kind"] == "accelerators":
            self.accelerators.update((each.id, each) for each in accelerators_of(sheet))
        elif sheet["kind"] == "compute":
            self.instances.update(((each.host, each.id, each.place), each) for each in instances_of(sheet))
            self.announcements += [_announcement(sheet, each) for each in sheet.get("announcements") or ()]
        elif sheet["kind"] == "measurements":
            for each in sheet["curves"]:
                self.curves.setdefault(each["model"], []).append((sheet, each, own))

    def accelerator_ids(self) -> dict[str, str]:
        """The id behind every name of an accelerator. Raises LlmcostError for one that is named and not described."""
        ids = {name: each.id for each in self.accelerators.values() for name in each.names()}
        named = [(each.accelerator, f"{each.host} rents") for each in self.instances.values()]
        named += [
            (each["accelerator"], f"{model} was measured on")
            for model, found in self.curves.items()
            for _, each, _ in found
            if each.get("accelerator")
        ]
        for name, who in named:
            if name not in ids:
                message = f"{who} {name}, an accelerator that no sheet describes"
                remedy = "add it to a sheet of `kind: accelerators`; what is not known may be left out"
                raise LlmcostError(message, remedy)
        return ids


def build_self_hosting(
    layers: Sequence[tuple[bool, Sequence[Sheet]]], token_rules: Callable[[str], TokenRules] | None = None
) -> SelfHosting:
    """Everything the sheets say, layer by layer, each with whether it is the user's; a later id replaces an earlier.

    Raises LlmcostError for an accelerator that is named and that no sheet describes.
    """
    found = _Collection()
    for own, sheets in layers:
        for sheet in sheets:
            found.add(sheet, own=own)
    ids, curves = found.accelerator_ids(), found.curves

    def measured(model: OpenWeights) -> list[Measurement]:
        own = [_curve(sheet, each, own=own) for name in model.names() for sheet, each, own in curves.get(name, ())]
        return [curve._replace(accelerator=ids.get(curve.accelerator, "")) for curve in own]

    rented = [replace(each, accelerator=ids[each.accelerator]) for each in found.instances.values()]
    models, accelerators = found.models.values(), found.accelerators.values()
    return SelfHosting(models, accelerators, rented, measured, found.announcements, token_rules)


def _announcement(sheet: Sheet, each: Sheet) -> Announcement:
    said = {key: each.get(key) for key in ("change", "adjust", "source", "note")}
    return Announcement(
        host=sheet["host"], host_name=sheet["name"], what=each["what"], effective_from=each["effective_from"], **said
    )


def _day(entry: Sheet) -> date | None:
    return date.fromisoformat(entry["checked_on"]) if entry.get("checked_on") else None


def _yes(each: Sheet, key: str) -> bool | None:
    """What is said under a key; None when it is left out."""
    return each[key] == "true" if each.get(key) else None


def _number(each: Sheet, key: str) -> float | None:
    return float(parse_decimal(each[key])) if each.get(key) else None


def whole(each: Sheet, key: str) -> int | None:
    """A whole count under a key; None when it is left out."""
    return parse_whole(each[key]) if each.get(key) else None
