"""The shape of a price sheet, as pydantic models; the JSON Schema that editors use is written from here.

Only the shape: which keys there are and how each value is written. What the values mean together is in ``checks``.
The docstring under a field is what an editor shows while somebody types.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from llmcost.core.values.meters import METERS
from llmcost.core.workload.tasks import CHAT, Task
from llmcost.sheets.field_types import (
    Alias,
    Clock,
    Day,
    Evidence,
    Factor,
    Id,
    Meter,
    SizeRange,
    Start,
    Strict,
    Text,
    Ttl,
    UnitName,
    Url,
    Weekdays,
    Whole,
    Witness,
    Word,
    Zone,
    present,
)

RATE_SCHEMA = {
    "type": "string",
    "pattern": r"^(= *[a-z0-9_]+|[0-9][0-9_.eE+-]* [A-Z]{3} / .+)$",
    "examples": ["0.50 USD / 1M tokens", "= input"],
}


RATE_DETAIL_SCHEMA = {
    "type": "object",
    "description": "A rate with more to say about it.",
    "additionalProperties": False,
    "required": ["rate"],
    "properties": {
        "rate": RATE_SCHEMA,
        "derived": {
            "type": "string",
            "description": "The rule by which the figure was computed; left out when quoted.",
        },
        "note": {"type": "string", "description": "What a reader should know, such as a source that disagrees."},
        "source": {"type": "string", "format": "uri", "description": "The page of this one figure."},
        "promotion": {**RATE_SCHEMA, "description": "A lower rate for a limited time: shown, and not counted."},
        "until": {
            "type": "string",
            "description": "The first day on which the promotion is over; left out: not stated.",
        },
    },
}


Rates = Annotated[
    dict[str, Annotated[Any, BeforeValidator(present)]],
    Field(min_length=1),
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"enum": list(METERS)},
            "additionalProperties": {"anyOf": [RATE_SCHEMA, RATE_DETAIL_SCHEMA]},
            "minProperties": 1,
        }
    ),
]
"""Meter to rate; each rate is read by the first of the ``checks``, which knows its meter."""


class Modalities(Strict):
    """What goes in and comes out."""

    input: list[Literal["text", "audio", "image", "video"]]
    """Kinds of content the model takes."""
    output: list[Literal["text", "audio", "image", "video"]]
    """Kinds of content the model makes."""


class ModalitiesAsked(Strict):
    """Meets a request with any content of a listed kind."""

    input: list[Literal["audio", "image", "video"]] = []
    output: list[Literal["audio", "image", "video"]] = []


Mode = Literal["thinking", "non-thinking"]
CacheKind = Literal["automatic", "explicit", "session"]


class WindowText(Strict):
    """Clock hours on weekdays in a zone; an end at or before the start runs into the next day."""

    weekdays: Weekdays = "mon-sun"
    """Days such as `mon-fri` or `sat, sun`."""
    from_: Clock = Field(alias="from")
    """The first minute, such as "08:00"."""
    to: Clock
    """The first minute after it, such as "18:00"."""
    timezone: Zone = "UTC"
    """A zone name such as UTC or Asia/Shanghai."""
    except_: list[Day] = Field(default=[], alias="except")
    """Days, such as holidays, on which the hours do not begin."""


class When(Strict):
    """When a variant applies; all keys that are given must hold."""

    terms: Word | None = None
    """batch, flex, priority, fast …"""
    mode: Mode | None = None
    """thinking or non-thinking."""
    cache: CacheKind | None = None
    """The cache policy in use."""
    input_tokens: SizeRange | None = None
    """The request's whole input, cached tokens included."""
    output_tokens: SizeRange | None = None
    """The request's whole output."""
    modalities: ModalitiesAsked | None = None
    """Any content of these kinds."""
    time: list[WindowText] | None = Field(default=None, min_length=1)
    """Hours of the week."""
    options: Annotated[dict[Word, Word], Field(min_length=1)] | None = None
    """Settings of the request that change its price, such as search_context."""


class UnpricedWhen(When):
    """A combination whose price no source states."""

    meters: list[Meter] = []
    """The meters that are left open; left out: all that the combination is about."""


class Variant(Strict):
    """Rates that overlay the base ones, meter by meter, where `when` holds."""

    when: When
    rates: Rates
    effective_from: Start | None = None
    """The variant's own first day; left out: the entry's."""
    withdrawn_on: Start | None = None
    """The first day the variant is no longer sold."""
    checked_on: Day | None = None
    """The day this variant was checked, when it is not the entry's."""
    source: Url | None = None
    """The variant's own page, when it is not the entry's."""
    via: Text | None = None
    """How that page was read, when it was a copy or a data file."""
    evidence: Evidence | None = None
    """What `via` names; left out: third-party."""
    witnesses: list[Witness] | None = None
    """The public tables that have these rates, when they are not the entry's."""
    note: Text | None = None
    """What a reader should know."""


Minimum = Literal[
    "audio_seconds",
    "video_seconds",
    "audio_output_seconds",
    "video_output_seconds",
    "container_seconds",
    "hosting_seconds",
    "provisioned_seconds",
    "characters",
    "bytes",
    "pages",
    "images",
    "input_images",
    "megapixels",
    "web_searches",
]


class VolumePrice(Strict):
    """A price that holds for a part of a month's use only."""

    meter: Meter
    above: Whole | None = None
    """It holds for what is used beyond so much a month."""
    up_to: Whole | None = None
    """It holds for the first so much of a month."""
    price: Text
    """A rate such as 0.9 USD / 1M tokens, or free."""
    note: Text | None = None
    """What a reader should know, such as who shares it."""


