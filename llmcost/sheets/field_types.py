"""How each kind of value in a sheet is written: the text it takes, its remedy, and its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_plain_validator_function

from llmcost.core.offers.self_hosting.measurements import parse_point
from llmcost.core.pricing.tiers import parse_sizes
from llmcost.core.values.dates import parse_day, parse_duration, parse_moment
from llmcost.core.values.meters import METERS
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_decimal, parse_share, parse_whole
from llmcost.core.values.rates import parse_price
from llmcost.core.values.schedule import parse_clock, parse_weekdays, parse_zone
from llmcost.core.workload.text import parse_span
from llmcost.errors import LlmcostError

Evidence = Literal["copy", "third-party"]
"""What `via` names: a copy of the vendor's page, or a third party that states the figure."""

Witness = Literal[
    "litellm",
    "genai-prices",
    "models.dev",
    "openrouter",
    "openai-cost-calculator",
    "model-prices",
    "pi-ai",
    "tokencost",
]
"""A public table that prices are held against; core/pricing/evidence.py says which descend from which."""


class Form:
    """How the text of a field must be written: ``check`` raises LlmcostError, ``schema`` is its JSON Schema."""

    def __init__(self, check: Callable[[str], object], schema: dict[str, Any]) -> None:
        self.check = check
        self.schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take text that passes the check."""
        return no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the field for editors."""
        return dict(self.schema)

    def _validate(self, value: object) -> str:
        if value is None:
            raise PydanticCustomError("llmcost", "a value is missing here", {"remedy": "write one, or remove the key"})
        if not isinstance(value, str):
            raise PydanticCustomError("llmcost", "a text is needed here", {"remedy": "write one value"})
        try:
            self.check(value)
        except LlmcostError as error:
            context = {"message": error.message, "remedy": error.remedy}
            raise PydanticCustomError("llmcost", "{message}", context) from None
        return value


def _matching(pattern: str, what: str, remedy: str) -> Callable[[str], None]:
    compiled = re.compile(pattern)

    def check(value: str) -> None:
        if not compiled.fullmatch(value):
            raise LlmcostError(f'"{value}" is not {what}', remedy)

    return check


def one_line(value: str) -> None:
    """Raise LlmcostError unless the text is one line of at most 1000 characters."""
    if len(value) > 1000:
        raise LlmcostError(f"a text of {len(value)} characters is too long", "write at most 1000 characters")
    if not value.strip() or any(letter in value for letter in "\n\t\u2028\u2029"):
        raise LlmcostError("the text is empty or runs over several lines", "write one line")


def web_address(value: str) -> None:
    """Raise LlmcostError unless the text is an http address."""
    if not re.fullmatch(r"https?://[^\s/?#]\S*", value):
        raise LlmcostError(
            f'"{value}" is not a web address', "name the whole page, beginning with https://, without spaces"
        )


def _positive(value: str) -> None:
    if not parse_decimal(value):
        raise LlmcostError("zero makes no sense here", "write a number above zero, or leave the key out")


def _whole_above_zero(value: str) -> None:
    if not parse_whole(value):
        raise LlmcostError("zero makes no sense here", "write a number above zero, or leave the key out")


_NUMBER: dict[str, Any] = {"type": ["string", "number"]}
_ID = r"[@~]?[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}"

Text = Annotated[str, Form(one_line, {"type": "string", "maxLength": 1000})]
Id = Annotated[
    str,
    Form(
        _matching(_ID, "an id", "use letters, digits and . _ : / @ + - only, beginning with a letter, a digit, @ or ~"),
        {"type": "string", "pattern": f"^{_ID}$"},
    ),
]
Alias = Annotated[
    str,
    Form(
        _matching(rf"{_ID}(:\*)?", "a name", "write an id, or one that ends in :* for all names that begin so"),
        {"type": "string", "pattern": rf"^{_ID}(:\*)?$"},
    ),
]
"""Another name of a model; with ``:*`` at its end, every name that goes on after the colon."""
Word = Annotated[
    str,
    Form(
        _matching(r"[a-z0-9][a-z0-9._-]{0,63}", "a short name", "use lower-case letters, digits, . _ and - only"),
        {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"},
    ),
]
UnitName = Annotated[
    str,
    Form(
        _matching(r"[A-Za-z]{2,12}", "a name of a unit", "use 2 to 12 letters"),
        {"type": "string", "pattern": "^[A-Za-z]{2,12}$"},
    ),
]
Url = Annotated[str, Form(web_address, {"type": "string", "format": "uri"})]
Whole = Annotated[str, Form(_whole_above_zero, _NUMBER)]
Factor = Annotated[str, Form(_positive, _NUMBER)]
Day = Annotated[str, Form(parse_day, {"type": "string", "format": "date"})]
Start = Annotated[str, Form(parse_moment, {"type": "string", "description": "A day, or an instant with its offset."})]
SizeRange = Annotated[str, Form(parse_sizes, {"type": "string", "examples": ["> 200000", "> 128000, <= 256000"]})]
Zone = Annotated[str, Form(parse_zone, {"type": "string", "examples": ["UTC", "Asia/Shanghai"]})]
Weekdays = Annotated[str, Form(parse_weekdays, {"type": "string", "examples": ["mon-fri", "sat, sun"]})]
Clock = Annotated[str, Form(parse_clock, {"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$"})]
Ttl = Annotated[
    str, Form(_matching(r"[1-9][0-9]{0,8}[smhd]", "a duration", "write it like 30s, 5m, 1h or 1d"), {"type": "string"})
]
Duration = Annotated[str, Form(parse_duration, {"type": "string", "examples": ["60s", "5m"]})]
SpanText = Annotated[str, Form(parse_span, {"type": ["string", "number"], "examples": ["1.22 to 1.33", "1.25"]})]
Currency = Annotated[str, Form(check_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})]
Amount = Annotated[str, Form(_positive, _NUMBER)]
Percent = Annotated[str, Form(parse_share, {"type": "string", "pattern": "%$", "examples": ["10%"]})]
PriceText = Annotated[
    str, Form(parse_price, {"type": "string", "examples": ["23.60 USD / hour", "44810.08 USD / month", "250000 USD"]})
]
PointText = Annotated[str, Form(parse_point, {"type": "string", "examples": ["32 231.9 9.59", "8 - - 1651.5"]})]
_NAME = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"
Name = Annotated[
    str,
    Form(
        _matching(_NAME, "a public name", "write it like Qwen/Qwen3.6-27B"),
        {"type": "string", "pattern": f"^{_NAME}$"},
    ),
]


def is_public_name(text: str) -> bool:
    """Whether a model may be called so in a sheet."""
    return re.fullmatch(_NAME, text) is not None


Meter = Annotated[
    str, Form(_matching("|".join(METERS), "a meter", f"meters: {', '.join(METERS)}"), {"enum": list(METERS)})
]


class Strict(BaseModel):
    """A mapping that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def present(value: object) -> object:
    """Refuse a key with nothing behind it."""
    if value is None:
        raise PydanticCustomError("llmcost", "a value is missing here", {"remedy": "write one, or remove the key"})
    return value
