"""JSON: the full, stable contract; one envelope for every command, money as decimal text.

Keys are only ever added within a ``schema_version``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from llmcost import __version__
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Charge, RequestBreakdown, TokenCount
from llmcost.core.values.reasons import Reason
from llmcost.foreign import escaped_json
from llmcost.reports.numbers import fixed, plain_count
from llmcost.reports.style import Style
from llmcost.reports.views.comparison import (
    monthly_before,
    monthly_difference,
    per_1m_tokens,
    per_request,
    requests_of,
)
from llmcost.reports.views.warnings import all_warnings
from llmcost.reports.views.workload import workload_data

SCHEMA_VERSION = 1


def write_json(report: ComparisonReport, _style: Style) -> str:
    """A comparison as one JSON document."""
    return render_json(report)


def write_jsonl(report: ComparisonReport, _style: Style) -> str:
    """A comparison as one JSON object per row and line."""
    return render_jsonl(report)


def render_json(result: ComparisonReport) -> str:
    """The result as one JSON document."""
    comparison = result.comparison
    rows = [_row(result, row) for row in comparison.rows]
    head = {
        "on": str(comparison.on),
        "currency": comparison.currency,
        "complete": comparison.complete,
        "workload": workload_data(comparison.workload),
    }
    if any(row.quote.fleet is not None for row in comparison.rows):
        from llmcost.reports.views.fleet import sizing_of

        head["sized_for"] = sizing_of(comparison).removeprefix("Sized for ")
    if result.sweeps:
        from llmcost.reports.views.sensitivity import sweep_data

        head["sensitivity"] = [sweep_data(each) for each in result.sweeps]
    return document(result.command, result.prices, head, rows, all_warnings(result))


def render_jsonl(result: ComparisonReport) -> str:
    """One JSON object per row and line."""
    comparison = result.comparison
    head = {"on": str(comparison.on), "currency": comparison.currency}
    return dump_lines([{**head, **_row(result, row)} for row in comparison.rows])


def _row(result: ComparisonReport, row: Row) -> dict[str, Any]:
    """One row of a result; where it is of a single request, its cost is called so as well."""
    data = row_data(result.comparison, row)
    session = result.comparison.cost_per_session(row)
    if session is not None:
        data["cost_per_session"] = fixed(session)
    return {**data, "cost": data["monthly_cost"]} if result.by_request else data


def dump_lines(rows: list[dict[str, Any]]) -> str:
    """Each row as JSON on a line of its own."""
    return "".join(_dump(row) + "\n" for row in rows)


def document(
    command: str,
    prices: PriceIdentity | None,
    head: Mapping[str, Any],
    rows: list[dict[str, Any]],
    warnings: Sequence[str] = (),
) -> str:
    """What ``envelope`` holds, with the rows and the warnings of a command."""
    said = {"warnings": list(warnings), "warning_codes": codes_of(warnings)}
    return dump({**envelope(command, prices, head), "rows": rows, **said})


def codes_of(warnings: Iterable[str]) -> list[str | None]:
    """The code of each warning, in their order; None for one without."""
    return [warning.code if isinstance(warning, Note) else None for warning in warnings]


def envelope(command: str, prices: PriceIdentity | None, head: Mapping[str, Any]) -> dict[str, Any]:
    """What the documents of all commands begin with; ``prices`` of None where none were read."""
    known = None if prices is None else {"digest": prices.digest, "sources": list(prices.sources)}
    return {**opening(command), **head, "prices": known}


def opening(command: str) -> dict[str, Any]:
    """Which program wrote a document, and for which command."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "llmcost", "version": __version__},
        "command": command,
    }


