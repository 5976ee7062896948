"""The JSON Schema of a workload file, written from the same tables that the reader goes by."""

from __future__ import annotations

import json
from typing import Any

from llmcost.core.offers.self_hosting.precisions import KV_PRECISIONS
from llmcost.core.workload.serving import ENGINES
from llmcost.core.workload.tasks import TASKS
from llmcost.core.workload.text import LANGUAGES
from llmcost.workloads.file import CLASS_KEYS
from llmcost.workloads.request_class import CACHES, COUNTS, MODES, TOKENS
from llmcost.workloads.schedule import HOURS_KEYS

SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

NUMBER: Schema = {"type": ["string", "number"], "examples": ["1M", "250k", 1200]}
PERCENT: Schema = {"type": "string", "pattern": "%$", "examples": ["30%"]}
PART: Schema = {"type": ["string", "number"], "examples": ["40%", 800]}
DURATION: Schema = {"type": "string", "pattern": "^[0-9.]+(ms|s|m|h|d)$", "examples": ["20s", "5m", "1h"]}
SIZE: Schema = {"type": "string", "pattern": "^[0-9]+x[0-9]+$", "examples": ["1920x1080"]}
VOLUME: Schema = {"type": ["string", "number"], "examples": ["900k / month", "30k / day", "2k / hour"]}
GROWTH: Schema = {"type": "string", "examples": ["5% / month"]}
WORD: Schema = {"type": "string"}
TRUTH: Schema = {"enum": ["true", "false", "yes", "no", True, False]}
SHARES: Schema = {"type": "object", "additionalProperties": PERCENT, "examples": [{"batch": "30%"}]}


def _sizes(one: Schema, examples: list[Any]) -> Schema:
    """One value, or values that differ: percentiles, a histogram or a list."""
    return {
        "anyOf": [
            one,
            {"type": "object", "minProperties": 1, "additionalProperties": {"type": ["string", "number"]}},
            {"type": "array", "minItems": 1, "items": one},
        ],
        "examples": examples,
    }


SIZES = _sizes(NUMBER, [2000, {"p50": "3k", "p95": "60k"}, {"0..1k": "40%", "1k..8k": "60%"}, [1200, "3k"]])
PAUSE = _sizes(DURATION, ["30s", {"median": "20s", "p95": "4m"}])
AMOUNT: Schema = {"type": "string", "pattern": " (words?|characters?)$", "examples": ["500 words"]}
TEXT: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": dict.fromkeys(LANGUAGES, AMOUNT),
}

_HOURS: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["from", "to"],
    "properties": dict.fromkeys(HOURS_KEYS, WORD),
}

_TALK: dict[str, tuple[str, Schema]] = {
    "turns": ("Requests in one session.", NUMBER),
    "system": ("Tokens of instructions that open every prompt.", NUMBER),
    "tools": ("Tokens of tool definitions that open every prompt.", NUMBER),
    "user": ("Tokens a person adds each turn.", NUMBER),
    "tool_results": ("Tokens that tools add each turn.", NUMBER),
    "output": ("Tokens the model answers each turn, reasoning included; carried forward.", NUMBER),
    "reasoning": ("Of the output, reasoning: billed, not carried forward.", PART),
    "compact_at": ("Prompts that would be longer are summed up first.", NUMBER),
    "summary": ("Tokens of that summary; left out: a twentieth of the limit.", NUMBER),
    "pause": ("Time between two requests.", PAUSE),
    "cache_hit_rate": ("How often a cache still holds what was sent before, instead of pauses.", PERCENT),
    "warm_start": ("How often another session left the opening in the cache.", PERCENT),
}

