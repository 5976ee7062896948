"""How a self-hosted offer is sized: replicas, what is rented for them, and what its speed rests on."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import NamedTuple

EVIDENCE = ("own measurement", "measured curve", "scaled measurement", "calibrated model")
"""Classes of throughput estimates, best first."""

BUSY = Fraction(6, 10)
"""A load that well-used fleets are run at, for comparison."""


class MemoryPlan(NamedTuple):
    """What one accelerator of a replica keeps, in bytes.

    ``room`` is what the ``weights``, and what is ``reserved`` for all else, leave for the cache. In it a ``request`` at
    its full length keeps so much in ``precision``; ``fits`` are the requests of the whole replica.
    """

    weights: Fraction
    reserved: Fraction
    room: Fraction
    request: Fraction
    precision: str
    fits: int


class ReplicaSize(NamedTuple):
    """What one replica does with requests of one kind, and how much of the fleet's work they are.

    ``evidence`` is the class of the estimate; ``tokens_per_second`` are output tokens of the whole replica at
    ``concurrency`` requests under way, ``low`` and ``high`` how far they may lie. ``tpot`` and ``ttft`` are seconds,
    None for answers of at most one token and where nobody measured it. ``share`` is its part of the work. ``kept`` is
    the part of the sessions that wait for their next request whose prompts stay in memory; None where none is known to
    wait. ``memory`` of None: not known, as of a model whose size no source says. ``prompt`` are its tokens of input,
    which tell kinds of one class apart. ``beyond`` is how many may run at once though nobody measured so many, which
    ``high`` allows for; None where what was measured is no limit.
    """

    group: str
    evidence: str
    tokens_per_second: Fraction
    low: Fraction
    high: Fraction
    concurrency: int
    tpot: Fraction | None
    ttft: Fraction | None
    share: Fraction
    source: str | None = None
    kept: Fraction | None = None
    memory: MemoryPlan | None = None
    prompt: Fraction = Fraction(0)
    beyond: int | None = None


class Fleet(NamedTuple):
    """How a self-hosted offer is sized.

    ``replicas`` serve the peak with headroom, ``spares`` stand by; each takes ``accelerators``. ``instances`` of
    ``instance`` are reserved for ``hours`` a month. ``load`` is the mean part of the whole fleet that works.
    ``input_cost`` and ``output_cost`` are per 1M tokens and add up to the bill; None without such tokens.
    ``per_instance`` replicas are in an instance, a part of one where a replica spans several. ``work`` is how many
    replicas the peak with its headroom would keep wholly busy, ``work_low`` and ``work_high`` the least and the
    most of it that the ranges of speed and of counted text allow. ``spares_cost`` is the part of the bill that falls
    without spares; ``busy_cost`` is what 1M tokens would cost if the same fleet worked for BUSY of its time.
    ``hours_range`` is the least and the most hours of what comes and goes with its requests; None for what stays.
    ``at_home`` serves one person; ``at_once`` says that what comes and goes does all of its work in one go.
    """

    accelerators: int
    replicas: int
    spares: int
    instance: str
    instances: int
    hours: Fraction
    load: Fraction
    input_cost: Fraction | None
    output_cost: Fraction | None
    sized: tuple[ReplicaSize, ...]
    per_instance: Fraction
    work: Fraction
    work_low: Fraction
    work_high: Fraction
    spares_cost: Fraction = Fraction(0)
    busy_cost: Fraction | None = None
    hours_range: tuple[Fraction, Fraction] | None = None
    at_home: bool = False
    at_once: bool = False

    def instances_for(self, work: Fraction) -> int:
        """Instances that hold the replicas for so much work, and the spares."""
        return ceil((max(1, ceil(work)) + self.spares) / self.per_instance)

    def at_rate(self, rate: Fraction) -> Fleet:
        """The same fleet with its costs in another currency."""
        asked = (self.input_cost, self.output_cost, self.busy_cost)
        given, made, busy = (None if cost is None else cost * rate for cost in asked)
        return self._replace(input_cost=given, output_cost=made, busy_cost=busy, spares_cost=self.spares_cost * rate)

    @property
    def lot(self) -> int:
        """How many instances are added at a time: as many as a replica spans."""
        return max(1, ceil(1 / self.per_instance))

    @property
    def idle(self) -> Fraction:
        """The mean part of the fleet that waits."""
        return 1 - self.load

    @property
    def evidence(self) -> str:
        """The weakest class of estimate that the sizing rests on."""
        return max((each.evidence for each in self.sized), key=EVIDENCE.index)
