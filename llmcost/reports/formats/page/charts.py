"""Charts as static SVG: bars that are stacked, and lines with a band; every figure stands in a title of its own."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import NamedTuple

from llmcost.reports.numbers import places_for, shown_count, shown_money

WIDTH = 960
ROW = 26
NAMES = 330
"""Pixels for the names beside bars."""
COLOURS = 8
LONGEST_NAME = 46
TICKS = 5
HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 90, 20, 16, 44


class Bar(NamedTuple):
    """A name and its parts, each by the number of its colour."""

    name: str
    parts: tuple[tuple[int, Fraction], ...]


class Line(NamedTuple):
    """A curve through points; ``low`` and ``high`` are the edges of its band, () for none."""

    name: str
    points: tuple[tuple[Fraction, Fraction], ...]
    low: tuple[tuple[Fraction, Fraction], ...] = ()
    high: tuple[tuple[Fraction, Fraction], ...] = ()


def stacked_bars(title: str, bars: Sequence[Bar], parts: Sequence[str], unit: str) -> str:
    """Horizontal bars, the parts of each one beside the other; ``parts`` are the names of the colours."""
    totals = [sum((amount for _, amount in bar.parts), Fraction(0)) for bar in bars]
    most = max(totals, default=Fraction(0)) or Fraction(1)
    places = places_for([total for total in totals if total])
    room = WIDTH - NAMES - 110
    drawn = []
    for number, (bar, total) in enumerate(zip(bars, totals, strict=True)):
        y = number * ROW + 4
        drawn.append(f'<text x="{NAMES - 8}" y="{y + 14}" text-anchor="end">{escape(_short(bar.name))}</text>')
        x = Fraction(NAMES)
        for colour, amount in bar.parts:
            wide = room * amount / most
            said = f"{bar.name}: {parts[colour]} {shown_money(amount, places)} {unit}"
            drawn.append(
                f'<rect class="f{colour % COLOURS}" x="{_at(x)}" y="{y}" width="{_at(wide)}" height="{ROW - 8}">'
                f"<title>{escape(said)}</title></rect>"
            )
            x += wide
        drawn.append(f'<text class="soft" x="{_at(x + 6)}" y="{y + 14}">{shown_money(total, places)}</text>')
    return _svg(title, len(bars) * ROW + 8, drawn) + _legend(parts)


def curves(title: str, lines: Sequence[Line], across: str, up: str, marks: Sequence[tuple[Fraction, str]] = ()) -> str:
    """Lines over two axes, called ``across`` and ``up``; ``marks`` are places on the first, with a word each."""
    points = [point for line in lines for point in (*line.points, *line.low, *line.high)]
    if not points:
        return ""
    first, last = min(x for x, _ in points), max(x for x, _ in points)
    most = max((y for _, y in points), default=Fraction(1)) or Fraction(1)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x: Fraction, y: Fraction) -> str:
        across_part = (x - first) / (last - first) if last > first else Fraction(0)
        return f"{_at(LEFT + wide * across_part)},{_at(TOP + high * (1 - y / most))}"

    drawn = [*_axes(first, last, most, across, up)]
    for x, word in marks:
        at, top = place(x, most).split(",")
        drawn.append(f'<line class="axis" x1="{at}" x2="{at}" y1="{top}" y2="{TOP + high}" stroke-dasharray="4 4">')
        drawn.append(f"<title>{escape(word)}</title></line>")
    for number, line in enumerate(lines):
        colour = f"f{number % COLOURS}"
        if line.low and line.high:
            band = " ".join(place(*point) for point in (*line.low, *reversed(line.high)))
            drawn.append(f'<polygon class="band {colour}" points="{band}"/>')
        path = " ".join(place(*point) for point in line.points)
        drawn.append(f'<polyline class="line {colour}" style="fill:none" points="{path}">')
        drawn.append(f"<title>{escape(line.name)}</title></polyline>")
        if len(line.points) <= MOST_DOTS:
            for x, y in line.points:
                at, top = place(x, y).split(",")
                said = f"{line.name}: {shown_money(y, places_for([y]))} at {shown_count(round(x, 2))}"
                drawn.append(
                    f'<circle class="{colour}" cx="{at}" cy="{top}" r="3"><title>{escape(said)}</title></circle>'
                )
    return _svg(title, HEIGHT, drawn) + _legend([line.name for line in lines])


MOST_DOTS = 60


def _axes(first: Fraction, last: Fraction, most: Fraction, across: str, up: str) -> list[str]:
    """Ruled lines at round amounts, and round figures below."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    drawn = []
    step = _round_step(most)
    places = places_for([step]) if step < 1 else 0
    for amount in _ticks(Fraction(0), most, step):
        y = _at(TOP + high * (1 - amount / most))
        drawn.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        text = shown_money(amount, places)
        drawn.append(f'<text class="soft" x="{LEFT - 8}" y="{y}" dy="4" text-anchor="end">{text}</text>')
    for value in _ticks(first, last, _round_step(last - first)):
        x = _at(LEFT + (wide * (value - first) / (last - first) if last > first else Fraction(0)))
        drawn.append(
            f'<text class="soft" x="{x}" y="{TOP + high + 18}" text-anchor="middle">{shown_count(value)}</text>'
        )
    drawn.append(f'<text x="{LEFT + wide / 2:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>')
    drawn.append(f'<text x="{LEFT}" y="{TOP - 4}" text-anchor="start">{escape(up)}</text>')
    return drawn


def _round_step(span: Fraction) -> Fraction:
    """A distance of one, two or five of some power of ten, some of which make up a span."""
    if span <= 0:
        return Fraction(1)
    power = Fraction(10) ** (len(str(int(span))) - 1 if span >= 1 else -len(str(int(1 / span))))
    return next(part * power / 10 for part in (1, 2, 5, 10, 20, 50, 100) if span / (part * power / 10) <= TICKS + 1)


def _ticks(first: Fraction, last: Fraction, step: Fraction) -> list[Fraction]:
    begin = -(-first // step)
    return [step * number for number in range(int(begin), int(last // step) + 1)]


def _svg(title: str, height: int, drawn: Sequence[str]) -> str:
    label = escape(title, quote=True)
    return (
        f'<figure tabindex="0" role="group" aria-label="{label}"><svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{label}">{"".join(drawn)}</svg></figure>'
    )


def _legend(names: Sequence[str]) -> str:
    items = (
        f'<li><span class="swatch f{number % COLOURS}"></span>{escape(name)}</li>' for number, name in enumerate(names)
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _at(value: Fraction) -> str:
    """A place in pixels, to a hundredth."""
    return f"{float(value):.2f}"
