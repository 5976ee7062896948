"""What a class holds beyond known tokens, from what a workload says: text, media, a part that comes again, turns."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from llmcost.core.values.dates import parse_duration
from llmcost.core.values.distribution import Distribution
from llmcost.core.values.meters import INPUT_KINDS, Count
from llmcost.core.values.numerals import parse_count, parse_share, parse_whole
from llmcost.core.workload.content import Content, Video
from llmcost.core.workload.conversation import Conversation
from llmcost.core.workload.media_tokens import parse_size
from llmcost.core.workload.text import LANGUAGES, MEASURES, Amount, Text
from llmcost.errors import NumberError, UsageError
from llmcost.files.fields import Fields
from llmcost.workloads.distributions import read_pause
from llmcost.workloads.request_class import ADDED, refuse_above_sizes, shown, tokens_of_a_part

TALK_KEYS = (
    "turns",
    "system",
    "tools",
    "user",
    "tool_results",
    "output",
    "reasoning",
    "compact_at",
    "summary",
    "pause",
    "cache_hit_rate",
    "warm_start",
)
VIDEO_KEYS = ("seconds", "size", "fps", "detail", "sound")
IMAGE_KEYS = ("count", "size", "detail")
SUMMARY_SHARE = Fraction(1, 20)
"""How long the summary of a conversation is, as a part of the limit, when nothing is said of it."""

TALK_EXAMPLE = "{turns: 40, system: 12k, user: 300, output: 600}"
_TEXT = re.compile(r"(\S+) (words?|characters?)")


def read_text(fields: Fields, key: str) -> Text | None:
    """Text by language, such as ``{en: 500 words, code: 3k characters}``."""
    inner = fields.mapping(key, "{en: 500 words}")
    if inner is None:
        return None
    amounts = []
    for language in inner:
        if language not in LANGUAGES:
            message = f'no rule says how many tokens text in "{language}" is'
            raise inner.fault(language, message, f"languages: {', '.join(LANGUAGES)}; or give tokens", at_key=True)
        number, measure = inner.read(language, parse_amount)
        amounts.append(Amount(language, measure, number))
    if not amounts:
        raise fields.fault(key, "no text is given here", "write it like {en: 500 words}, or remove the key")
    return Text(tuple(amounts))


def parse_amount(text: str) -> tuple[Fraction, str]:
    """Read ``500 words`` or ``3k characters``. Raises NumberError for other forms."""
    match = _TEXT.fullmatch(text)
    if not match:
        raise NumberError(f'"{text}" is not an amount of text', "write it like 500 words, or 3k characters")
    measure = next(each for each in MEASURES if each.startswith(match.group(2).rstrip("s")))
    return parse_count(match.group(1)), measure


def read_images(fields: Fields) -> dict[str, Any]:
    """The count, size and detail of ``images``, which is a number or a mapping."""
    if not isinstance(fields.given.get("images"), dict):
        given: dict[str, Any] = {"count": fields.count("images")}
        given["size"] = fields.read("image_size", parse_size)
        given["detail"] = fields.text("image_detail")
        return given
    inner = fields.mapping("images", "{count: 3, size: 1920x1080}")
    assert inner is not None
    inner.only(IMAGE_KEYS).needed("count", "add `count: 1`")
    return {"count": inner.count("count"), "size": inner.read("size", parse_size), "detail": inner.text("detail")}


def read_video(fields: Fields) -> Video | None:
    """One video, such as ``{seconds: 60, size: 1920x1080}``."""
    inner = fields.mapping("video", "{seconds: 60, size: 1920x1080}")
    if inner is None:
        return None
    inner.only(VIDEO_KEYS).needed("seconds", "add `seconds: 60`")
    fps = inner.count("fps")
    if fps == 0:
        raise inner.fault("fps", "no frames a second is no video", "write a number above zero, or leave it out")
    return Video(
        seconds=inner.count("seconds") or 0,
        size=inner.read("size", parse_size),
        fps=fps,
        detail=inner.text("detail"),
        sound=inner.one_of("sound", ("true", "false", "yes", "no")) not in ("false", "no"),
    )


def read_conversation(fields: Fields) -> tuple[Conversation | None, Fields]:
    """The turns of a session, and where its pauses and hit rate are written."""
    inner = fields.mapping("conversation", TALK_EXAMPLE)
    if inner is None:
        return None, fields
    inner.only(TALK_KEYS)
    for key in ("turns", "user", "output"):
        inner.needed(key, f"write it like {TALK_EXAMPLE}")
    output = inner.count("output") or Fraction(0)
    limit = inner.count("compact_at")
    if "summary" in inner and limit is None:
        raise inner.fault("summary", "nothing is ever summed up", "add compact_at, or leave summary out", at_key=True)
    default = int(limit * SUMMARY_SHARE) if limit is not None else 0
    summary = inner.count("summary")
    try:
        talk = Conversation(
            turns=inner.read("turns", _turns) or 0,
            user=_plain(inner.count("user")),
            output=_plain(output),
            system=_plain(inner.count("system")),
            tools=_plain(inner.count("tools")),
            tool_results=_plain(inner.count("tool_results")),
            reasoning=_plain(_part(inner, "reasoning", output)),
            compact_at=None if limit is None else _plain(limit),
            summary=default if summary is None else _plain(summary),
        )
    except UsageError as error:
        raise inner.fault(error.about or "turns", error.message, error.remedy) from None
    return talk, inner


def read_content(fields: Fields, **known: Any) -> Content | None:
    """All that a class holds beyond known tokens; None when there is nothing."""
    talk, where = read_conversation(fields)
    _refuse_twice(fields, where)
    pauses = where if "pause" in where else fields
    hits = where if "cache_hit_rate" in where else fields
    share, amount = _reusable(fields)
    hit_rate = hits.share("cache_hit_rate")
    if hit_rate is not None and talk is None and share is None and amount is None:
        share = Fraction(1)
    pause = read_pause(pauses, "pause", parse_duration)
    if talk is not None:
        _refuse_reusable(fields)
    elif share is None and amount is None:
        _refuse_cache(fields)
    else:
        _refuse_counts(fields)
    if amount is not None:
        _check_reusable(fields, amount, known.get("input_sizes"))
    content = Content(
        input_text=read_text(fields, "input_text"),
        output_text=read_text(fields, "output_text"),
        audio_out_seconds=_plain(fields.count("audio_out_seconds")),
        video=read_video(fields),
        reusable=amount,
        reusable_share=share,
        hit_rate=hit_rate,
        pause=pause,
        ttl=fields.read("cache_ttl", _ttl),
        warm_start=(where.share("warm_start") if talk is not None else None) or Fraction(0),
        conversation=talk,
        **known,
    )
    return None if content == Content() else content


def _refuse_twice(fields: Fields, where: Fields) -> None:
    """Refuse what is said of a class and inside its conversation as well."""
    for key in ("pause", "cache_hit_rate"):
        if where is not fields and key in fields and key in where:
            raise fields.fault(key, f"{key} is also given inside the conversation", "keep one of the two", at_key=True)


def _refuse_reusable(fields: Fields) -> None:
    """Refuse a part that comes again beside a conversation."""
    if "reusable" in fields:
        raise fields.fault("reusable", "a conversation says itself what comes again", "leave it out", at_key=True)


def _refuse_cache(fields: Fields) -> None:
    """Refuse what only a cache needs, where nothing comes again."""
    for key in ("pause", "cache_ttl"):
        if key in fields:
            remedy = "add `reusable:` with the tokens every request begins with, or a conversation"
            raise fields.fault(key, "nothing here comes again, so a cache finds nothing", remedy, at_key=True)


def _refuse_counts(fields: Fields) -> None:
    """Refuse counts of what a cache finds, where each offer is asked what its cache finds."""
    for key in INPUT_KINDS[1:]:
        if key in fields:
            message = f"{key} is given, and what a cache finds is asked for as well"
            raise fields.fault(key, message, "keep either the counts or reusable and cache_hit_rate", at_key=True)


def _reusable(fields: Fields) -> tuple[Fraction | None, Count | None]:
    text = fields.text("reusable")
    if text is None:
        return None, None
    if text.endswith("%"):
        return fields.read("reusable", parse_share), None
    return None, tokens_of_a_part(fields, "reusable", "the input")


def _check_reusable(fields: Fields, amount: Count, sizes: Distribution | None) -> None:
    """Refuse a reusable part above an input to which nothing is added at an offer."""
    if any(key in fields for key in ADDED["input_tokens"]):
        return
    if sizes is not None:
        refuse_above_sizes(fields, ("reusable",), amount, sizes, "reusable")
        return
    whole = fields.count("input_tokens") or Fraction(0)
    if amount > whole:
        message = f"{shown(amount)} reusable tokens exceed the {shown(whole)} input tokens"
        raise fields.fault("reusable", message, "input tokens contain the reusable ones; raise the input count")


def _part(fields: Fields, key: str, whole: Fraction) -> Fraction:
    text = fields.text(key)
    if text is not None and text.endswith("%"):
        share: Fraction = fields.read(key, parse_share)
        return share * whole
    return tokens_of_a_part(fields, key, "output") if text is not None else Fraction(0)


def _turns(text: str) -> int:
    if text.lower() in ("inf", ".inf", "infinite", "unlimited"):
        raise NumberError("turns that never end cannot be priced", "write how many turns a session has")
    return parse_whole(text)


def _ttl(text: str) -> str:
    parse_duration(text)
    return text


def _plain(value: Count | None) -> Count:
    if value is None:
        return 0
    return value.numerator if value.denominator == 1 else value
