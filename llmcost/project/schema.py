"""The JSON Schema of a config, written from the same tables that the reader goes by."""

from __future__ import annotations

import json
from typing import Any

from llmcost.core.analysis.budget import DAYS, MONEY
from llmcost.core.analysis.limit_units import LIMIT_UNITS, LimitUnit
from llmcost.core.analysis.limits import RULES
from llmcost.project.budgets import BUDGET_KEYS
from llmcost.project.config import KEYS

SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
LIST: Schema = {"type": "array", "minItems": 1, "items": {"type": "string"}}
PERCENT: Schema = {"type": "string", "pattern": "%$", "examples": ["10%"]}
CODE: Schema = {"type": "string", "pattern": "^[A-Z]{3}$", "examples": ["USD"]}


def _form(measure: LimitUnit) -> Schema:
    """How a limit is written in a measure."""
    if measure.pattern:
        return {"type": "string", "pattern": measure.pattern, "examples": [measure.example]}
    number = "number" if measure.name == MONEY else "integer"
    return {"type": ["string", number], "examples": [measure.example]}


_BUDGET: dict[str, tuple[str, Schema]] = {
    "name": ("What reports call it.", TEXT),
    "currency": ("Of amounts that name none.", CODE),
    "models": ("Offers, each of which has to keep the limits; left out: those of the project.", LIST),
    "workload": ("A workload of its own.", TEXT),
    "baseline": ("A result of `llmcost compare -f json` that increases and decreases are counted from.", TEXT),
    "alternatives": ("What `cheapest_within` looks at; left out: the budget's own offers.", LIST),
    "warn_at": ("Above this part of a limit there is a warning.", PERCENT),
    **{rule.name: (rule.promise, _form(LIMIT_UNITS[rule.takes[-1]])) for rule in RULES.values()},
}
_CONFIG: dict[str, tuple[str, Schema]] = {
    "version": ("Always 1.", {"enum": [1, "1"]}),
    "workload": ("A workload file, or the name of a ready-made one.", TEXT),
    "models": ("Offers: [seller/]model[@place][+terms].", LIST),
    "prices": ("Price sheets or folders of them, over the built-in ones.", LIST),
    "currency": ("What every cost is converted to.", CODE),
    "max_price_age_days": ("The same limit for every budget that names none.", _form(LIMIT_UNITS[DAYS])),
    "discounts": ("Negotiated prices, such as `alibaba -15%` or `qwen3.6-plus input = 0.40 USD / 1M tokens`.", LIST),
    "commitments": ("A spend that is owed, such as `alibaba 1000 USD / month`.", LIST),
    "budgets": ("What `llmcost check` holds offers to.", {}),
}


def json_schema() -> Schema:
    """The JSON Schema, for editors and checks."""
    budget = _object({key: _BUDGET[key] for key in BUDGET_KEYS}, ["name"])
    found = _object({key: _CONFIG[key] for key in KEYS}, ["version"])
    found["properties"]["budgets"] |= {"type": "array", "items": budget}
    return {"$schema": SCHEMA_URL, "title": "llmcost config", **found}


def json_schema_text() -> str:
    """The JSON Schema as a document."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(keys: dict[str, tuple[str, Schema]], required: list[str]) -> Schema:
    properties = {key: {**schema, "description": text} for key, (text, schema) in keys.items()}
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
