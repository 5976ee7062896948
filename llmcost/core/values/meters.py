"""Meters: what is billed, one word each. ``TABLE`` holds all that any part of the program has to know of one."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

Count = int | Fraction

LIFETIMES = ("1h", "12h")
"""How long written tokens are kept where that has a meter of its own."""
INPUT_KINDS = ("input", "cache_read", "cache_write", *(f"cache_write_{each}" for each in LIFETIMES))
MEDIA = ("audio", "image", "video")
PREFIXES = ("", "audio_", "image_", "video_")


class Meter(NamedTuple):
    """A meter, and how it differs from others.

    ``dimensions`` are what its pricing unit may count. ``otherwise`` is the meter whose rate bills it where it has
    none of its own, ``unwritten`` the one that bills written tokens where writing is not charged; None: that is a gap.
    ``rule`` is the modality whose rule turns it into tokens where an offer has no rate for it, None without one.
    ``of_requests`` says that requests are billed by it, and not a fleet or a contract.
    ``apart`` says that it is no part of a request's tokens: it is counted only where a workload says how much.
    ``by_time`` says that it is billed by time and not by the request, ``by_instance`` that it grows with the fleet,
    ``owed`` that it is owed by the month, whatever is used.
    """

    name: str
    dimensions: tuple[str, ...]
    otherwise: str | None = None
    unwritten: str | None = None
    rule: str | None = None
    of_requests: bool = True
    apart: bool = False
    by_time: bool = False
    by_instance: bool = False
    owed: bool = False


TOKEN = ("token",)
TABLE = (
    *(
        Meter(
            prefix + kind,
            TOKEN,
            otherwise=f"{prefix}input" if kind == "cache_read" else None,
            unwritten=f"{prefix}input" if kind.startswith("cache_write") else None,
        )
        for prefix in PREFIXES
        for kind in INPUT_KINDS
    ),
    Meter("output", TOKEN),
    Meter("reasoning", TOKEN, otherwise="output"),
    *(Meter(f"{kind}_output", TOKEN) for kind in MEDIA),
    Meter("cache_storage", ("token-hour",), by_time=True),
    Meter("requests", ("request",)),
    Meter("web_searches", ("request", "search")),
    Meter("file_searches", ("request", "search")),
    Meter("images", ("image",), rule="image"),
    Meter("characters", ("character",)),
    Meter("audio_seconds", ("second",), rule="audio_in"),
    Meter("video_seconds", ("second",)),
    Meter("pages", ("page",), rule="page"),
    *(
        Meter(name, tuple(dimensions), apart=True)
        for name, *dimensions in (
            ("input_images", "image"),
            ("audio_output_seconds", "second"),
            ("video_output_seconds", "second"),
            ("megapixels", "megapixel"),
            ("videos", "video"),
            ("tracks", "track"),
            ("items", "item"),
            ("bytes", "byte"),
            ("annotated_pages", "page"),
            ("search_units", "unit"),
            ("text_units", "unit"),
            ("text_messages", "message"),
            ("maps_searches", "search", "request"),
            ("fetches", "fetch", "request"),
            ("container_sessions", "session"),
            ("container_seconds", "second"),
            ("file_storage", "gb-day"),
            ("voices", "voice"),
            ("citation_tokens", "token"),
            ("training_tokens", "token"),
            ("hosting_seconds", "second"),
            ("provisioned_seconds", "second"),
        )
    ),
    Meter("gpu_hours", ("gpu-hour",), of_requests=False, by_time=True, by_instance=True),
    Meter("hardware", ("server",), of_requests=False, by_time=True, by_instance=True, owed=True),
    Meter("power", ("kwh",), of_requests=False, by_time=True, by_instance=True),
    Meter("hosting", ("kw-month",), of_requests=False, by_time=True, by_instance=True, owed=True),
    Meter("storage", ("gb-month",), of_requests=False, by_time=True, owed=True),
    Meter("staff", ("month",), of_requests=False, by_time=True, owed=True),
    Meter("commitment", ("month",), of_requests=False, by_time=True),
)
"""Every meter, in the order in which charges are listed."""
METER = {meter.name: meter for meter in TABLE}
METER_ORDER = {name: place for place, name in enumerate(METER)}
TOKEN_METERS = tuple(meter.name for meter in TABLE if meter.dimensions == TOKEN and not meter.apart)
METERS = tuple(meter.name for meter in TABLE if meter.of_requests)
"""What requests are billed by; the others are for self-hosting and for contracts."""
COUNT_METERS = tuple(name for name in METERS if name not in TOKEN_METERS)


def quotient(count: Count, parts: int) -> Count:
    """One of so many equal parts of a count; a whole number where it is one."""
    if parts == 1:
        return count
    found = Fraction(count, parts)
    return found.numerator if found.denominator == 1 else found


def modality_meters(side: str, kind: str) -> frozenset[str]:
    """The meters that content of a kind may be billed by where it goes in (``side`` input) or comes out (output)."""
    seconds = f"{kind}_seconds" if side == "input" else f"{kind}_output_seconds"
    return frozenset({f"{kind}_{side}", f"{kind}s", seconds} | ({f"input_{kind}s"} if side == "input" else set()))
