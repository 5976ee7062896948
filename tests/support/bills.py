"""Rows of a bill held against rows of usage, all with invented prices."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from support.running import Run

SELLER = """\
kind: api
seller: {seller}
name: {seller}
default_place: global
models:
  - id: m1
    developer: {seller}
    context_window: 1000000
    prices:
"""
ENTRY = """\
      - {place}checked_on: 2026-01-01
        source: https://x.example/prices
        rates: {{input: {input} {currency} / 1M tokens, output: {output} {currency} / 1M tokens, image_input: = input,
                 web_searches: 10 {currency} / 1K requests}}
        variants:
          - when: {{terms: batch}}
            rates: {{input: {batch} {currency} / 1M tokens, output: = input, image_input: = input}}
{tier}"""
TIER = """\
          - when: {input_tokens: "> 200000"}
            rates: {input: 8 USD / 1M tokens, output: 40 USD / 1M tokens}
          - when: {input_tokens: "> 200000", terms: batch}
            rates: {input: 4 USD / 1M tokens, output: = input, image_input: = input}
"""
HEAD = "period_start,provider,model,requests,input_uncached_tokens,output_tokens,cost,currency,"
Hold = Callable[..., dict[str, Any]]


def entry(place: str = "", price: int = 4, currency: str = "USD", tier: str = "") -> str:
    """An entry of a sheet: what input costs, output five times as much, and half of it in batches."""
    prices = {"input": price, "output": 5 * price, "batch": Decimal(price) / 2}
    return ENTRY.format(place=place, currency=currency, tier=tier, **prices)


def holder(llmcost: Run, tmp_path: Path) -> Hold:
    """Hold rows of a bill, a page or a whole text against rows of usage or a page; the data, with what was said."""

    def call(
        used: Sequence[str] | dict[str, Any],
        billed: Sequence[str] | dict[str, Any] | str,
        *,
        sheets: dict[str, str] | None = None,
        columns: str = "",
        options: Sequence[str] = (),
        home: str = "global",
    ) -> dict[str, Any]:
        head = HEAD + columns
        prices: list[str] = []
        for seller, entries in (sheets or {"acme": entry()}).items():
            text = SELLER.format(seller=seller).replace("global", home) + entries
            (sheet := tmp_path / f"{seller}.yaml").write_text(text, encoding="utf-8")
            prices += ["--prices", str(sheet)]
        usage, bill = (_written(tmp_path / name, each, head) for name, each in (("used", used), ("bill", billed)))
        asked = ("--no-builtin-prices", *prices, "--on", "used", "-f", "json", "--exit-code", *options)
        ran = llmcost("reconcile", str(usage), str(bill), *asked)
        assert ran.out, ran.err
        return {**json.loads(ran.out), "code": ran.code, "said": ran.err}

    return call


def _written(path: Path, content: Sequence[str] | dict[str, Any] | str, head: str) -> Path:
    """A page as JSON, or rows below a head as CSV, or a whole text."""
    path = path.with_suffix(".json" if isinstance(content, dict) else ".csv")
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_text(text if isinstance(text, str) else "\n".join([head, *text]) + "\n", encoding="utf-8")
    return path


def sent(
    day: int, fresh: int, out: int = 0, cost: str = "", more: str = "", seller: str = "acme", number: int = 1
) -> str:
    return f"2026-11-{day:02}T09:00:00Z,{seller},m1,{number},{fresh},{out},{cost},{'USD' if cost else ''},{more}"


def effects(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Model, cause and amount of each effect."""
    return [
        (row["model"], each["cause"], f"{Decimal(each['amount']).normalize():f}")
        for row in found["rows"]
        for each in row["causes"]
    ]


def page(**amounts: str) -> dict[str, Any]:
    """A page of OpenAI's costs of 2026-11-02, by meter."""
    results = [
        {
            "object": "organization.costs.result",
            "amount": {"value": float(amount), "currency": "usd"},
            "line_item": f"m1, {meter}",
        }
        for meter, amount in amounts.items()
    ]
    bucket = {"object": "bucket", "start_time": 1_793_577_600, "end_time": 1_793_664_000, "results": results}
    return {"object": "page", "data": [bucket], "has_more": False}


def told(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Model, cause and words of each effect."""
    return [(row["model"], each["cause"], each["words"]) for row in found["rows"] for each in row["causes"]]
