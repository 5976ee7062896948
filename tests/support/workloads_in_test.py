"""A workload that holds every key, and how the tests read and change workloads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.meters import TABLE
from llmcost.core.workload.requests import Workload
from llmcost.errors import FileProblems
from llmcost.workloads.file import read_workload

SOUND: dict[str, Any] = {
    "kind": "workload",
    "name": "support",
    "load": {"peak_to_mean": "4"},
    "serving": {
        "tpot": "50ms",
        "ttft": "2s",
        "headroom": "20%",
        "spares": "1",
        "max_batch": "64",
        "engine": "vllm",
        "hours": [{"weekdays": "mon-fri", "from": "08:00", "to": "18:00", "timezone": "UTC"}],
        "cold_start": "10m",
        "storage_gb": "500",
        "storage": "0.10 USD / GB-month",
        "staff": "4000 USD / month",
    },
    "growth": "5% / month",
    "classes": [
        {
            "name": "chat",
            "requests": "900k / month",
            "input_tokens": "2000",
            "output_tokens": "500",
            "cache_read": "40%",
            "cache_write": "10%",
            "cache_write_1h": "50%",
            "cache_write_12h": "10%",
            "reasoning": "10%",
            "audio_in": "10%",
            "image_in": "10%",
            "video_in": "10%",
            "audio_out": "10%",
            "image_out": "10%",
            "video_out": "10%",
            "cache_read_audio": "50%",
            "cache_read_image": "100",
            "cache_read_video": "50%",
            "web_searches": "0.1",
            "file_searches": "1",
            "cache_storage": "0",
            "characters": "10",
            "video_seconds": "1",
            **{meter.name: "1" for meter in TABLE if meter.apart},
            "images": "2",
            "terms": {"batch": "30%"},
            "options": {"search_context": "high"},
            "mode": "thinking",
            "cache": "explicit",
            "hours": [{"weekdays": "mon-fri", "from": "08:00", "to": "18:00", "timezone": "Europe/Berlin"}],
        },
        {
            "name": "documents",
            "requests": "1k / day",
            "input_tokens": {"min": "2k", "p50": "60k", "p95": "300k", "max": "1M"},
            "output_tokens": {"0..200": "40%", "200..1k": "60%"},
            "input_text": {"en": "500 words", "code": "3k characters"},
            "output_text": {"zh": "80 characters"},
            "images": {"count": "2", "size": "1920x1080", "detail": "high"},
            "audio_seconds": "90",
            "audio_out_seconds": "20",
            "pages": "3",
            "video": {"seconds": "60", "size": "1920x1080", "fps": "0.5", "detail": "low", "sound": "no"},
            "reusable": "1200",
            "pause": {"median": "30s", "p95": "10m"},
            "cache_ttl": "1h",
            "growth": "-2% / month",
        },
        {
            "name": "photos",
            "requests": "10k",
            "input_tokens": ["1200", "3k", "52k"],
            "output_tokens": {"p50": "200", "p90": "300"},
            "cache_hit_rate": "80%",
        },
        {
            "name": "agent",
            "sessions": "2k / month",
            "conversation": {
                "turns": "40",
                "system": "12k",
                "tools": "6k",
                "user": "300",
                "tool_results": "1500",
                "output": "600",
                "reasoning": "25%",
                "compact_at": "60k",
                "summary": "3k",
                "pause": {"1s..30s": "70%", "30s..10m": "30%"},
                "cache_hit_rate": "90%",
                "warm_start": "90%",
            },
            "web_searches": "0.5",
            "terms": {"batch": "10%"},
        },
    ],
}

ON = parse_pricing_day("2026-09-15")


def read(plain: Any) -> Workload | None:
    """A workload from data; None when it has problems, each with a message."""
    raw = json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace").replace(b": null", b": ")
    try:
        return read_workload("-", raw)
    except FileProblems as refused:
        assert refused.problems
        for problem in refused.problems:
            assert problem.message.strip()
            assert problem.render().startswith("<stdin>")
        return None


def alone(path: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The sound workload with only the class that a path leads to, or one, and the path there.

    Beside a class the keys of the whole workload are left out, as they have places of their own.
    """
    if path[:1] != ("classes",) or len(path) < 2:
        return {**SOUND, "classes": SOUND["classes"][2:3]}, path
    return {"kind": SOUND["kind"], "classes": [SOUND["classes"][path[1]]]}, ("classes", 0, *path[2:])


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in nested data."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in children:
        yield from paths(item, (*path, key))


def replaced(plain: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of nested data with another value at one place."""
    if not path:
        return value
    if isinstance(plain, dict):
        return {key: replaced(item, path[1:], value) if key == path[0] else item for key, item in plain.items()}
    return [replaced(item, path[1:], value) if index == path[0] else item for index, item in enumerate(plain)]
