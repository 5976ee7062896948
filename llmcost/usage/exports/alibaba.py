"""Alibaba Cloud's bill of Model Studio: a row for each meter, model and size, from its CSV or its API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.file import NonUsage
from llmcost.usage.format import Format, size_range
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

COLUMNS = {
    "账单信息/账单日期": "day",
    "资源信息/实例ID（出账粒度）": "instance",
    "用量信息/用量": "amount",
    "用量信息/用量单位": "unit",
    "应付信息/应付金额（含税）": "cost",
    "定价信息/定价币种": "currency",
    "产品信息/商品Code": "product",
}
ITEMS = {
    "BillingDate": "day",
    "InstanceID": "instance",
    "Usage": "amount",
    "UsageUnit": "unit",
    "PretaxAmount": "cost",
    "Currency": "currency",
    "Region": "region",
}
CHINA = "sfm_inference_public_cn"
"""The product of the site for China; the bill of instances has cn-beijing as the region of the same product."""
THOUSANDS = ("千tokens", "1K tokens", "KTokens")
METERS = {"input_token": "input_uncached", "output_token": "output", "input_token_cache": "cache_read"}


def _is_bill(table: Table) -> bool:
    document = table.document
    data = document.get("Data") if isinstance(document, dict) else None
    return isinstance(data, dict) and isinstance(data.get("Items"), list) and "BillingCycle" in data


def _item_rows(table: Table) -> Iterable[Row]:
    (document,) = table.rows
    data = document.part("Data")
    if data.cells.get("NextToken"):
        raise BadRow("NextToken is given: further pages are missing; ask for all of them")
    return _joined(data.rows("Items"), ITEMS)


def _csv_rows(table: Table) -> Iterable[Row]:
    return _joined(table.rows, COLUMNS)


def _joined(rows: Iterable[Row], names: dict[str, str]) -> list[Row]:
    """The meters of one day, model and size beside each other. Raises BadRow for a meter that is not known."""
    spans: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
    for row in rows:
        cells = Row(row.number, {ours: row.cells.get(theirs) for theirs, ours in names.items()})
        parts = (cells.text("instance") or "").split(";")
        if len(parts) < 4 or cells.text("unit") not in THOUSANDS:
            raise BadRow(f"row {row.number}: it does not say which tokens it is about, in thousands")
        size, meter = _meter(parts[3], row.number)
        around = tuple(cells.cells.get(name) for name in ("day", "currency", "region", "product"))
        key = (*around, parts[1], parts[2], size)
        _, span = spans.setdefault(
            key, (row.number, {**cells.cells, "model": parts[2], "project": parts[1], "size": size})
        )
        amount = cells.money("amount")
        tokens = (amount or 0) * 1_000
        if amount is None or tokens != int(tokens):
            raise BadRow(f"row {row.number}: its amount is no number of tokens")
        span[meter] = span.get(meter, 0) + int(tokens)
        if (cost := cells.money("cost")) is None:
            raise BadRow(f"row {row.number}: what it cost is missing")
        span["paid"] = span.get("paid", 0) + cost
    return [Row(number, span) for number, span in spans.values()]


def _meter(text: str, number: int) -> tuple[str | None, str]:
    """The size and the count of a meter such as context_0-256k_input_token."""
    for ending, count in METERS.items():
        if text.endswith(ending) and (text == ending or size_range(text) is not None):
            return text.removesuffix(ending).rstrip("_") or None, count
    raise BadRow(f"row {number}: what its meter counts is not known")


def _record(row: Row) -> UsageRecord | NonUsage:
    start, end = row.span("day")
    if not any(map(row.count, METERS.values())):
        cost, model = row.money("paid"), row.named("model")
        billed = (
            BilledCost(start, cost, row.named("currency"), end=end, provider="alibaba", model=model) if cost else None
        )
        return NonUsage("all of it was a free quota", billed)
    return UsageRecord(
        start=start,
        end=end,
        provider="alibaba",
        model=row.named("model"),
        input_uncached=row.count("input_uncached"),
        cache_read=row.count("cache_read"),
        output=row.count("output"),
        input_range=size_range(row.text("size")),
        place=row.text("region") or ("cn-beijing" if row.text("product") == CHINA else None),
        cost=row.money("paid"),
        currency=row.named("currency"),
        project=row.label("project"),
    )


KEYS = ("region", "product", "project", "model", "size", "currency")
BOUND = "how many requests there were, and what a free quota covered"
CSV = Format(
    "Alibaba Cloud's bill as CSV",
    "input without what is cached",
    lambda table: COLUMNS.keys() <= table.columns,
    _csv_rows,
    _record,
    f"{BOUND}, and where it ran: the product of the site for China is taken for cn-beijing",
    keys=KEYS,
    owners=("project",),
)
BILL = Format(
    "Alibaba Cloud's bill of instances", "input without what is cached", _is_bill, _item_rows, _record, BOUND, keys=KEYS
)
