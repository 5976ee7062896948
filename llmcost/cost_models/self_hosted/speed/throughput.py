"""The speed of a replica from the best evidence there is, with the range that this kind of evidence has earned.

In this order: the user's own measured curve, a measured curve, the calibrated model scaled by the nearest measured
point, the calibrated model alone. Nothing is ever inferred from the width of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, exp, log

from llmcost.core.offers.self_hosting.measurements import Measurement
from llmcost.core.offers.self_hosting.precisions import FOUR_BITS, GGUF
from llmcost.core.quotes.fleet import EVIDENCE
from llmcost.cost_models.self_hosted.speed.curves import SpeedCurve
from llmcost.cost_models.self_hosted.speed.roofline import LLAMA_CPP, ReplicaLoad, Speed
from llmcost.cost_models.self_hosted.speed.setup import (
    Anchor,
    ReplicaSetup,
    anchors_of,
    as_measured,
    known_shape,
    model_speed,
    speed_curves_of,
)
from llmcost.cost_models.self_hosted.speed.speculation import TokenGuess
from llmcost.errors import LlmcostError

OWN, MEASURED, SCALED, MODELLED = EVIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """An estimate of speed, in tokens and seconds, of a whole replica.

    ``low`` and ``high`` are how far the output tokens a second may lie; ``evidence`` says what the estimate rests on.
    ``ttft`` is None where nobody measured it. ``source`` names the measurement; None for the model alone. ``joined``
    is how many accelerators have to be in one server or rack; None: all. ``curve`` is the one that it was read from;
    None for what the model has a part in.
    """

    output_tokens_per_second: float
    low: float
    high: float
    evidence: str
    concurrency: float
    tpot: float
    ttft: float | None
    prefill_share: float
    source: str | None = None
    joined: int | None = None
    curve: Measurement | None = None


WIDE = 4.0
"""Measured concurrencies farther apart than this factor tell little of what lies between them."""
UNSETTLED = 1.2
"""The range of a measured curve with points so far apart, or of which versions of its engine are known to differ."""
RANGES = {OWN: 1.08, MEASURED: 1.08, SCALED: 1.3, MODELLED: 1.5}
"""What an estimate is divided and multiplied by for its range, by its evidence: more than 85 % of the points left out
of calibration lie within; the last is for NVIDIA and mainstream architectures."""
UNUSUAL = 1.7
"""The same for 4-bit weights, sparse attention and layers that keep a state, and for AMD."""
ROUGH = 2.6
"""The same for other makers, both of these at once, cards without a link, llama.cpp, and layouts that the model was not
made for."""
UNPROVEN = frozenset({"apple", "aws", "google", "huawei", "intel"})
"""Makers of accelerators on which little was measured, or nothing."""
NEAREST, SOFTEN, FADE, ELSEWHERE, NEAR = 4, 0.3, 2.0, 2.0, 0.5
"""How many measured points scale the model, and how their weight falls with distance, in logarithms.

