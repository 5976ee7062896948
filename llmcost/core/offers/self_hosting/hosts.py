"""Hosts that rent accelerators, hardware of one's own, and all that self-hosting is built from, in one value."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.measurements import Measurement
from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.pricing.history import PriceHistory
from llmcost.errors import OfferError

if TYPE_CHECKING:
    from llmcost.core.offers.offer import TokenRules

SELF = "self"
"""The seller of self-hosted offers."""


class Ownership(NamedTuple):
    """A server that is bought: amounts are in ``currency``, rates are in the instance's history.

    ``years`` is how long it is used, ``residual`` what is left of the purchase then, ``cost_of_capital`` a yearly part.
    ``power_kw`` of None takes the accelerators' own; with ``includes_facility`` PUE is not applied.
    """

    purchase: Decimal
    currency: str
    years: int
    residual: Fraction
    cost_of_capital: Fraction
    power_kw: Fraction | None
    includes_facility: bool
    pue: Fraction


class Scaling(NamedTuple):
    """How an instance comes and goes with its requests, in seconds.

    It stays for ``idle`` after its last one; ``cold_start`` is what each start takes and bills, None where nobody
    states it. ``source`` says so; None for the user's own.
    """

    idle: Fraction
    cold_start: Fraction | None
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Something a host rents, or a server of one's own, at one place: ``accelerators`` of a kind.

    A replica may span several up to ``joined`` accelerators. ``reference`` marks published figures that nobody
    rents at; ``at_home`` a machine for one person, which serves one request after the other; ``managed`` one on which
    the engine is the host's own.
    ``scaling`` of None is there until it is given back.
    """

    host: str
    host_name: str
    id: str
    accelerator: str
    accelerators: int
    joined: int
    place: str
    default_place: str
    history: PriceHistory
    owned: Ownership | None = None
    reference: bool = False
    at_home: bool = False
    managed: bool = False
    scaling: Scaling | None = None
    note: str | None = None

    def holds(self, count: int) -> Fraction:
        """How many replicas of so many accelerators are in one; a part of one where a replica spans several."""
        if count <= self.accelerators:
            return Fraction(self.accelerators // count)
        return Fraction(1, -(-count // self.accelerators))

    @property
    def where(self) -> str:
        """The host, with the place unless it is the default one."""
        return self.host if self.place == self.default_place else f"{self.host}:{self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A change of a host's prices that was announced without a price for each instance."""

    host: str
    host_name: str
    what: str
    effective_from: str
    change: str | None
    adjust: str | None
    source: str | None
    note: str | None


class SelfHosting:
    """Every open-weight model, accelerator, instance and measured curve, found by exact id, name or alias."""

    def __init__(
        self,
        models: Iterable[OpenWeights],
        accelerators: Iterable[Accelerator],
        instances: Iterable[Instance],
        measured: Callable[[OpenWeights], Iterable[Measurement]],
        announcements: Iterable[Announcement] = (),
        token_rules: Callable[[str], TokenRules] | None = None,
    ) -> None:
        self.models: Mapping[str, OpenWeights] = {each.id: each for each in models}
        self.accelerators: Mapping[str, Accelerator] = {each.id: each for each in accelerators}
        self.instances = tuple(sorted(instances, key=lambda each: (each.host, each.place, each.accelerators, each.id)))
        self.announcements = tuple(announcements)
        self.token_rules = token_rules
        self._rented: dict[str, list[Instance]] = {}
        for each in self.instances:
            self._rented.setdefault(each.accelerator, []).append(each)
        self.homes = frozenset(each.host for each in self.instances if each.at_home)
        """The hosts that are machines for one person."""
        self._models = {name: each for each in self.models.values() for name in each.names()}
        self._accelerators = {name: each for each in self.accelerators.values() for name in each.names()}
        self._measured = measured
        self._curves: dict[str, list[Measurement]] = {}
        self.kept: dict[Hashable, Any] = {}

    def model(self, name: str) -> OpenWeights:
        """The model of that id (in any case), public name or alias. Raises OfferError with close names."""
        found = self._models.get(name) or self._models.get(name.lower())
        if found is None:
            raise OfferError(f'unknown open-weight model "{name}"', _close(name, self._models, self.models))
        return found

    def accelerator(self, name: str) -> Accelerator:
        """The accelerator of that id or alias. Raises OfferError with close names."""
        found = self._accelerators.get(name.lower())
        if found is None:
            raise OfferError(
                f'unknown accelerator "{name}"', _close(name.lower(), self._accelerators, self.accelerators)
            )
        return found

    def known_accelerator(self, name: str) -> bool:
        """Whether an id or alias is an accelerator's."""
        return name in self._accelerators

    def curves(self, model: str, accelerator: str | None = None) -> list[Measurement]:
        """What was measured of a model, on one accelerator or on all."""
        if model not in self._curves:
            self._curves[model] = list(self._measured(self.models[model]))
        return [curve for curve in self._curves[model] if accelerator in (None, curve.accelerator)]

    def having(self, accelerator: str) -> Sequence[Instance]:
        """The instances that have an accelerator, by its id."""
        return self._rented.get(accelerator, ())

    def hosts(self) -> list[str]:
        """The ids of all hosts that have instances."""
        return list(dict.fromkeys(each.host for each in self.instances))


NOTHING = SelfHosting((), (), (), lambda _model: ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How open weights are run, by id. ``count`` is accelerators of one replica; None until the workload decides.

    ``host`` and ``place`` of None: the cheapest listed one. ``instance`` is what is rented or owned; None until then.
    """

    model: str
    precision: str
    accelerator: str
    count: int | None
    host: str | None
    place: str | None
    instance: Instance | None = field(default=None, compare=False)
    hosting: SelfHosting = field(default_factory=lambda: NOTHING, compare=False, repr=False)

    def words(self) -> tuple[str, ...]:
        """What an adjustment may call it by."""
        return tuple(word for word in (self.host, self.accelerator, self.precision) if word)


def _close(name: str, known: Mapping[str, object], ids: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    close = (
        get_close_matches(name, known, n=3, cutoff=0.6) or sorted(each for each in known if name.lower() in each)[:3]
    )
    if close:
        return f"did you mean: {', '.join(close)}?"
    nearest = get_close_matches(name, ids, n=3, cutoff=0.0)
    return f"the nearest of {len(ids)} are: {', '.join(nearest)}; `llmcost models self` lists all"
