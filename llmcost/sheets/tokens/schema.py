"""The shape of a sheet on how models count text and media."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from llmcost.sheets.field_types import Day, Evidence, Id, SpanText, Strict, Text, Url, Word, present


class TextSpans(Strict):
    """Tokens of one language's text, each a span such as `1.22 to 1.33`."""

    tokens_per_word: SpanText | None = None
    tokens_per_character: SpanText | None = None


class AgainstSheet(Strict):
    """How many tokens it makes for each that other tokenizers make of the same text."""

    checked_on: Day
    via: Text | None = None
    """How the spans were measured."""
    tokenizers: Annotated[
        dict[Word, Annotated[dict[Literal["en", "zh", "code", "json"], SpanText], Field(min_length=1)]],
        Field(min_length=1),
    ]
    """Spans by the `id` of the other and by kind of text; json is what tools answer."""


class TokenizerSheet(Strict):
    """What is known of how a family of models cuts text into tokens."""

    id: Word
    name: Text
    models: list[Id] = Field(min_length=1)
    """Model keys, the same at every seller."""
    library: Text | None = None
    """The real tokenizer in an optional package, as `package:encoding`."""
    checked_on: Day
    source: Url
    via: Text | None = None
    """How the spans were read or measured."""
    note: Text | None = None
    languages: Annotated[dict[Literal["en", "zh", "code"], TextSpans], Field(min_length=1)]
    """Spans by language."""
    against: AgainstSheet | None = None


MediaNumbers = Annotated[
    dict[str, Annotated[Any, BeforeValidator(present)]],
    Field(min_length=1),
    WithJsonSchema({"type": "object", "minProperties": 1}),
]
"""The figures of a rule; which ones it needs is checked by its method."""


class MediaSheet(Strict):
    """How some models count media in tokens; the figures each method needs are in `pricing/README.md`."""

    id: Id
    models: list[Id] = Field(min_length=1)
    """Model keys, the same at every seller."""
    checked_on: Day
    source: Url
    via: Text | None = None
    evidence: Evidence | None = None
    """What `via` names: a copy of the vendor's page, or a third party that says so; left out: third-party."""
    note: Text | None = None
    image: MediaNumbers | None = None
    audio_in: MediaNumbers | None = None
    audio_out: MediaNumbers | None = None
    video: MediaNumbers | None = None
    page: MediaNumbers | None = None


class TokensSheet(Strict):
    """How models count text and media in tokens: facts of the models, the same at every seller."""

    kind: Literal["tokens"]
    note: Text | None = None
    tokenizers: list[TokenizerSheet] = []
    media: list[MediaSheet] = []
