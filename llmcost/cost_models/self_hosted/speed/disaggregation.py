"""Replicas that read prompts on some of their accelerators and answer on the others: what was measured of them.

How fast they are rests on how both parts are cut, joined and balanced, which no formula here knows, so nothing is
estimated between or beside the measured points: each is one way to run, and the fastest that meets the targets is used.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from llmcost.core.offers.self_hosting.measurements import Disaggregation, Measurement
from llmcost.core.values.memory import kept_with_owner
from llmcost.cost_models.self_hosted.speed.curves import SpeedCurve
from llmcost.cost_models.self_hosted.speed.setup import ReplicaSetup, serves, speed_curves_of
from llmcost.cost_models.self_hosted.speed.throughput import MEASURED, UNSETTLED, Throughput, describe
from llmcost.errors import CannotServe


def counts_apart(run: ReplicaSetup) -> list[int]:
    """The numbers of accelerators of the replicas that were measured of a run, whatever its own; ascending."""
    return sorted({curve.accelerators or 0 for curve in _measured(run)})


@kept_with_owner
def layouts_apart(run: ReplicaSetup) -> tuple[ReplicaSetup, ...]:
    """The run with what was measured of each way to share out its accelerators, way by way."""
    ways: dict[Hashable, list[Measurement]] = {}
    for curve in _measured(run):
        if curve.accelerators == run.count:
            ways.setdefault((curve.engine, curve.engine_version, curve.disaggregated), []).append(curve)
    return tuple(replace(run, curves=tuple(curves)) for curves in ways.values())


def points_apart(run: ReplicaSetup, prompt: float, output: float, most: int | None) -> list[Throughput]:
    """What was measured of a run with such lengths, up to so many requests at once; None: any number.

    Prompts were read in full, so nothing of them counts as cached. Raises CannotServe where nobody measured it.
    """
    found = [_point(run, line, at) for line in speed_curves_of(run, prompt, output) for at in line.concurrency]
    if not found:
        raise _not_measured(run, prompt, output)
    within = [each for each in found if most is None or each.concurrency <= most]
    if not within:
        least = min(each.concurrency for each in found)
        what = f"nobody measured {_name(run)} on {run.accelerator.id}x{run.count} with fewer than {least:g} at once"
        raise CannotServe(what, f"raise `max_batch` to {least:g} or more", larger=True)
    return within


def _point(run: ReplicaSetup, line: SpeedCurve, concurrency: float) -> Throughput:
    parts = line.curve.disaggregated
    assert parts is not None
    rate = line.rate(concurrency) * run.count
    tpot = line.seconds_per_token(concurrency)
    widest = parts.widest(run.count)
    return Throughput(
        output_tokens_per_second=rate,
        low=rate / UNSETTLED,
        high=rate * UNSETTLED,
        evidence=MEASURED,
        concurrency=concurrency,
        tpot=tpot if tpot is not None else concurrency / rate,
        ttft=line.seconds_to_first_token(concurrency),
        prefill_share=parts.prefill_accelerators / run.count,
        source=f"{describe(line.curve)}, {_ways(line.curve, parts)}",
        joined=min(widest, run.accelerator.domain or widest),
    )


def _ways(curve: Measurement, parts: Disaggregation) -> str:
    """How the accelerators of a curve are shared out, and whether it guessed tokens."""
    words = [f"{parts.prefill_accelerators} of {curve.accelerators} accelerators read prompts", parts.layout or ""]
    if curve.speculative is not None:
        words.append(f"speculative: {curve.speculative}")
    return ", ".join(word for word in words if word)


def _measured(run: ReplicaSetup) -> list[Measurement]:
    return [curve for curve in run.curves if curve.accelerator == run.accelerator.id and serves(curve, run)]


def _name(run: ReplicaSetup) -> str:
    """What is asked for, in words."""
    apart = "with prompts and answers on separate accelerators" + (" and guessed tokens" if run.guess else "")
    return f"{run.model.id} in {run.precision} {apart}"


def _not_measured(run: ReplicaSetup, prompt: float, output: float) -> CannotServe:
    """Why there is no such point, and the nearest that there are."""
    on, here = run.accelerator.id, _measured(run)
    if not here:
        others = sorted({each.accelerator for each in run.curves if each.disaggregated is not None})
        known = f", or name {' or '.join(others)}" if others and on not in others else ""
        return CannotServe(f"nobody measured {_name(run)} on {on}", f"leave that out{known}")
    settings = {"engine": run.engine, "kv_precision": run.kv_precision}
    asked = [f"`{name}`" for name, value in settings.items() if value is not None]
    if asked and speed_curves_of(replace(run, engine=None, kv_precision=None), prompt, output):
        what = f"nobody measured {_name(run)} on {on}x{run.count} with this {' and '.join(asked)}"
        return CannotServe(what, f"leave out {' or '.join(asked)}", larger=True)
    lengths: dict[tuple[float, float], set[int]] = {}
    for curve in here:
        lengths.setdefault((curve.input_tokens, curve.output_tokens), set()).add(curve.accelerators or 0)
    known = "; ".join(
        f"{given:,.0f} in and {made:,.0f} out on {', '.join(map(str, sorted(counts)))} accelerators"
        for (given, made), counts in sorted(lengths.items())
    )
    what = f"nobody measured such requests to {_name(run)} on {on}x{run.count}"
    return CannotServe(what, f"leave that out, or ask within 15% of what was measured: {known}", larger=True)
