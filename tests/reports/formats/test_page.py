"""The page: one file that loads nothing, holds every figure and its explanation, and shows hostile names as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import Run
from support.running import on_sheet

from llmcost.reports.formats.page.charts import Bar, Line, curves, stacked_bars

ASK = ("--requests", "1M", "--input", "2000", "--output", "500")
TALK = """\
kind: workload
classes:
  - {name: chat, sessions: 100 / month, conversation: {turns: 3, system: 1000, user: 100, output: 200, pause: 30s}}
"""


class Reader(HTMLParser):
    """Takes down the tags with their attributes, and that each is closed in order."""

    VOID = ("meta", "br", "hr", "img", "input", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def test_the_page_loads_nothing_and_runs_only_its_own_script(llmcost_small: Run) -> None:
    """No tag names another file, and the policy in the page allows its script by its digest and nothing else."""
    page = llmcost_small("compare", "--all", *ASK, "-f", "html").out
    reader = read(page)
    for tag, attributes in reader.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form"), tag
        assert not {"src", "href", "action", "srcset", "data"} & {*attributes}, (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
    assert "url(" not in page
    assert "@import" not in page
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page


def test_every_row_has_its_figure_and_its_explanation(llmcost_small: Run) -> None:
    """What the table of the terminal says stands in the page, with the arithmetic of each row, the day and the command."""
    ask = ("compare", "example-large", "example-small@eu", *ASK)
    page = llmcost_small(*ask, "-f", "html").out
    text = "".join(read(page).text)
    explained = llmcost_small(*ask, "--explain").out
    for line in explained.splitlines():
        if " × " in line or "total" in line:
            assert line.strip() in text
    assert "prices of 2026-09-15" in text
    assert re.search("sha256:[0-9a-f]{64}", text)
    assert "llmcost compare example-large example-small@eu --requests 1M" in text
    assert page == llmcost_small(*ask, "-f", "html").out


def test_a_hostile_name_is_text(llmcost: Run, tmp_path: Path) -> None:
    """Names and notes from sheets and workloads cannot open a tag, an attribute or the script."""
    evil = "\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>"
    sheet = {
        "kind": "api",
        "seller": "shop",
        "name": evil,
        "default_place": "here",
        "models": [
            {
                "id": "pebble",
                "note": evil,
                "prices": [
                    {
                        "checked_on": "2026-09-01",
                        "source": "https://shop.example",
                        "rates": {"input": "1 USD / 1M tokens"},
                    }
                ],
            }
        ],
    }
    work = tmp_path / "work.yaml"
    classes = [{"name": evil, "requests": "1 / month", "input_tokens": 5}]
    work.write_text(json.dumps({"kind": "workload", "name": evil, "classes": classes}), encoding="utf-8")
    ran = on_sheet(llmcost, tmp_path, json.dumps(sheet))("compare", str(work), "--all", "-f", "html", "--all-rows")
    assert ran.code == 0, ran.err
    reader = read(ran.out)
    assert [tag for tag, _ in reader.tags if tag == "script"] == ["script"]
    assert "img" not in [tag for tag, _ in reader.tags]
    assert evil in "".join(reader.text)


def test_heads_can_be_sorted_and_details_unfolded_by_keyboard(llmcost_small: Run) -> None:
    """Heads are buttons with their order said, explanations are native details, charts and tables have names."""
    reader = read(llmcost_small("compare", "--all", *ASK, "-f", "html").out)
    heads = [attributes for tag, attributes in reader.tags if tag == "th"]
    assert heads
    assert all(each["scope"] == "col" and each["aria-sort"] == "none" for each in heads)
    assert [tag for tag, _ in reader.tags].count("button") == len(heads)
    for tag, attributes in reader.tags:
        if tag in ("svg", "figure") or attributes.get("role") == "region":
            assert attributes["aria-label"], tag


def test_months_and_sweeps_are_drawn(llmcost_small: Run, tmp_path: Path) -> None:
    """A series has a line for each offer with a point a month, a sweep one with its points, and both their figures."""
    (path := tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")
    ask = ("compare", str(path), "-m", "example-large,night-search", "-f", "html")
    months = llmcost_small(*ask, "--months", "3").out
    assert "<h2>Month by month</h2>" in months
    assert months.count("<polyline") == 2
    assert months.count("<circle") == 6
    moved = llmcost_small(*ask, "--vary", "turns=2..20").out
    assert "<h2>When turns moves</h2>" in moved
    assert "per session" in moved


def test_other_reports_are_pages_too(llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Break-even has its staircase with a band, a difference its reasons, a check its verdicts, and why there is none."""
    monkeypatch.chdir(tmp_path)
    ask = ("self/pebble-8b:fp8@ax1", "example-small", *ASK, "--peak-to-mean", "4")
    stairs = llmcost_small("breakeven", *ask, "-f", "html").out
    assert "<h2>The staircase and the line</h2>" in stairs
    assert "<polygon" in stairs
    sides = ("--on", "2026-09-15", "--to", "2026-12-01", "-m", "example-small", *ASK)
    moved = llmcost_small("diff", *sides, "-f", "html").out
    assert "Meter by meter" in moved
    assert "other prices" in moved
    check = ("check", "-m", "example-small", *ASK, "-f", "html")
    kept = llmcost_small(*check, "--max-monthly", "1 USD")
    assert kept.code == 1
    assert "<h1>llmcost: over budget</h1>" in kept.out
    none = llmcost_small("check", "-m", "exampel", *ASK, "-f", "html", "--max-monthly", "1 USD")
    assert none.code == 2
    assert "<h1>llmcost: no verdict</h1>" in none.out
    for page in (stairs, moved, kept.out, none.out):
        read(page)


def test_bars_are_as_long_as_their_figures() -> None:
    """Twice the cost is twice as long, part by part, and each part says what it is."""
    bars = [Bar("a", ((0, Fraction(10)), (1, Fraction(5)))), Bar("b", ((0, Fraction(20)), (1, Fraction(10))))]
    drawn = stacked_bars("t", bars, ["input", "output"], "USD")
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([0-9.]+)"', drawn)]
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.02)
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.02)
    assert "<title>b: output 10.00 USD</title>" in drawn


def test_lines_go_through_their_points() -> None:
    """The first point is at the left, the largest amount at the top, and a mark stands between."""
    line = Line("a", ((Fraction(0), Fraction(0)), (Fraction(10), Fraction(5)), (Fraction(20), Fraction(10))))
    drawn = curves("t", [line], "x", "USD", [(Fraction(10), "here")])
    found = re.search(r'<polyline [^>]*points="([^"]+)"', drawn)
    assert found is not None
    first, middle, last = (tuple(map(float, point.split(","))) for point in found[1].split())
    assert first[0] < middle[0] < last[0]
    assert middle[0] == pytest.approx((first[0] + last[0]) / 2)
    assert middle[1] == pytest.approx((first[1] + last[1]) / 2)
    assert f'x1="{middle[0]:.2f}"' in drawn
