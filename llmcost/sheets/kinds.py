"""The kinds of price sheets: the shape of each, and what must hold in it beyond that. One line a kind."""

from __future__ import annotations

import json
from functools import reduce
from operator import or_
from typing import Annotated, Any, NamedTuple

from pydantic import Field, TypeAdapter

from llmcost.sheets.api import checks as api
from llmcost.sheets.api.schema import ApiSheet
from llmcost.sheets.explanations import checks as explanations
from llmcost.sheets.explanations.schema import ExplanationsSheet
from llmcost.sheets.field_types import Strict
from llmcost.sheets.finding import Check
from llmcost.sheets.fx import checks as fx
from llmcost.sheets.fx.schema import FxSheet
from llmcost.sheets.names import checks as names
from llmcost.sheets.names.schema import NamesSheet
from llmcost.sheets.self_hosting import checks as self_hosting
from llmcost.sheets.self_hosting.hardware_schema import AcceleratorsSheet, ComputeSheet
from llmcost.sheets.self_hosting.model_schema import MeasurementsSheet, OpenWeightsSheet
from llmcost.sheets.tokens import checks as tokens
from llmcost.sheets.tokens.schema import TokensSheet

SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"


class Kind(NamedTuple):
    """A kind of sheet: its shape, and its checks in groups; a group runs only when those before it found nothing."""

    schema: type[Strict]
    checks: list[list[Check]]


KINDS = {
    "api": Kind(ApiSheet, api.CHECKS),
    "explanations": Kind(ExplanationsSheet, explanations.CHECKS),
    "fx": Kind(FxSheet, fx.CHECKS),
    "names": Kind(NamesSheet, names.CHECKS),
    "tokens": Kind(TokensSheet, tokens.CHECKS),
    "accelerators": Kind(AcceleratorsSheet, self_hosting.ACCELERATOR_CHECKS),
    "compute": Kind(ComputeSheet, self_hosting.COMPUTE_CHECKS),
    "open_weights": Kind(OpenWeightsSheet, self_hosting.OPEN_WEIGHTS_CHECKS),
    "measurements": Kind(MeasurementsSheet, self_hosting.MEASUREMENT_CHECKS),
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of every kind of price sheet."""
    any_kind: Any = reduce(or_, (kind.schema for kind in KINDS.values()))
    schema = TypeAdapter[Any](Annotated[any_kind, Field(discriminator="kind")]).json_schema(by_alias=True)
    return {"$schema": SCHEMA_URL, "title": "llmcost price sheet", **schema}


def json_schema_text() -> str:
    """The JSON Schema as it is stored in pricing/schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
