"""What the columns of a table of usage are called, and slips in that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

COUNTS: dict[str, tuple[str, ...]] = {
    "cache_read": (
        "cache_read_tokens",
        "cache_read_input_tokens",
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai_usage_cache_read_input_tokens",
        "cached_tokens",
    ),
    "cache_write_5m": ("cache_write_5m_tokens",),
    "cache_write_1h": ("cache_write_1h_tokens",),
    "cache_write_12h": ("cache_write_12h_tokens",),
    "cache_write_unspecified": (
        "cache_write_tokens",
        "cache_creation_input_tokens",
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai_usage_cache_write_input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai_usage_cache_creation_input_tokens",
    ),
    "reasoning": (
        "reasoning_tokens",
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai_usage_reasoning_output_tokens",
    ),
    "audio_input": (
        "audio_input_tokens",
        "gen_ai.usage.audio.input_tokens",
        "gen_ai_usage_audio_input_tokens",
    ),
    "image_input": (
        "image_input_tokens",
        "gen_ai.usage.image.input_tokens",
        "gen_ai_usage_image_input_tokens",
    ),
    "video_input": (
        "video_input_tokens",
        "gen_ai.usage.video.input_tokens",
        "gen_ai_usage_video_input_tokens",
    ),
    "audio_output": (
        "audio_output_tokens",
        "gen_ai.usage.audio.output_tokens",
        "gen_ai_usage_audio_output_tokens",
    ),
    "image_output": (
        "image_output_tokens",
        "gen_ai.usage.image.output_tokens",
        "gen_ai_usage_image_output_tokens",
    ),
    "web_searches": ("web_searches",),
}
"""What counts are called in a table, in llmcost's own words and in those of OpenTelemetry; the first that is there."""
NAMES: dict[str, tuple[str, ...]] = {
    "provider": ("provider", "gen_ai.provider.name", "gen_ai_provider_name", "gen_ai.system"),
    "terms": ("terms", "service_tier"),
    "place": ("place", "region"),
    "agent": ("agent",),
    "session": ("session", "session_id"),
    "project": ("project", "project_id"),
}
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
"""How a terminal is told of one, which is no part of a name."""
CONTRARY = ("un", "non", "not")
ALIKE = 0.9
"""How much of a name is that of another, as ``difflib`` has it, where it is taken for a slip in writing that."""


def near_miss(
    columns: Iterable[str], known: Mapping[str, tuple[str, ...]], read: Iterable[str] = ()
) -> tuple[str, str] | None:
    """A column of a name that is not known, and the known name that is nearest to it; None where there is none.

    A name that others in its row of ``known`` stand for, because one of them is a column, is nobody's slip; neither is
    one that is ``read`` as something else, nor one that says the contrary.
    """
    from difflib import get_close_matches

    there = set(columns)
    others = sorted(name for name in there.difference(read, *known.values()) if not name.lower().startswith(CONTRARY))
    missing = [name for names in known.values() if there.isdisjoint(names) for name in names]
    plain = {_plain(name): name for name in reversed(missing)}
    for column in others:
        found = plain.get(_plain(column)) or next(iter(get_close_matches(column, missing, 1, ALIKE)), None)
        if found is not None:
            return column, found
    return None


def _plain(name: str) -> str:
    """A name without what people write differently: case, signs between words, one or several; and without colours."""
    return "".join(sign for sign in COLOUR.sub("", name).lower() if sign.isalnum()).removesuffix("s")
