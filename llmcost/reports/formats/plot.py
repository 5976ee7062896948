"""Pictures of lines in the terminal; the only door to the plotille library."""

from __future__ import annotations

from fractions import Fraction

from llmcost.core.analysis.breakeven import Breakeven
from llmcost.reports.numbers import shown_count
from llmcost.reports.views.breakeven import reach

HEIGHT = 16
LEAST_WIDTH, MARGIN = 50, 14
DOTS = 60
MOST_CORNERS = 500


def breakeven_plot(found: Breakeven, width: int, *, colour: bool) -> str | None:
    """The staircase with the band of its range, and the line; None where the screen is too narrow."""
    if width < LEAST_WIDTH:
        return None
    import plotille

    fleet = found.self_quote.sized_fleet
    upto = reach(found)
    requests = float(found.requests)
    band = (fleet.work_low, fleet.work_high)
    line = float(found.api_quote.cost * upto)
    top = max([line, *(float(found.step_at(upto, work).cost) for work in (fleet.work, *band))]) * 1.05
    figure = plotille.Figure()
    figure.width, figure.height = width - MARGIN, HEIGHT
    figure.color_mode = "names"
    figure.with_colors = colour
    figure.origin = False
    figure.x_label, figure.y_label = "requests a month", found.api_quote.currency
    figure.set_x_limits(min_=0, max_=float(upto) * requests)
    figure.set_y_limits(min_=0, max_=top)
    figure.register_label_formatter(float, _label)
    for work in band:
        xs, ys = _dots(found, work, upto)
        if xs:
            figure.scatter([x * requests for x in xs], ys, lc="yellow" if colour else None, marker=".")
    figure.plot(*_corners(found, upto), lc="green" if colour else None)
    figure.plot([0, float(upto) * requests], [0, line], lc="cyan" if colour else None)
    legend = f"stairs: {found.self_quote.offer.name}; dots: the range of its speed; line: {found.api_quote.offer.name}"
    return f"{figure.show()}\n{legend}"


def _label(value: float, chars: int, *, delta: float, left: bool = False) -> str:  # noqa: ARG001 - plotille gives it by name
    """A tick in few characters, such as 1.2M."""
    size, scale = abs(value), ""
    for limit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if size >= limit:
            value, scale = value / limit, name
            break
    text = f"{value:.3g}{scale}" if scale else shown_count(round(value))
    return text.ljust(chars) if left else text.rjust(chars)


def _corners(found: Breakeven, upto: Fraction) -> tuple[list[float], list[float]]:
    """The corners of the staircase in requests and money; of a very fine one, points on its edge."""
    xs: list[float] = []
    ys: list[float] = []
    steps = found.steps(upto, MOST_CORNERS + 1)
    if len(steps) > MOST_CORNERS:
        steps = [found.step_at(upto * at / MOST_CORNERS) for at in range(1, MOST_CORNERS + 1)]
    for each in steps:
        xs += [float(end * found.requests) for end in (each.after, min(each.upto, upto))]
        ys += [float(each.cost)] * 2
    return xs, ys


def _dots(found: Breakeven, work: Fraction, upto: Fraction) -> tuple[list[float], list[float]]:
    """Points of one end of the band, only where it lies away from the staircase."""
    xs: list[float] = []
    ys: list[float] = []
    for at in range(1, DOTS + 1):
        x = upto * at / DOTS
        end, own = (float(found.step_at(x, of).cost) for of in (work, None))
        if end != own:
            xs.append(float(x))
            ys.append(end)
    return xs, ys