Those of another accelerator are so much farther away; within the last the range is that of near points. They are round
figures and not fitted; ``RANGES`` has what estimates made with them have earned on points left out.
"""


def predict(run: ReplicaSetup, load: ReplicaLoad, *, use_measurements: bool = True, timed: bool = False) -> Throughput:
    """How fast a replica answers so many requests at once, from the best evidence.

    ``timed`` goes by curves that know the time to the first token, where there are some.
    Raises LlmcostError when no source says how large the model is, or what the accelerator can do.
    """
    if run.guess is not None:
        return _guessed(run, run.guess, load)
    lines = _lines(run, load.prompt, load.output, timed=timed) if use_measurements else []
    spanning = [line for line in lines if line.spans(load.concurrency)]
    if run.unknown is not None and spanning and not load.cached:
        return _only_measured(run, spanning, load.concurrency)
    if run.unknown is not None:
        raise LlmcostError(run.unknown, "measure it with `llmcost measure`, or name another")
    if spanning:
        return _measured(run, spanning, load)
    model = model_speed(run, load)
    anchors = anchors_of(run) if use_measurements else ()
    if anchors:
        return _scaled(run, model, anchors, load)
    return _modelled(run, model, load.concurrency)


def most_at_once(run: ReplicaSetup, prompt: float, output: float) -> int:
    """How many requests a replica runs at once, by its memory and its engine; more would wait."""
    return int(model_speed(run, ReplicaLoad(prompt, output, float("inf"))).batch)


def measured_span(
    run: ReplicaSetup, prompt: float, output: float, limit: int, *, timed: bool = False
) -> tuple[int, int] | None:
    """The least and the most concurrency, up to a limit, of the curves with such lengths; None without one."""
    if run.guess is not None:  # they are of runs without guesses
        return None
    lines = [line for line in _lines(run, prompt, output, timed=timed) if line.concurrency[0] <= limit]
    if not lines:
        return None
    return ceil(min(line.concurrency[0] for line in lines)), int(max(line.concurrency[-1] for line in lines))


def _lines(run: ReplicaSetup, prompt: float, output: float, *, timed: bool) -> list[SpeedCurve]:
    lines = speed_curves_of(run, prompt, output)
    known = [line for line in lines if timed and None not in line.ttft]
    return known or list(lines)


def _measured(run: ReplicaSetup, lines: Sequence[SpeedCurve], load: ReplicaLoad) -> Throughput:
    concurrency = load.concurrency
    own = [line for line in lines if line.curve.own]
    chosen, others = _choose(own or lines, run, concurrency)
    rate = chosen.rate(concurrency) * run.count
    rates = [line.rate(concurrency) * run.count for line in others]
    evidence = OWN if own else MEASURED
    faster, like = 1.0, as_measured(run, chosen.curve)
    model = model_speed(like, load)
    if load.cached:
        whole = model_speed(like, load._replace(cached=0.0))
        faster, evidence = model.tokens_per_second / whole.tokens_per_second, SCALED
    far = RANGES[evidence] if load.cached else _measured_range(chosen, lines, concurrency, evidence)
    tpot = chosen.seconds_per_token(concurrency) if not load.cached else None
    return Throughput(
        output_tokens_per_second=rate * faster,
        low=min(rates) * faster / far,
        high=max(rates) * faster * far,
        evidence=evidence,
        concurrency=concurrency,
        tpot=tpot if tpot is not None else concurrency / rate / faster,
        ttft=chosen.seconds_to_first_token(concurrency) if not load.cached else None,
        prefill_share=model.prefill_share,
        source=describe(chosen.curve),
        curve=None if load.cached else chosen.curve,
    )


def _only_measured(run: ReplicaSetup, lines: Sequence[SpeedCurve], concurrency: float) -> Throughput:
    """What was measured of a model whose size, or an accelerator whose speed, nobody states.

    How much of the work is reading prompts is taken from the time to the first token, where that was measured.
    """
    own = [line for line in lines if line.curve.own]
    chosen, others = _choose(own or lines, run, concurrency)
    rates = [line.rate(concurrency) * run.count for line in others]
    rate = chosen.rate(concurrency) * run.count
    first, tpot = chosen.seconds_to_first_token(concurrency), chosen.seconds_per_token(concurrency)
    evidence = OWN if own else MEASURED
    far = _measured_range(chosen, lines, concurrency, evidence)
    wait = concurrency / rate
    return Throughput(
        output_tokens_per_second=rate,
        low=min(rates) / far,
        high=max(rates) * far,
        evidence=evidence,
        concurrency=concurrency,
        tpot=tpot if tpot is not None else wait,
        ttft=first,
        prefill_share=min(0.99, first / (wait * chosen.curve.output_tokens)) if first is not None else 0.0,
        source=describe(chosen.curve),
    )


def _measured_range(chosen: SpeedCurve, lines: Sequence[SpeedCurve], concurrency: float, evidence: str) -> float:
    """The range of what is read from a curve: wider between points that lie far apart, and where versions differ."""
    versions = {line.curve.engine_version for line in lines if line.curve.engine == chosen.curve.engine}
    settled = chosen.gap(concurrency) <= WIDE and (evidence == OWN or len(versions) == 1)
    return RANGES[evidence] if settled else UNSETTLED


def _choose(
    lines: Sequence[SpeedCurve], run: ReplicaSetup, concurrency: float
) -> tuple[SpeedCurve, Sequence[SpeedCurve]]:
    """The curve to go by and all that would also do, older versions and other configurations among them.

    Of one configuration the newest curve; where the engine is named, a plain one without data or expert parallelism
    before others; else the one in the middle, so that neither the best nor the worst engine is promised.
    """
    newest: dict[tuple[object, ...], SpeedCurve] = {}
    for line in sorted(lines, key=lambda each: (len(each.concurrency) >= 3, each.curve.measured_on or "")):
        curve = line.curve
        newest[curve.engine, curve.tensor_parallel, curve.data_parallel, curve.expert_parallel or 1] = line
    found = sorted(newest.values(), key=lambda each: each.rate(concurrency))
    if run.engine is not None or any(line.curve.own for line in found):
        plain = [line for line in found if (line.curve.data_parallel or 1) == (line.curve.expert_parallel or 1) == 1]
        if plain:
            return max(plain, key=lambda each: each.curve.measured_on or ""), lines
    return found[(len(found) - 1) // 2], lines


def _scaled(run: ReplicaSetup, model: Speed, anchors: Sequence[Anchor], load: ReplicaLoad) -> Throughput:
    """The model's answer times how far it was off at the nearest measured points, less so the farther they are."""
    found = sorted((_distance(each, run, load), at) for at, each in enumerate(anchors))[:NEAREST]
    weights = [1 / (distance + SOFTEN) for distance, _ in found]
    total = sum(weights)
    off = sum(weight * anchors[at].off for weight, (_, at) in zip(weights, found, strict=True)) / total
    distance = sum(weight * away for weight, (away, _) in zip(weights, found, strict=True)) / total
    factor = exp(off / (1 + distance / FADE))
    far = _scaled_range(run, distance)
    rate = model.tokens_per_second * factor
    nearest = anchors[found[0][1]]
    return Throughput(
        output_tokens_per_second=rate,
        low=rate / far,
        high=rate * far,
        evidence=SCALED,
        concurrency=load.concurrency,
        tpot=model.tpot / factor,
        ttft=None,
        prefill_share=model.prefill_share,
        source=describe(nearest.curve),
    )


