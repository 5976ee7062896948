"""From token sheets to the core's rules: how models count text and media.

The facts belong to a model, so they are keyed by its model key and hold at every seller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from llmcost.core.offers.offer import TokenRules
from llmcost.core.pricing.evidence import PAGE
from llmcost.core.workload.media_tokens import METHODS, MODALITIES, MediaRule, exact
from llmcost.core.workload.text import MEASURES, Tokenizer, parse_span, widest
from llmcost.sheets.evidence import evidence_of
from llmcost.sheets.finding import Sheet

KEYS = {"words": "tokens_per_word", "characters": "tokens_per_character"}


def build_token_rules(sheets: Sequence[Sheet]) -> Callable[[str], TokenRules]:
    """A way to get the rules of a model key; they are built when they are first asked for, a later sheet winning."""
    tokenizers: dict[str, Sheet] = {}
    media: dict[tuple[str, str], Sheet] = {}
    for sheet in sheets:
        for _, entry, about in described(sheet):
            for model in entry["models"]:
                for what in about:
                    if what == "tokenizer":
                        tokenizers[model] = entry
                    else:
                        media[model, what] = entry
    built: dict[str, TokenRules] = {}
    stand_in: list[Tokenizer | None] = []

    def rules(model: str) -> TokenRules:
        if model not in built:
            if model in tokenizers:
                tokenizer: Tokenizer | None = build_tokenizer(tokenizers[model])
            else:
                if not stand_in:
                    every = {entry["id"]: entry for sheet in sheets for entry in sheet.get("tokenizers") or ()}
                    stand_in.append(widest(build_tokenizer(entry) for entry in every.values()))
                tokenizer = stand_in[0]
            own = {what: build_media_rule(what, media[model, what]) for what in MODALITIES if (model, what) in media}
            built[model] = TokenRules(tokenizer, own)
        return built[model]

    return rules


def build_tokenizer(entry: Sheet) -> Tokenizer:
    """One tokenizer family."""
    spans = {
        (language, measure): parse_span(stated[KEYS[measure]])
        for language, stated in entry["languages"].items()
        for measure in MEASURES
        if stated.get(KEYS[measure])
    }
    others = entry["against"]["tokenizers"] if entry.get("against") else {}
    return Tokenizer(
        id=entry["id"],
        name=entry["name"],
        spans=spans,
        library=entry.get("library"),
        checked_on=entry["checked_on"],
        source=entry["source"],
        against={other: {kind: parse_span(span) for kind, span in each.items()} for other, each in others.items()},
    )


def build_media_rule(modality: str, entry: Sheet) -> MediaRule:
    """One modality's rule."""
    rule = entry[modality]
    method = rule.get("method") or next(iter(METHODS[modality]))
    needed, allowed = METHODS[modality][method]
    numbers = {key: exact(rule[key]) for key in needed + allowed if rule.get(key) and key != "whole_seconds"}
    if rule.get("whole_seconds") == "true":
        numbers["whole_seconds"] = Fraction(1)
    levels = {name: exact(tokens) for name, tokens in (rule.get("levels") or {}).items()}
    return MediaRule(
        modality=modality,
        method=method,
        numbers=numbers,
        levels=levels,
        default=rule.get("default"),
        checked_on=entry["checked_on"],
        source=entry["source"],
        note=entry.get("note"),
        via=entry.get("via"),
        evidence=evidence_of(entry) or PAGE,
    )


def described(sheet: Sheet) -> Iterator[tuple[tuple[str | int, ...], Sheet, list[str]]]:
    """Every entry of a sheet with its path, and what it is about: the tokenizer, or modalities."""
    for number, entry in enumerate(sheet.get("tokenizers") or ()):
        yield ("tokenizers", number), entry, ["tokenizer"]
    for number, entry in enumerate(sheet.get("media") or ()):
        yield ("media", number), entry, [modality for modality in MODALITIES if entry.get(modality)]
