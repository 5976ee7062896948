"""What one replica does with a kind of requests: at the most concurrency that meets the targets, as memory allows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.quotes.fleet import MemoryPlan, ReplicaSize
from llmcost.core.values.memory import kept_with_owner
from llmcost.core.workload.serving import Serving
from llmcost.cost_models.self_hosted.demand import Demand
from llmcost.cost_models.self_hosted.speed.disaggregation import points_apart
from llmcost.cost_models.self_hosted.speed.memory import (
    GIB,
    batch_room,
    cache_bytes,
    cache_room,
    most_sequences,
    weights_bytes,
)
from llmcost.cost_models.self_hosted.speed.roofline import ReplicaLoad
from llmcost.cost_models.self_hosted.speed.setup import ReplicaSetup, as_measured, model_speed
from llmcost.cost_models.self_hosted.speed.shape import shape_of
from llmcost.cost_models.self_hosted.speed.throughput import Throughput, measured_span, most_at_once, predict
from llmcost.errors import CannotServe

MOST_CONCURRENCY = 1024
"""No engine is taken to run more requests at once in a replica, unless the user says so."""
NEWS = 1.1
"""How far above the range of what was measured more requests at once have to be to count."""
HALVINGS = 8
"""How often the part of the sessions that stay in memory is narrowed down: to less than half a percent."""
ONE = Fraction(1)
DIGITS = 6
"""Significant digits of an estimate of speed; from there on all is exact."""


class SizedDemand(NamedTuple):
    """A kind of requests with what one replica does of it, and how much of that is reading prompts.

    ``alone`` is how many seconds one of them takes with nothing else under way. ``joined`` is how many accelerators
    have to be in one server or rack; None: all of the replica.
    """

    demand: Demand
    sized: ReplicaSize
    prefill_share: Fraction
    alone: Fraction
    joined: int | None = None

    def requests_per_second(self, tokens_per_second: Fraction) -> Fraction:
        """Requests a second of one replica that makes so many output tokens."""
        return tokens_per_second / self.tokens

    @property
    def tokens(self) -> Fraction:
        """Output tokens of one request, of which one below one is sized like one of one."""
        return max(ONE, self.demand.output)

    def written(self) -> ReplicaSize:
        """The speed in tokens that are really written: an answer below one token is sized like one of one."""
        sized, part = self.sized, self.demand.output
        if part >= 1:
            return sized
        return sized._replace(
            tokens_per_second=sized.tokens_per_second * part, low=sized.low * part, high=sized.high * part
        )


@kept_with_owner
def size_demand(run: ReplicaSetup, demand: Demand, serving: Serving) -> SizedDemand:
    """What one replica does with a kind of requests, at the most concurrency that meets the targets.

    What was measured is believed before the plan of memory: a concurrency that was served does fit. Of sessions that
    wait for longer than the cache can keep them, what was cached is read again. Raises CannotServe.
    """
    found = _size(run, demand, serving)
    if not demand.own or demand.pause is None or run.unknown is not None or run.disaggregated:
        return found
    kept = kept_share(run, found)
    if kept < 1:  # what is read again makes it slower, so that fewer wait: where both agree is found by halving
        low, high = Fraction(0), Fraction(1)
        for _ in range(HALVINGS):
            kept = (low + high) / 2
            found = _size(run, demand._replace(cached=demand.cached - demand.own * (1 - kept)), serving)
            low, high = (kept, high) if kept_share(run, found) > kept else (low, kept)
    return found._replace(sized=found.sized._replace(kept=kept))


def kept_share(run: ReplicaSetup, found: SizedDemand) -> Fraction:
    """The part of the sessions that wait whose prompts the memory of a replica holds beside what runs, at most 1.

    As many wait as requests come in the time of a pause (Little's law). Of pauses that are spread as those of
    independent people are, exponentially, a cache that drops what was not used for longest keeps just the part that
    fits.
    """
    demand = found.demand
    shape = shape_of(run.model)
    assert shape is not None
    assert demand.pause is not None

    def room(length: Fraction) -> float:
        return batch_room(shape, run.numbers, run.accelerator, run.layout, float(length))

    running = found.sized.concurrency / room(demand.input + demand.output)
    waiting = float(found.requests_per_second(found.sized.tokens_per_second) * demand.pause) / room(demand.own)
    return exact(min(1.0, max(0.0, 1 - running) / waiting))


def _size(run: ReplicaSetup, demand: Demand, serving: Serving) -> SizedDemand:
    prompt, output = float(demand.input), float(demand.output)
    most = serving.max_batch or MOST_CONCURRENCY
    best = _best_apart(run, demand, serving) if run.disaggregated else _best(run, demand, serving, most)
    beyond = _beyond(run, demand, serving, best)
    sized = ReplicaSize(
        group=demand.group,
        evidence=best.evidence,
        tokens_per_second=exact(best.output_tokens_per_second),
        low=exact(best.low),
        high=exact(best.high if beyond is None else max(best.high, beyond.output_tokens_per_second)),
        concurrency=int(best.concurrency),
        tpot=exact(best.tpot) if output > 1 else None,
        ttft=None if best.ttft is None else exact(best.ttft),
        share=Fraction(0),
        source=best.source,
        memory=_memory(run if best.curve is None else as_measured(run, best.curve), prompt + output, best.concurrency),
        prompt=demand.input,
        beyond=None if beyond is None else int(beyond.concurrency),
    )
    reading = exact(best.prefill_share) if best.prefill_share > 0 else Fraction(0)
    return SizedDemand(demand, sized, reading, exact(_alone(run, demand, best)), best.joined)


def _best(run: ReplicaSetup, demand: Demand, serving: Serving, most: int) -> Throughput:
    """The estimate at the most concurrency that meets the targets, within what was measured where something was."""
    prompt, output = float(demand.input), float(demand.output)
    if run.refusal is not None:
        raise run.refusal
    seen = measured_span(run, prompt, output, most, timed=serving.ttft is not None)
    if seen is None and run.unknown is not None:
        raise CannotServe(run.unknown, "measure it with `llmcost measure`, or name another")
    if seen is None:
        return _most(run, demand, serving, 1, _planned(run, prompt, output, most))
    return _most_measured(run, demand, serving, seen[0], min(most, seen[1]))


def _beyond(run: ReplicaSetup, demand: Demand, serving: Serving, best: Throughput) -> Throughput | None:
    """What the model says of more requests at once than were measured, where those meet the targets with room to spare.

    None where nothing was measured, where more do not fit or make little difference, and where a time to the first
    token counts.
    """
    if best.curve is None or serving.ttft is not None or run.unknown is not None:
        return None
    least = int(best.concurrency) + 1
    if least <= max(point.concurrency for point in best.curve.points):
        return None
    length = float(demand.input + demand.output)
    like = as_measured(run, best.curve)
    shape = shape_of(run.model)
    assert shape is not None
    fits = int(batch_room(shape, like.numbers, run.accelerator, like.layout, length))
    most = min(fits, serving.max_batch or MOST_CONCURRENCY)
    if most < least:
        return None
    try:
        found = _most(run, demand, serving, least, most)
    except CannotServe:
        return None
    return found if found.output_tokens_per_second > NEWS * best.high else None


def _best_apart(run: ReplicaSetup, demand: Demand, serving: Serving) -> Throughput:
    """The fastest measured point that meets the targets."""
    points = points_apart(run, float(demand.input), max(1.0, float(demand.output)), serving.max_batch)
    meeting = [each for each in points if _meets(each, demand, serving)]
    if not meeting:
        raise _too_slow(run, min(points, key=lambda each: each.tpot), serving)
    return max(meeting, key=lambda each: each.output_tokens_per_second)


def _memory(run: ReplicaSetup, length: float, concurrency: float) -> MemoryPlan | None:
    """What an accelerator keeps where requests have a length; None where the model or the accelerator is not known.

    What was measured to run at once does fit, whatever the plan says.
    """
    shape, on = shape_of(run.model), run.accelerator
    if shape is None or on.memory_gib is None or run.disaggregated:
        return None
    weights = weights_bytes(shape, run.numbers.weights, run.layout)
    room = cache_room(weights, on.memory_gib * GIB)
    return MemoryPlan(
        weights=exact(weights),
        reserved=exact(on.memory_gib * GIB - weights - room),
        room=exact(max(0.0, room)),
        request=exact(cache_bytes(shape, run.numbers.cache, run.layout, max(1.0, length))),
        precision=run.numbers.cache,
        fits=max(int(batch_room(shape, run.numbers, on, run.layout, length)), int(concurrency)),
    )


def _alone(run: ReplicaSetup, demand: Demand, best: Throughput) -> float:
    """Seconds of one request with nothing else under way; where that is not known, as at the chosen concurrency."""
    output = max(1.0, float(demand.output))
    busy = best.concurrency * output / best.output_tokens_per_second
    if run.unknown is not None or run.disaggregated:
        return busy
    load = ReplicaLoad(float(demand.input), output, 1.0, cached=float(demand.cached))
    return min(busy, output / model_speed(run, load).tokens_per_second)


def _planned(run: ReplicaSetup, prompt: float, output: float, most: int) -> int:
    """How many requests at once the plan of memory allows, up to a limit. Raises CannotServe when not even one fits."""
    fit = most_sequences(run.model, run.numbers, run.accelerator, run.layout, prompt + output)
    if fit.problem is not None:
        raise CannotServe(fit.problem, larger=fit.larger)
    return min(most, most_at_once(run, prompt, output))


def _most_measured(run: ReplicaSetup, demand: Demand, serving: Serving, first: int, last: int) -> Throughput:
    """The estimate at the most concurrency of a measured span that meets the targets.

    Below the span only where the model can tell, which knows no time to the first token.
    """
    try:
        return _most(run, demand, serving, first, last)
    except CannotServe:
        if run.unknown is not None or serving.ttft is not None or first == 1:
            raise
    return _most(run, demand, serving, 1, _planned(run, float(demand.input), float(demand.output), first - 1))


def _most(run: ReplicaSetup, demand: Demand, serving: Serving, least: int, limit: int) -> Throughput:
    """The estimate at the largest concurrency from ``least`` up to a limit whose latency meets the targets.

    An answer of one token has no time between tokens, so it meets any.
    """

    def at(concurrency: int) -> Throughput:
        load = ReplicaLoad(
            float(demand.input), max(1.0, float(demand.output)), concurrency, cached=float(demand.cached)
        )
        return predict(run, load, timed=serving.ttft is not None)

    late = at(limit)
    if _meets(late, demand, serving):
        return late
    best = late if least == limit else at(least)
    if not _meets(best, demand, serving):
        raise _too_slow(run, best, serving)
    first, last, halve = least, limit, False
    while (width := last - first) > 1:
        middle = _guess(first, last, _part(best, late, serving)) if not halve else (first + last) // 2
        found = at(middle)
        if _meets(found, demand, serving):
            first, best = middle, found
        else:
            last, late = middle, found
        halve = 2 * (last - first) > width  # a guess that told little is followed by a step that surely tells half
    return best


def _part(best: Throughput, late: Throughput, serving: Serving) -> float:
    """How far between two estimates the target lies, by their times between tokens, which grow about evenly."""
    target = serving.most_tpot
    return 0.5 if target is None or late.tpot <= best.tpot else (float(target) - best.tpot) / (late.tpot - best.tpot)


def _guess(first: int, last: int, part: float) -> int:
    """A whole number inside two others."""
    return min(last - 1, max(first + 1, first + int(part * (last - first))))


def _meets(found: Throughput, demand: Demand, serving: Serving) -> bool:
    """Whether an estimate meets the targets of latency."""
    late = serving.ttft is not None and (found.ttft is None or exact(found.ttft) > serving.ttft)
    target = serving.most_tpot
    return (demand.output <= 1 or target is None or exact(found.tpot) <= target) and not late


def _too_slow(run: ReplicaSetup, found: Throughput, serving: Serving) -> CannotServe:
    if serving.ttft is not None and found.ttft is None:
        return CannotServe(
            f"nobody has measured the time to the first token of {run.model.id} on {run.accelerator.id}x{run.count}, "
            "so `ttft` cannot be judged",
            "leave `ttft` out, or measure it with `llmcost measure`",
        )
    alone = found.concurrency == 1
    on = f"on {run.accelerator.id}x{run.count} even " + (
        "for one request at a time" if alone else f"for {found.concurrency:g} requests at once, the fewest measured"
    )
    if serving.ttft is not None and found.ttft is not None and exact(found.ttft) > serving.ttft:
        what = f"the first token takes {_ms(found.ttft)} {on}, and {_ms(serving.ttft)} is asked for"
        return CannotServe(what, "raise `ttft`, or name more or faster accelerators", larger=True)
    assert serving.most_tpot is not None
    asked = "aimed at by default" if serving.tpot is None else "asked for"
    what = f"a token takes {_ms(found.tpot)} {on}, and {_ms(serving.most_tpot)} is {asked}"
    return CannotServe(what, "raise `tpot`, or name more or faster accelerators", larger=True)


def _ms(seconds: float | Fraction) -> str:
    return f"{float(seconds) * 1000:.3g} ms"


def exact(value: float) -> Fraction:
    """An estimate as an exact number of six significant digits, so that nothing after it depends on the machine."""
    return Fraction(Decimal(f"{value:.{DIGITS}g}"))
