"""Meters: what is billed, one word each, and what every part of the program has to know of them."""

from __future__ import annotations

from fractions import Fraction

Count = int | Fraction

INPUT_KINDS = ("input", "cache_read", "cache_write", "cache_write_1h")
MEDIA = ("audio", "image", "video")
PREFIXES = ("", "audio_", "image_", "video_")
INPUT_METERS = tuple(prefix + kind for prefix in PREFIXES for kind in INPUT_KINDS)
OUTPUT_METERS = ("output", "reasoning", "audio_output", "image_output", "video_output")
TOKEN_METERS = INPUT_METERS + OUTPUT_METERS
COUNT_METERS = (
    "cache_storage",
    "requests",
    "web_searches",
    "file_searches",
    "images",
    "characters",
    "audio_seconds",
    "video_seconds",
    "pages",
)
METERS = TOKEN_METERS + COUNT_METERS
HOSTING_METERS = ("gpu_hours", "hardware", "power", "hosting", "storage", "staff")
"""What is billed for self-hosting, beside the meters of requests."""
METER_ORDER = {meter: place for place, meter in enumerate((*METERS, *HOSTING_METERS))}

# Counts that become tokens where an offer has no rate for them, and the modality whose rule counts them.
COUNTED_BY_RULE = {"images": "image", "audio_seconds": "audio_in", "pages": "page"}


def modality_meters(side: str, kind: str) -> frozenset[str]:
    """The meters that content of a kind may be billed by where it goes in (``side`` input) or comes out (output)."""
    return frozenset({f"{kind}_{side}", f"{kind}s"} | ({f"{kind}_seconds"} if side == "input" else set()))