def _scaled_range(run: ReplicaSetup, distance: float) -> float:
    """The range of what measured points scale: that of the model alone where they are far, less where they are near."""
    part = min(1.0, max(0.0, distance - NEAR) / (FADE - NEAR))
    return exp((1 - part) * log(RANGES[SCALED]) + part * log(_range(run)))


def _distance(anchor: Anchor, run: ReplicaSetup, load: ReplicaLoad) -> float:
    """How far a measured point is from what is asked, in logarithms; the count of accelerators weighs most."""
    curve = anchor.curve
    away = 0.0 if curve.accelerator == run.accelerator.id else ELSEWHERE
    lengths = abs(log(curve.input_tokens / max(1.0, load.prompt))) + abs(
        log(curve.output_tokens / max(1.0, load.output))
    )
    users = abs(log(anchor.concurrency / max(1.0, load.concurrency)))
    return 0.3 * (lengths + users) + abs(log((curve.accelerators or 1) / run.count)) + away


def _range(run: ReplicaSetup) -> float:
    """The range of the model alone, by how well its kind of architecture and hardware is known."""
    shape = known_shape(run)
    beside = run.accelerator.link is None and run.count > 1
    if shape.novel or run.accelerator.maker in UNPROVEN or beside or run.runs_on == LLAMA_CPP:
        return ROUGH
    if run.precision in GGUF:
        return ROUGH
    mainstream = not shape.linear and not shape.top_tokens and run.precision not in FOUR_BITS
    if run.accelerator.maker == "amd":
        return UNUSUAL if mainstream else ROUGH
    return RANGES[MODELLED] if mainstream else UNUSUAL


def _modelled(run: ReplicaSetup, model: Speed, concurrency: float) -> Throughput:
    far = _range(run)
    rate = model.tokens_per_second
    return Throughput(
        output_tokens_per_second=rate,
        low=rate / far,
        high=rate * far,
        evidence=MODELLED,
        concurrency=concurrency,
        tpot=model.tpot,
        ttft=None,
        prefill_share=model.prefill_share,
    )


def _guessed(run: ReplicaSetup, guess: TokenGuess, load: ReplicaLoad) -> Throughput:
    """What the model says of guessing tokens: as wide as what a step may give, and as an unusual layout."""
    if run.unknown is not None:
        raise LlmcostError(run.unknown, "measure it with `llmcost measure`, or name another")
    far = max(_range(run), UNUSUAL)
    found = _modelled(run, model_speed(run, load), load.concurrency)
    low, high = (model_speed(run, load, tokens).tokens_per_second for tokens in (guess.low, guess.high))
    return replace(found, low=low / far, high=high * far, source=f"{guess.drafts} guessed, {guess.source}")


def describe(curve: Measurement) -> str:
    """Where a measurement is from, in words."""
    words = [
        " ".join(word for word in (curve.engine, curve.engine_version) if word),
        f"measured {curve.measured_on}" if curve.measured_on else "",
        curve.source or "your own measurement",
    ]
    return ", ".join(word for word in words if word)