_CLASS: dict[str, tuple[str, Schema]] = {
    "name": ("What the class is called.", WORD),
    "requests": ("Requests a month, or per day or hour.", VOLUME),
    "sessions": ("Sessions of a conversation a month, or per day or hour.", VOLUME),
    "input_tokens": ("Input tokens of a request, cached ones and audio_in, image_in and video_in included.", SIZES),
    "output_tokens": ("Output tokens of a request, reasoning included.", SIZES),
    "input_text": ("Text in by language; its tokens are estimated for each model.", TEXT),
    "output_text": ("Text out by language.", TEXT),
    "images": (
        "Images in.",
        {
            "anyOf": [
                NUMBER,
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["count"],
                    "properties": {"count": NUMBER, "size": SIZE, "detail": WORD},
                },
            ]
        },
    ),
    "audio_seconds": ("Seconds of sound in, one recording.", NUMBER),
    "audio_out_seconds": ("Seconds of speech out.", NUMBER),
    "video": (
        "One video in.",
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["seconds"],
            "properties": {"seconds": NUMBER, "size": SIZE, "fps": NUMBER, "detail": WORD, "sound": TRUTH},
        },
    ),
    "reusable": ("Tokens, or a percentage of the input, that every request begins with alike.", PART),
    "cache_hit_rate": ("How often a cache still holds the reusable part; without one, of the whole input.", PERCENT),
    "pause": ("Time between two requests that share the reusable part.", PAUSE),
    "cache_ttl": ("Choose the cache policy that is kept so long.", DURATION),
    "conversation": (
        "Turns whose prompts carry all that went before.",
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["turns", "user", "output"],
            "properties": {key: {**schema, "description": text} for key, (text, schema) in _TALK.items()},
        },
    ),
    "terms": ("Shares of the requests on other terms, where they are sold.", SHARES),
    "mode": ("Thinking or not, where the price depends on it.", {"enum": list(MODES)}),
    "cache": ("Cache policy, where there is a choice.", {"enum": list(CACHES)}),
    "hours": (
        "Hours of the week in which the requests fall; left out: spread evenly.",
        {"anyOf": [_HOURS, {"type": "array", "minItems": 1, "items": _HOURS}]},
    ),
    "options": ("Settings that change a price.", {"type": "object", "additionalProperties": WORD}),
    "offer": ("The only offer these requests go to.", WORD),
    "growth": ("How much more there is each month, over --months.", GROWTH),
    "task": ("The work it is, for models made for it alone; left out: what it holds says so.", {"enum": list(TASKS)}),
}

_SERVING: dict[str, tuple[str, Schema]] = {
    "tpot": ("Most time between two tokens; left out: 50ms.", DURATION),
    "ttft": ("Most time to the first token; judged only where it was measured.", DURATION),
    "headroom": ("Capacity kept above the peak; left out: 20%.", PERCENT),
    "spares": ("Replicas beside those that serve the peak; left out: 1.", NUMBER),
    "max_batch": ("The engine's own limit of requests under way in a replica.", NUMBER),
    "engine": ("Use measurements of this engine only.", {"enum": list(ENGINES)}),
    "kv_precision": (
        "Of the cache of keys and values; left out: the engine's usual one.",
        {"enum": list(KV_PRECISIONS)},
    ),
    "speculative": (
        "Tokens guessed in each step, and how many a step gives if you know; left out: none.",
        {"type": ["string", "integer"], "examples": ["3", "3:2.4"]},
    ),
    "disaggregated": (
        "Read prompts on other accelerators than answer, where that was measured; left out: on the same.",
        TRUTH,
    ),
    "tensor_parallel": ("Accelerators that share each layer; left out: all of a replica.", NUMBER),
    "data_parallel": ("Groups of them beside each other, which share the experts; left out: 1.", NUMBER),
    "expert_parallel": ("Use measurements whose experts are spread over so many; left out: any.", NUMBER),
    "offline": ("Nobody waits: no target, headroom or spare unless given, and an even load.", TRUTH),
    "hours": (
        "Hours of the week in which it is up; left out: always.",
        {"anyOf": [_HOURS, {"type": "array", "minItems": 1, "items": _HOURS}]},
    ),
    "cold_start": ("Billed time of each start, where there are hours or interruptions; left out: 10m.", DURATION),
    "interruptions": ("How often a server on spot terms is taken back, such as 8 / month.", VOLUME),
    "storage_gb": ("GB of storage.", NUMBER),
    "storage": ("Its price.", {"type": "string", "examples": ["0.10 USD / GB-month"]}),
    "staff": ("What the people cost.", {"type": "string", "examples": ["4000 USD / month"]}),
}


def json_schema() -> Schema:
    """The JSON Schema of a workload file."""
    parts = {key: ("Tokens, or a percentage of their whole.", PART) for key in TOKENS if key not in _CLASS}
    counts = {key: ("Number per request.", NUMBER) for key in COUNTS if key not in _CLASS}
    described = {**_CLASS, **parts, **counts}
    properties = {key: {**described[key][1], "description": described[key][0]} for key in CLASS_KEYS}
    one = {
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["requests"]}, {"required": ["sessions", "conversation"]}],
        "properties": properties,
    }
    peak = {**NUMBER, "description": "The busiest hour against the mean one."}
    return {
        "$schema": SCHEMA_URL,
        "title": "llmcost workload",
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "classes"],
        "properties": {
            "kind": {"const": "workload"},
            "name": WORD,
            "classes": {"type": "array", "minItems": 1, "items": one},
            "load": {"type": "object", "additionalProperties": False, "properties": {"peak_to_mean": peak}},
            "serving": {
                "type": "object",
                "description": "How a self-hosted service is to be run.",
                "additionalProperties": False,
                "properties": {key: {**schema, "description": text} for key, (text, schema) in _SERVING.items()},
            },
            "growth": {**GROWTH, "description": described["growth"][0]},
        },
    }


def json_schema_text() -> str:
    """The JSON Schema as it is stored in pricing/workload.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