class Plan(Strict):
    """Something that is paid by time: a seat, a plan, reserved throughput."""

    name: Text
    price: Text
    """An amount for a time, such as 20 USD / month."""
    includes: Text | None = None
    """What is included, as the vendor says it."""
    term: Text | None = None
    """For how long one is bound, such as 1 month."""


class Entry(Strict):
    """Prices in force from one day on, at one place. A price change is a new entry."""

    effective_from: Start | None = None
    """First day or instant, inclusive; left out on the earliest entry when the start is not known."""
    withdrawn_on: Start | None = None
    """The first day the offer is no longer sold."""
    checked_on: Day
    """The earliest day of the source's stated range; never the day of typing."""
    source: Url
    """The vendor's public page, else the public data file."""
    via: Text | None = None
    """How the page was read, when it was a copy or a data file; left out: the page itself."""
    evidence: Evidence | None = None
    """What `via` names: a copy of the vendor's page, or a third party that says so; left out: third-party."""
    witnesses: list[Witness] = []
    """The public tables that have these rates, each held against them by a program."""
    place: Word | None = None
    """Region or endpoint; left out: the seller's default place."""
    places: list[Word] = []
    """Several of them that these prices hold at, instead of one."""
    status: Literal["free", "unknown", "subscription"] | None = None
    """Given when there are no ordinary rates."""
    context_window: Whole | None = None
    """Tokens, when this place or time differs from the model's."""
    multiply: Factor | None = None
    """An uplift of this place on all token meters, such as 1.1."""
    minimum: Annotated[dict[Minimum, Whole], Field(min_length=1)] | None = None
    """The least that is billed per request, by meter."""
    included: Annotated[dict[Minimum, Whole], Field(min_length=1)] | None = None
    """How much of a request is not billed, by meter, such as the first picture."""
    step: Annotated[dict[Minimum, Whole], Field(min_length=1)] | None = None
    """The steps to which a request is rounded up, by meter, such as 15 for audio_seconds."""
    volume: list[VolumePrice] = []
    """What other prices hold from or up to so much a month: shown, and not counted, as the list price is."""
    plans: list[Plan] = []
    """What is sold by the month and not by use: seats, plans, reserved throughput. Shown, and not counted."""
    rates: Rates | None = None
    """One rate per meter."""
    variants: list[Variant] = []
    """Rates under conditions."""
    not_sold: list[When] = []
    """Combinations the vendor does not offer."""
    unpriced: list[UnpricedWhen] = []
    """Combinations that are sold but whose price no source states."""
    note: Text | None = None
    """What a reader should know."""


class Cache(Strict):
    """One way the model caches prompts."""

    kind: CacheKind
    """A session cache is asked for once and finds only what the turns of one conversation sent before."""
    billed_as: CacheKind | None = None
    """The kind whose rates bill it; left out: its own."""
    minimum_tokens: Whole | None = None
    """The shortest beginning of a prompt that is cached."""
    step_tokens: Whole | None = None
    """Hits are counted in whole steps of so many tokens; left out: to the token."""
    ttl: Ttl | None = None
    """How long it is kept after its last use; left out when the vendor does not say."""
    keeps_output: Literal["true", "false"] = "false"
    """Whether the model's answer is cached too, so that the next turn finds it."""
    checked_on: Day | None = None
    """The day this policy was checked."""
    source: Url | None = None
    """The page that states it."""
    via: Text | None = None
    """How the page was read, when it was a copy or a data file."""
    note: Text | None = None
    """What a reader should know."""


class Model(Strict):
    """One model as this seller sells it."""

    id: Id
    """The vendor's own id."""
    model: Id | None = None
    """One key for the model across sellers; left out: the id."""
    developer: Word | None = None
    """Who trained it, as a seller id."""
    aliases: list[Alias] = []
    """Other exact names the vendor takes for it."""
    task: Task = CHAT
    """What the model is for; `compare` ranks only offers for the work asked about."""
    featured: Literal["true", "false"] = "false"
    """Whether `compare` shows it when no model is named."""
    context_window: Whole | None = None
    """Tokens; left out when it is not known."""
    modalities: Modalities | None = None
    """Left out when no source states them."""
    default_mode: Mode | None = None
    """The mode of a request that names none; needed when a variant asks for a mode."""
    default_options: dict[Word, Word] = {}
    """The value of each option of a request that names none."""
    cache: list[Cache] = []
    """Cache policies; the automatic one is the default."""
    doubt: Text | None = None
    """Why it may not be sold any more; its offers stand below those that surely are."""
    note: Text | None = None
    """What a reader should know."""
    prices: list[Entry] = Field(min_length=1)
    """The history, one entry per change and place."""


class ApiSheet(Strict):
    """Prices of one seller of API models."""

    kind: Literal["api"]
    seller: Word
    """The seller's id."""
    name: Text
    """The seller's name."""
    default_place: Word
    """The place meant when none is named."""
    timezone: Zone = "UTC"
    """The zone in which a day in `effective_from` begins."""
    units: dict[UnitName, Text] = {}
    """What units that are not money cost, such as `DBU: 0.07 USD`; rates may then be written in them."""
    note: Text | None = None
    """What a reader should know about all prices here."""
    models: list[Model] = Field(min_length=1)