def row_data(comparison: Comparison, row: Row) -> dict[str, Any]:
    """One row with all its charges and gaps."""
    quote = row.quote
    low, high = quote.monthly_range
    data: dict[str, Any] = {
        "rank": row.rank,
        "offer": quote.offer.name,
        "kind": quote.offer.kind,
        "seller": quote.offer.seller,
        "model": quote.offer.model,
        "place": quote.offer.place,
        "terms": quote.offer.terms,
        "requests": requests_of(comparison, row),
        "monthly_cost": fixed(quote.monthly) if quote.complete else None,
        "low": None if low is None else fixed(low),
        "high": None if high is None else fixed(high),
        "cost_per_request": per_request(comparison, row),
        "cost_per_1m_tokens": per_1m_tokens(row),
        "complete": quote.complete,
        "ratio_to_baseline": None if row.ratio is None else fixed(row.ratio),
        "difference_to_baseline": None if (more := monthly_difference(row)) is None else fixed(more),
        "charges": [charge_data(charge) for charge in quote.charges],
        "gaps": [
            {
                "meter": gap.meter,
                "quantity": plain_count(gap.quantity),
                "class": gap.group,
                "reason": gap.reason,
                "code": gap.reason.code if isinstance(gap.reason, Reason) else None,
            }
            for gap in quote.gaps
        ],
        "unserved": quote.unserved,
        "unserved_code": quote.unserved.code if isinstance(quote.unserved, Reason) else None,
        "notes": list(quote.notes),
        "note_codes": [note.code for note in quote.notes],
        "doubts": list(quote.doubts),
        "marks": list(quote.marks),
        "grade": quote.grade,
    }
    if quote.months:
        data["total_cost"] = fixed(quote.cost) if quote.complete else None
        data["total_requests"] = plain_count(quote.requests)
        data["months"] = [
            {"from": month.starts.isoformat(), "cost": fixed(month.cost), "complete": month.complete}
            for month in quote.months
        ]
    before = monthly_before(row)
    if before is not None:
        data["monthly_cost_before"] = fixed(before)
    if quote.fleet is not None:
        from llmcost.reports.views.fleet import fleet_data

        data["fleet"] = fleet_data(quote.fleet)
    if quote.counted:
        data["counted"] = [_counted_data(each) for each in quote.counted]
    if quote.sent:
        data["sent"] = [_sent_data(each) for each in quote.sent]
    return data


def _counted_data(each: TokenCount) -> dict[str, Any]:
    """How text or media was counted."""
    return {
        "what": each.what,
        "tokens": plain_count(each.high),
        "tokens_low": plain_count(each.low),
        "rule": each.rule,
        "kind": each.kind or "rule",
        "checked_on": each.checked_on,
        "source": each.source,
        "via": each.via,
        "evidence": each.evidence,
        "note": each.note,
    }


def _sent_data(each: RequestBreakdown) -> dict[str, Any]:
    """Requests of a class that were billed alike, with the tokens of a mean one."""
    return {
        "class": each.group,
        "part": each.label,
        "requests": plain_count(each.requests),
        "input_tokens": plain_count(each.input),
        "cache_read_tokens": plain_count(each.read),
        "cache_write_tokens": plain_count(each.written),
        "full_price_tokens": plain_count(each.in_full),
        "output_tokens": plain_count(each.output),
    }


def charge_data(charge: Charge) -> dict[str, Any]:
    """One charge with all that explains it; keys that only some charges need are left out of the others."""
    data: dict[str, Any] = {
        "meter": charge.meter,
        "quantity": plain_count(charge.quantity),
        "unit": charge.rate.unit.text,
        "unit_price": f"{charge.unit_price:f}",
        "price_currency": charge.rate.currency,
        "cost": fixed(charge.cost),
        "condition": charge.condition,
        "effective_from": None if charge.starts is None else str(charge.starts),
        "checked_on": None if charge.checked_on is None else charge.checked_on.isoformat(),
        "source": charge.source,
        "via": charge.via,
        "evidence": charge.evidence,
        "grade": charge.grade,
        "witnesses": list(charge.witnesses),
    }
    if charge.billed_as:
        data["billed_as"] = charge.billed_as
    if charge.multiplier is not None:
        data["list_unit_price"] = f"{charge.rate.amount:f}"
        data["multiplier"] = f"{charge.multiplier:f}"
    if charge.rate.listed is not None:
        listed = charge.rate.listed
        data["list_price"] = f"{listed.amount:f} {listed.currency} / {listed.unit.text}"
    if charge.rate.derived:
        data["derived"] = charge.rate.derived
    if charge.rate.note:
        data["note"] = charge.rate.note
    if charge.offer is not None:
        data["offer"] = charge.offer
    if charge.exchange is not None:
        data["exchange_rate"] = fixed(charge.exchange.rate)
        data["exchange_rate_date"] = charge.exchange.day.isoformat()
        data["exchange_rate_source"] = charge.exchange.source
    return data


def dump(value: Any) -> str:
    """A JSON document for people to read as well."""
    return _dump(value, indent=2) + "\n"


def _dump(value: Any, indent: int | None = None) -> str:
    return escaped_json(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent))
