"""What can be self-hosted: models, accelerators, what is rented where, and how one offer would be run."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from llmcost.core.offers.offer import Offer
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.hosts import Announcement, Instance, Ownership, SelfHosting
from llmcost.core.offers.self_hosting.measurements import Measurement
from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.rates import Rate
from llmcost.errors import NotPricedError
from llmcost.reports.numbers import fixed
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.description import version_lines
from llmcost.reports.views.view import Block, View

USUAL = (STANDARD, "spot", "1yr", "3yr")
USUAL_NAMES = ("on demand", *USUAL[1:])
BILLION = 10**9


class SelfHostingQuery:
    """The parts of self-hosting that a query names; all of them without one."""

    def __init__(self, hosting: SelfHosting, query: str | None) -> None:
        wanted = (query or "").lower()
        self.hosting = hosting
        self.models = [each for each in hosting.models.values() if _named(each.names(), wanted)]
        self.accelerators = [
            each for each in hosting.accelerators.values() if _named((*each.names(), each.name), wanted)
        ]
        own = {each.id for each in self.accelerators} if wanted else set()
        self.instances = [
            each
            for each in hosting.instances
            if each.accelerator in own or _named((each.host, each.id, each.host_name), wanted)
        ]
        hosts = {each.host for each in self.instances}
        self.announcements = [
            each for each in hosting.announcements if each.host in hosts or _named((each.host, each.host_name), wanted)
        ]

    @property
    def nothing(self) -> bool:
        """Whether the query names nothing at all."""
        return not (self.models or self.accelerators or self.instances or self.announcements)


def _named(names: Iterable[str], wanted: str) -> bool:
    return any(wanted in name.lower() for name in names)


def models_table(hosting: SelfHosting, models: Iterable[OpenWeights]) -> Table:
    """Open-weight models with their size, precisions and licence, and how many points were measured of each."""
    rows = []
    for each in models:
        points = sum(len(curve.points) for curve in hosting.curves(each.id))
        rows.append(
            (
                each.id,
                _billions(each.total),
                _billions(each.active),
                str(each.context_window),
                " ".join(each.precisions),
                str(points),
                each.licence or "not verified",
                each.name,
                " ".join(_apart_on(hosting, each)),
            )
        )
    sizes = ("parameters", "active", "context")
    names = ("open weights", *sizes, "precisions", "measured points", "licence", "name", "disaggregated on")
    return Table(names, tuple(rows), frozenset([*sizes, "measured points"]))


def disaggregated_lines(hosting: SelfHosting, models: Iterable[OpenWeights]) -> list[str]:
    """On which accelerators prompts were measured to be read apart from answers, a line for each model."""
    found = {each.id: _apart_on(hosting, each) for each in models}
    return [
        f"{model} can be priced --disaggregated on {', '.join(on)}, as measured" for model, on in found.items() if on
    ]


def _apart_on(hosting: SelfHosting, model: OpenWeights) -> list[str]:
    return sorted({curve.accelerator for curve in hosting.curves(model.id) if curve.disaggregated})


def accelerators_table(accelerators: Iterable[Accelerator]) -> Table:
    """Accelerators with what one of them can do."""
    rows = [
        (
            each.id,
            _plain(each.memory_gib),
            _plain(each.bandwidth),
            *(_plain(each.tflops.get(precision)) for precision in ("bf16", "fp8", "fp4")),
            _plain(each.link),
            _plain(each.power_w),
            each.name,
        )
        for each in accelerators
    ]
    names = ("accelerator", "GiB", "GB/s", "bf16 TFLOP/s", "fp8", "fp4", "link GB/s", "W", "name")
    return Table(names, tuple(rows), frozenset(names[1:8]))


def instances_table(instances: Iterable[Instance], on: PricingDay) -> Table:
    """What can be rented, with the price of each instance on a day."""
    rows = []
    for each in instances:
        rates = _rates(each, on)
        others = [f"{terms} {_rate(rate)}" for terms, rate in rates.items() if terms not in USUAL]
        rows.append(
            (
                each.where,
                each.accelerator,
                str(each.accelerators),
                next((rate.currency for rate in rates.values()), ""),
                *(_rate(rates.get(terms)) for terms in USUAL),
                " ".join((*others, *_remarks(each, rates))),
                each.id,
            )
        )
    names = ("host", "accelerator", "number", "currency", *USUAL_NAMES, "other terms", "instance")
    return Table(names, tuple(rows), frozenset(["number", *USUAL_NAMES]))


def _held(table: Table) -> Table:
    """A table without the columns that hold nothing."""
    held = [place for place in range(len(table.columns)) if any(row[place] for row in table.rows)]
    rows = tuple(tuple(row[place] for place in held) for row in table.rows)
    return Table(tuple(table.columns[place] for place in held), rows, table.numeric)


def _remarks(instance: Instance, rates: dict[str, Rate]) -> Iterable[str]:
    if instance.owned is not None:
        yield _bought(instance.owned)
    elif not rates:
        yield "not sold then"
    if instance.scaling is not None:
        yield "while it is up"
    if instance.reference:
        yield "reference only"


def _bought(owned: Ownership) -> str:
    """What a server costs that is bought, and what it draws where that is stated."""
    power = "" if owned.power_kw is None else f", {_plain(float(owned.power_kw))} kW"
    return f"owned: {owned.purchase:,f} {owned.currency} over {owned.years} years{power}"


def announcement_lines(announcements: Iterable[Announcement]) -> list[str]:
    """Announced changes in words, each with what supposes it."""
    lines = []
    for each in announcements:
        text = f"{each.host_name}: {each.what}, from {each.effective_from}: {each.change or 'how much is not known'}"
        lines.append(text + (f"; suppose it with --adjust '{each.adjust}'" if each.adjust else ""))
    return lines


def _rates(instance: Instance, on: PricingDay) -> dict[str, Rate]:
    """What an instance costs by terms on a day; nothing when it is not sold then."""
    try:
        active = instance.history.on(on)
    except NotPricedError:
        return {}
    base = active.version.base.get("gpu_hours")
    rates = {STANDARD: base} if isinstance(base, Rate) else {}
    for variant in active.variants:
        rate = variant.rates.get("gpu_hours")
        if isinstance(rate, Rate) and variant.when.terms is not None:
            rates[variant.when.terms] = rate
    return rates


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return ""
    amount = fixed(Fraction(rate.amount), least=2, most=4)
    return amount + (" a month" if rate.unit.by_month else "")


def _billions(count: int | None) -> str:
    return "" if count is None else f"{count / BILLION:.4g}B"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def describe_self_offer(offer: Offer) -> list[str]:
    """Lines on a self-hosted offer: its model, its accelerator, what was measured, and the prices of what is rented."""
    made = offer.hosted
    model, accelerator = made.hosting.models[made.model], made.hosting.accelerators[made.accelerator]
    lines = [
        f"{offer.name} (self-hosted)",
        f"  {model.name}, {model.developer}, {_billions(model.total) or 'size not known'}",
    ]
    lines += [f"  licence {model.licence or 'not verified'}; {model.source}"]
    lines += [f"  note: {model.note}"] if model.note else []
    lines += [f"  {accelerator.name}; {accelerator.source}"]
    curves = [each for each in made.hosting.curves(model.id, accelerator.id) if each.precision == made.precision]
    lines += [f"  measured: {_curve_text(each)}" for each in curves]
    for each in made.hosting.instances:
        if each.accelerator == accelerator.id and made.host in (None, each.host) and made.place in (None, each.place):
            lines.append(f"  {each.where}, {each.id}, {each.accelerators} x {each.accelerator}")
            for version in each.history.versions:
                lines += [f"  {line}" for line in version_lines(version)]
    return lines


def _curve_text(curve: Measurement) -> str:
    words = [
        f"x{curve.accelerators or '?'}",
        " ".join(word for word in (curve.engine, curve.engine_version) if word),
        f"{curve.input_tokens:g} in, {curve.output_tokens:g} out",
        f"{len(curve.points)} points",
        curve.measured_on or "",
        f"speculative: {curve.speculative}" if curve.speculative else "",
        f"{curve.disaggregated.prefill_accelerators} read prompts" if curve.disaggregated else "",
        f"not used: {curve.doubt}" if curve.doubt else "",
        curve.source or "",
    ]
    return ", ".join(word for word in words if word)


def self_hosting_view(shown: SelfHostingQuery, on: PricingDay, prices: PriceIdentity) -> View:
    """Models, accelerators and what is rented at which price on a day."""

    def tables() -> dict[str, Table]:
        found = {
            "models": models_table(shown.hosting, shown.models),
            "accelerators": accelerators_table(shown.accelerators),
            "prices of what is rented": instances_table(shown.instances, on),
        }
        return {name: table for name, table in found.items() if table.rows} or found

    def blocks() -> list[Block]:
        lines = announcement_lines(shown.announcements)
        announced = ["Announced, without a price for each instance:\n" + "\n".join(lines)] if lines else []
        apart = disaggregated_lines(shown.hosting, shown.models)
        tables_held = [_held(table) for table in tables().values() if table.rows]
        return [*tables_held, *(["\n".join(apart)] if apart else []), *announced]

    head = {"on": str(on), "complete": True}
    return View("models self", prices, head, lambda: self_hosting_data(shown, on), tables, blocks)


def self_hosting_data(shown: SelfHostingQuery, on: PricingDay) -> list[dict[str, Any]]:
    """Models, accelerators and instances as plain data, each with its kind."""
    rows: list[dict[str, Any]] = []
    tables = (
        ("open_weights", models_table(shown.hosting, shown.models)),
        ("accelerator", accelerators_table(shown.accelerators)),
        ("instance", instances_table(shown.instances, on)),
    )
    for kind, table in tables:
        names = [name.lower().replace(" ", "_").replace("/", "_per_") for name in table.columns]
        rows += [{"kind": kind, **dict(zip(names, row, strict=True))} for row in table.rows]
    return rows
