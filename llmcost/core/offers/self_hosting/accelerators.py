"""Accelerators: what one of them can do. None is what no source states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Accelerator:
    """One kind of accelerator, by its dense speed without sparsity.

    ``memory_gib`` is what one has, in GiB; ``bandwidth`` in GB/s; ``tflops`` dense TFLOP/s by precision, without those
    it has no units for; ``weight_only`` are those whose weights it takes all the same. ``link`` is GB/s one way to its
    neighbours, of which ``domain`` are joined; without one they meet over ``pcie`` of a generation, by ``peer_access``
    directly or else through the host's memory. ``unserved`` says why no engine runs models on it; ``power_w`` is its
    thermal design power; ``provisioned_kw`` all-in kW with server, network and facility.
    """

    id: str
    name: str
    maker: str
    aliases: tuple[str, ...] = ()
    memory_gib: float | None = None
    bandwidth: float | None = None
    tflops: Mapping[str, float] = field(default_factory=dict)
    weight_only: tuple[str, ...] = ()
    link: float | None = None
    domain: int | None = None
    pcie: int | None = None
    peer_access: bool | None = None
    unserved: str | None = None
    power_w: int | None = None
    provisioned_kw: str | None = None
    checked_on: str | None = None
    source: str = ""
    note: str | None = None

    @property
    def unknown(self) -> str | None:
        """What no source says of it that an estimate needs; None when all is known."""
        facts = {"memory": self.memory_gib, "bandwidth": self.bandwidth, "TFLOP/s": self.tflops}
        missing = [name for name, value in facts.items() if not value]
        return f"no source says the {' and '.join(missing)} of {self.id}" if missing else None

    def names(self) -> tuple[str, ...]:
        """Every id it answers to."""
        return (self.id, *self.aliases)

    def lacks(self, precision: str) -> bool:
        """Whether it has no units for a precision; of one nobody describes, that is not known."""
        return bool(self.tflops) and precision not in self.tflops
