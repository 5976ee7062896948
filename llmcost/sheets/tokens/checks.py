"""What must hold in a sheet of token rules beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from llmcost.core.values.numerals import parse_decimal, parse_whole
from llmcost.core.workload.media_tokens import BY_LEVEL, METHODS, MODALITIES
from llmcost.errors import LlmcostError
from llmcost.files.document import Place
from llmcost.sheets.evidence import evidence_is_of_a_way
from llmcost.sheets.finding import Check, Finding, Sheet
from llmcost.sheets.tokens.build import described

SPAN = "{tokens_per_word: 1.2 to 1.4}"
WHOLE = frozenset(("patch", "frames_per_grid", "most_frames", "tile", "most_patches", "most_tokens"))
"""Figures that count pixels, frames or patches."""
ORDERED = (("min_pixels", "max_pixels"), ("max_pixels", "total_pixels"), ("least_crop", "most_crop"))
"""Figures of which the first is never above the second."""


def models_are_described_once(sheet: Sheet) -> Iterator[Finding]:
    """No model has two tokenizers, or two rules for one modality, and no two tokenizers have one id."""
    seen: set[tuple[str, str]] = set()
    ids: set[str] = set()
    for number, entry in enumerate(sheet.get("tokenizers") or ()):
        if entry["id"] in ids:
            yield Finding(("tokenizers", number, "id"), f"a second tokenizer is called {entry['id']}", "rename it")
        ids.add(entry["id"])
    for part, entry, about in described(sheet):
        for number, model in enumerate(entry["models"]):
            for what in about:
                if (model, what) in seen:
                    message = f"{model} has a second {what if what == 'tokenizer' else f'rule for {what}'} here"
                    yield Finding((*part, "models", number), message, "keep one of them")
                seen.add((model, what))


def other_tokenizers_are_no_slips(sheet: Sheet) -> Iterator[Finding]:
    """Each is held against others; one that is not here may stand in another sheet, but is no slip of one here."""
    entries = sheet.get("tokenizers") or ()
    ids = [entry["id"] for entry in entries]
    for number, entry in enumerate(entries):
        for other in (entry.get("against") or {"tokenizers": {}})["tokenizers"]:
            place = ("tokenizers", number, "against", "tokenizers", other)
            if other == entry["id"]:
                yield Finding(place, "it is held against itself", "leave it out", at_key=True)
            elif other not in ids and (close := get_close_matches(other, ids, n=1)):
                yield Finding(place, f"no tokenizer here is called {other}", f"did you mean {close[0]}?", at_key=True)


def rules_have_their_figures(sheet: Sheet) -> Iterator[Finding]:
    """Every language has a span, and every media rule a method with the figures it needs and no others."""
    for number, entry in enumerate(sheet.get("tokenizers") or ()):
        for language, stated in entry["languages"].items():
            if not stated:
                message = f"nothing is said of {language} text"
                yield Finding(("tokenizers", number, "languages", language), message, f"write {SPAN}", at_key=True)
    for number, entry in enumerate(sheet.get("media") or ()):
        place = ("media", number)
        if not any(entry.get(modality) for modality in MODALITIES):
            yield Finding(place, "no rule is given here", f"write one of: {', '.join(MODALITIES)}")
        for modality in MODALITIES:
            if entry.get(modality):
                yield from _rule_findings((*place, modality), modality, entry[modality])


def _rule_findings(place: Place, modality: str, rule: Mapping[str, Any]) -> Iterator[Finding]:
    methods = METHODS[modality]
    method = rule.get("method") or (next(iter(methods)) if len(methods) == 1 else None)
    if not isinstance(method, str) or method not in methods:
        unknown = f'unknown method "{method}" for {modality}'
        message = unknown if isinstance(method, str) else f"how {modality} is counted is not said"
        remedy = f"methods: {', '.join(methods)}"
        yield Finding((*place, "method"), message, remedy, at_key=not isinstance(method, str))
        return
    needed, allowed = methods[method]
    by_level = ("levels", "default") if method in BY_LEVEL else ()
    yield from _figure_findings(place, rule, (*needed, *allowed), by_level)
    for low, high in ORDERED:
        if _figure(rule.get(low)) > _figure(rule.get(high)) > 0:
            yield Finding((*place, low), f"{low} is above {high}", f"write {rule[high]} or less")
    for key in (*needed, *by_level):
        if rule.get(key) is None:
            yield Finding(place, f'the key "{key}" is missing', f"add `{key}:`", at_key=True)
    if by_level and rule.get("levels") is not None:
        yield from _level_findings(place, rule)


def _figure_findings(
    place: Place, rule: Mapping[str, Any], figures: tuple[str, ...], by_level: tuple[str, ...]
) -> Iterator[Finding]:
    """What is wrong with the keys of a rule, each by itself."""
    known = ("method", *figures, *by_level)
    for key, value in rule.items():
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"keys here: {', '.join(known)}"
            yield Finding((*place, key), f'unknown key "{key}"', hint, at_key=True)
        elif key == "whole_seconds" and value not in ("true", "false"):
            yield Finding((*place, key), "this is not true or false", "write true, or leave the key out")
        elif key in figures and key != "whole_seconds":
            yield from _number_findings((*place, key), value, whole=key in WHOLE)


def _level_findings(place: Place, rule: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with the levels of a rule that has some."""
    levels = rule["levels"]
    if not isinstance(levels, Mapping) or not levels:
        yield Finding((*place, "levels"), "levels are names with tokens", "write {low: 280, high: 1120}")
        return
    for key, value in levels.items():
        yield from _number_findings((*place, "levels", key), value)
    if rule.get("default") is not None and rule["default"] not in [*levels]:
        yield Finding((*place, "default"), "the default is not among the levels", f"levels: {', '.join(levels)}")


def _figure(value: Any) -> Decimal:
    """A figure for comparison; 0 when it is none."""
    try:
        return parse_decimal(value) if isinstance(value, str) else Decimal(0)
    except LlmcostError:
        return Decimal(0)


def _number_findings(place: Place, value: Any, *, whole: bool = False) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield Finding(place, "a number is needed here", "write one number")
        return
    try:
        number = Decimal(parse_whole(value)) if whole else parse_decimal(value)
    except LlmcostError as error:
        yield Finding(place, error.message, error.remedy)
        return
    if not number:
        yield Finding(place, "zero makes no sense here", "write a number above zero, or leave the key out")


CHECKS: list[list[Check]] = [
    [
        models_are_described_once,
        other_tokenizers_are_no_slips,
        rules_have_their_figures,
        evidence_is_of_a_way,
    ]
]
