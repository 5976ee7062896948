"""Workload files: what they may say, and what it comes to."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from llmcost import Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import parse_pricing_day
from llmcost.workloads.file import read_workload
from llmcost.workloads.request_class import parse_requests

ON = parse_pricing_day("2026-09-15")


def workload(tmp_path: Path, text: str) -> Workload:
    file = tmp_path / "work.yaml"
    file.write_text(f"kind: workload\nclasses:\n{text}", encoding="utf-8")
    return read_workload(str(file))


@pytest.mark.parametrize(
    ("text", "requests"),
    [
        ("1M", 1_000_000),
        ("900k / month", 900_000),
        ("100/day", Fraction(36500, 12)),
        ("2 / hour", 1460),
        ("0.5", Fraction(1, 2)),
        ("1e6", 1_000_000),
        ("1_000", 1000),
    ],
)
def test_requests_come_to_a_month(text: str, requests: Fraction) -> None:
    """A month has 365/12 days and 730 hours, exactly: 100 a day are 3041.6… a month."""
    assert parse_requests(text) == requests


def test_a_class_holds_everything_a_request_can(tmp_path: Path) -> None:
    """Parts are tokens or a percentage of their whole, and land in the usage under OpenTelemetry's names."""
    (group,) = workload(
        tmp_path,
        "  - name: all\n    requests: 10\n    input_tokens: 1000\n    output_tokens: 200\n    cache_read: 40%\n    cache_write: 100\n"
        "    cache_write_1h: 50%\n    reasoning: 25%\n    audio_in: 10%\n    image_in: 20\n    video_in: 30\n    audio_out: 5%\n"
        "    web_searches: 2\n    audio_seconds: 90\n    mode: thinking\n    cache: explicit\n    terms: {batch: 30%}\n"
        "    options: {search_context: high}\n",
    ).groups
    usage = group.usage

    assert (usage.input_tokens, usage.output_tokens) == (1000, 200)
    assert (usage.cache_read_input_tokens, usage.cache_creation_input_tokens, usage.cache_creation_1h_input_tokens) == (
        400,
        100,
        50,
    )
    assert (usage.reasoning_output_tokens, usage.audio_output_tokens) == (50, 10)
    assert (usage.audio_input_tokens, usage.image_input_tokens, usage.video_input_tokens) == (100, 20, 30)
    assert usage.counts == {"web_searches": 2, "audio_seconds": 90}
    assert (group.mode, group.cache, group.terms, group.options) == (
        "thinking",
        "explicit",
        {"batch": Fraction(3, 10)},
        (("search_context", "high"),),
    )


def test_hours_choose_the_windows(tmp_path: Path, small: Catalogue) -> None:
    """Work from 00:00 to 05:00 UTC on weekdays meets the 01:00-04:00 peak for 3 of its 5 hours: 2 x (3/5 x 2 + 2/5)."""
    asked = workload(
        tmp_path,
        '  - {requests: 1, input_tokens: 100k, hours: {weekdays: mon-fri, from: "00:00", to: "05:00"}}\n',
    )
    result = quote(small.find("night-cloud/example/large"), asked, ON)

    assert result.cost == 2 * (Fraction(3, 5) * 2 + Fraction(2, 5))


def test_hours_in_a_zone_move_with_its_clock(tmp_path: Path, small: Catalogue) -> None:
    """03:00 to 06:00 in Berlin is 01:00 to 04:00 UTC in summer, all of it peak: 2 x 2; in winter an hour later."""
    asked = workload(
        tmp_path,
        '  - {requests: 1, input_tokens: 100k, hours: {weekdays: mon-fri, from: "03:00", to: "06:00", timezone: Europe/Berlin}}\n',
    )
    offer = small.find("night-cloud/example/large")

    assert quote(offer, asked, ON).cost == 4
    assert quote(offer, asked, parse_pricing_day("2026-12-15")).cost == 2 * (Fraction(2, 3) * 2 + Fraction(1, 3))


def test_a_class_that_does_not_fit_is_a_gap_of_that_class(tmp_path: Path, small: Catalogue) -> None:
    """Of two classes the one beyond the context window is a gap with its name; the other is priced."""
    asked = workload(
        tmp_path,
        "  - {name: short, requests: 1, input_tokens: 1M}\n  - {name: fits, requests: 1, input_tokens: 100k}\n",
    )
    result = quote(small.find("example-small"), asked, ON)

    assert result.unserved is None
    assert [(gap.group, gap.meter) for gap in result.gaps] == [("short", "requests")]
    assert result.cost == Fraction(5, 100)
