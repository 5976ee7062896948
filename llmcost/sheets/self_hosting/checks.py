"""What must hold in the sheets behind self-hosting beyond their shape: small functions that each find problems."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from llmcost.core.offers.self_hosting.measurements import parse_point
from llmcost.core.values.numerals import parse_decimal, parse_whole
from llmcost.core.values.rates import parse_price
from llmcost.sheets.evidence import evidence_is_of_a_way
from llmcost.sheets.finding import Check, Finding, Sheet
from llmcost.sheets.self_hosting.build import HOURLY, OWN_RATES, whole


def accelerators_are_named_once(sheet: Sheet) -> Iterator[Finding]:
    """No two accelerators answer to one id, and none has speeds without the one that is always used."""
    seen: set[str] = set()
    for number, each in enumerate(sheet["accelerators"]):
        if each.get("tflops") and "bf16" not in each["tflops"]:
            place = ("accelerators", number, "tflops")
            yield Finding(place, "bf16 is missing, which every estimate needs", "add its dense bf16 TFLOP/s")
        for name in (each["id"], *(each.get("aliases") or ())):
            if name in seen:
                place = ("accelerators", number, "id")
                yield Finding(place, f"a second accelerator is called {name}", "rename it")
            seen.add(name)


def names_described(sheet: Sheet) -> Iterator[str]:
    """The names of all accelerators that a sheet describes."""
    for each in sheet.get("accelerators") or ():
        yield each["id"]
        yield from each.get("aliases") or ()


def accelerators_are_described(sheet: Sheet, known: Collection[str]) -> Iterator[Finding]:
    """Every accelerator that is rented or was measured is described in some sheet."""
    for key in ("instances", "curves"):
        for number, each in enumerate(sheet.get(key) or ()):
            name = each.get("accelerator")
            if name is not None and name not in known:
                close = get_close_matches(name, known, n=1)
                remedy = f"did you mean {close[0]}?" if close else "describe it in a sheet of `kind: accelerators`"
                yield Finding((key, number, "accelerator"), f'unknown accelerator "{name}"', remedy)


def rates_go_with_times(sheet: Sheet) -> Iterator[Finding]:
    """No measured rate is more than twice what so many requests with such a time between tokens can make."""
    for number, each in enumerate(sheet["curves"]):
        count = whole(each, "accelerators")
        if count is not None and each.get("rate_of") == "decode" and each.get("disaggregated"):
            count -= parse_whole(each["disaggregated"]["prefill_accelerators"])
        for at, text in enumerate(each["points"]):
            point = parse_point(text)
            if not count or count < 0 or point.rate is None or point.tpot is None or each.get("doubt"):
                continue
            most = point.concurrency / point.tpot / count
            if each.get("rate_of") != "total" and point.rate > 2 * most:
                message = f"{point.rate:.10g} tokens a second do not go with the times, which make at most {most:.0f}"
                yield Finding(("curves", number, "points", at), message, "give the rate of one accelerator")


def disaggregated_parts_divide(sheet: Sheet) -> Iterator[Finding]:
    """Accelerators that read and those that answer are shared out evenly among their workers, and neither is none."""
    for number, each in enumerate(sheet["curves"]):
        parts, count, place = each.get("disaggregated"), whole(each, "accelerators"), ("curves", number)
        if not parts:
            if each.get("rate_of") == "decode":
                message = "no accelerators are said to answer only"
                yield Finding(
                    (*place, "rate_of"), message, "add `disaggregated:`, or give the rate of each accelerator"
                )
            continue
        reading = parse_whole(parts["prefill_accelerators"])
        answering = (count or 0) - reading
        read_by, answer_by = parse_whole(parts["prefill_workers"]), parse_whole(parts["decode_workers"])
        if min(reading, answering, read_by, answer_by) < 1 or reading % read_by or answering % answer_by:
            message = f"of {count or 'unknown'} accelerators {reading} cannot read in {read_by} workers and the others "
            message += f"answer in {answer_by}"
            yield Finding((*place, "disaggregated"), message, "count all accelerators, and workers of the same size")


def instances_have_prices(sheet: Sheet) -> Iterator[Finding]:
    """Every instance has prices by time, or is owned, and one currency."""
    seen: set[str] = set()
    for number, each in enumerate(sheet.get("instances") or ()):
        place = ("instances", number)
        if each["id"] in seen:
            yield Finding((*place, "id"), f"a second instance is called {each['id']}", "rename it")
        seen.add(each["id"])
        if each.get("joined") and parse_whole(each["joined"]) < parse_whole(each["accelerators"]):
            message = "fewer accelerators are joined than one instance has"
            yield Finding((*place, "joined"), message, "leave it out, or say how many one replica may span")
        if bool(each.get("prices")) == bool(each.get("owned")):
            message = "an instance is rented or owned" if each.get("owned") else "the instance has no prices"
            yield Finding(place, message, "write either `prices:` or `owned:`")
        if each.get("owned") and each.get("scale_to_zero"):
            message = "what is bought is paid for whether it works or not"
            yield Finding((*place, "scale_to_zero"), message, "leave out one of the two", at_key=True)
        for step, entry in enumerate(each.get("prices") or ()):
            yield from _price_findings((*place, "prices", step), entry)
        if each.get("owned"):
            yield from _owned_findings((*place, "owned"), each["owned"])


def _price_findings(place: tuple[str | int, ...], entry: Sheet) -> Iterator[Finding]:
    currencies = set()
    for terms, text in entry["rates"].items():
        _, currency, unit = parse_price(text)
        currencies.add(currency)
        if unit not in ("month", *HOURLY):
            yield Finding(
                (*place, "rates", terms),
                f'"{text}" is not per second, minute, hour or month',
                "write it like 2.95 USD / hour",
            )
    if len(currencies) > 1:
        yield Finding((*place, "rates"), f"two currencies: {' and '.join(sorted(currencies))}", "use one in an entry")


def _owned_findings(place: tuple[str | int, ...], owned: Sheet) -> Iterator[Finding]:
    _, currency, unit = parse_price(owned["purchase"])
    if unit:
        yield Finding((*place, "purchase"), "a purchase is an amount", "write it like 250000 USD")
    for key, (_, wanted) in OWN_RATES.items():
        if not owned.get(key):
            continue
        _, own, unit = parse_price(owned[key])
        if unit.lower() != wanted.lower():
            yield Finding((*place, key), f'"{owned[key]}" is not per {wanted}', f"write it like 1.50 {own} / {wanted}")
        if own != currency:
            yield Finding((*place, key), f"two currencies: {currency} and {own}", "use one for the server")
    if owned.get("pue"):
        if parse_decimal(owned["pue"]) < 1:
            yield Finding((*place, "pue"), "a PUE below 1 makes no sense", "write 1 or more")
        if owned.get("includes_facility") == "true":
            message = "the power contains the facility's already, so PUE would count it twice"
            yield Finding((*place, "pue"), message, "leave out one of the two", at_key=True)


def architecture_adds_up(sheet: Sheet) -> Iterator[Finding]:
    """The parts of an architecture go together: layers, heads, experts, latent attention, parameters."""
    shape = sheet["architecture"]
    place = ("architecture",)
    layers, hidden, heads = (parse_whole(shape[key]) for key in ("layers", "hidden_size", "attention_heads"))
    special = sum(whole(shape, key) or 0 for key in ("sliding_layers", "linear_layers"))
    if special > layers or (whole(shape, "dense_layers") or 0) > layers:
        yield Finding((*place, "layers"), "some kinds of layers are more than all layers", "check the counts of layers")
    if heads > hidden:
        yield Finding((*place, "attention_heads"), "there are more heads than hidden units", "check both")
    for key, needed in (
        ("experts", "experts_per_token"),
        ("experts", "moe_intermediate_size"),
        ("kv_lora_rank", "qk_rope_head_dim"),
        ("sliding_layers", "sliding_window"),
        ("linear_layers", "linear_value_heads"),
    ):
        if shape.get(key) and not shape.get(needed):
            yield Finding((*place, key), f"{key} says nothing without {needed}", f"add `{needed}:`", at_key=True)
    total = whole(sheet.get("parameters") or {}, "total")
    ends = parse_whole(shape["vocab_size"]) * hidden * (1 if shape.get("tied_embeddings") == "true" else 2)
    if total is not None and total <= ends:
        message = f"embedding and head alone have {ends} parameters"
        yield Finding(("parameters", "total"), message, "check the total, or tied_embeddings")


ACCELERATOR_CHECKS: list[list[Check]] = [[accelerators_are_named_once]]
COMPUTE_CHECKS: list[list[Check]] = [[instances_have_prices, evidence_is_of_a_way]]
OPEN_WEIGHTS_CHECKS: list[list[Check]] = [[architecture_adds_up]]
MEASUREMENT_CHECKS: list[list[Check]] = [[rates_go_with_times, disaggregated_parts_divide]]
