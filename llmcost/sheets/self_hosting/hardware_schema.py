"""The shape of sheets of hardware: accelerators, and hosts that rent them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llmcost.core.offers.self_hosting.precisions import Precision
from llmcost.sheets.field_types import (
    Day,
    Duration,
    Evidence,
    Factor,
    Id,
    Percent,
    PriceText,
    Start,
    Strict,
    Text,
    Url,
    Whole,
    Word,
)

Speeds = Annotated[dict[Precision, Factor], Field(min_length=1)]


class AcceleratorSheet(Strict):
    """One kind of accelerator; what is left out is not known."""

    id: Word
    name: Text
    aliases: list[Word] = []
    """Other ids it answers to."""
    maker: Word
    memory_gib: Factor | None = None
    """Memory of one, in GiB."""
    bandwidth_gb_s: Factor | None = None
    """Memory bandwidth, in GB/s."""
    tflops: Speeds | None = None
    """Dense TFLOP/s by precision; a precision that is left out has no units of its own."""
    weight_only: list[Precision] = []
    """Precisions without units of their own whose weights it takes all the same, at the speed of a wider one."""
    link_gb_s: Factor | None = None
    """Interconnect between accelerators, one way, in GB/s."""
    domain: Whole | None = None
    """How many are joined by that interconnect."""
    pcie: Literal["3", "4", "5", "6"] | None = None
    """The generation of its PCIe with 16 lanes, by which cards without an interconnect of their own meet."""
    peer_access: Literal["true", "false"] | None = None
    """Whether such cards copy to each other directly; false goes through the host's memory."""
    unserved: Text | None = None
    """Why no engine runs language models on it; such an accelerator is refused with these words."""
    power_w: Factor | None = None
    """Thermal design power of one, in W."""
    provisioned_kw: Factor | None = None
    """All-in power per accelerator in kW, with its share of server, network and facility."""
    checked_on: Day | None = None
    """The earliest day of the sources' range; left out when it is not known."""
    source: Url
    via: Text | None = None
    note: Text | None = None


class AcceleratorsSheet(Strict):
    """What accelerators can do."""

    kind: Literal["accelerators"]
    note: Text | None = None
    accelerators: list[AcceleratorSheet] = Field(min_length=1)


class ComputePrice(Strict):
    """What an instance costs from one day on, in some places."""

    places: list[Word] = []
    """The host's regions this price holds in; left out: the default place."""
    effective_from: Start | None = None
    """First day, inclusive; left out on the earliest entry when the start is not known."""
    withdrawn_on: Start | None = None
    checked_on: Day | None = None
    """The earliest day of the source's stated range; left out when the source has no date."""
    source: Url
    via: Text | None = None
    evidence: Evidence | None = None
    """What `via` names: a copy of the host's page, or a third party that says so; left out: third-party."""
    rates: Annotated[dict[Word, PriceText], Field(min_length=1)]
    """Terms to rate: on-demand, spot, 1yr, 3yr …, of the whole instance, by second, minute, hour or month."""
    derived: Text | None = None
    """The rule by which the figures were computed; left out when quoted."""
    note: Text | None = None


class OwnedSheet(Strict):
    """Hardware that is bought; every part is a charge of its own."""

    purchase: PriceText
    """Price of the server, such as `250000 USD`."""
    years: Whole
    """How long it is used."""
    residual: Percent = "0%"
    """What it is worth afterwards, as a part of the purchase."""
    cost_of_capital: Percent = "0%"
    """Yearly cost of the money in it."""
    power_kw: Factor | None = None
    """Power of the server at work, in kW; left out: the accelerators' own."""
    includes_facility: Literal["true", "false"] = "false"
    """Whether that power contains cooling and other losses already, so that PUE is not applied again."""
    pue: Factor = "1"
    """Power usage effectiveness of the site."""
    power_price: PriceText | None = None
    """Such as `0.12 USD / kWh`."""
    hosting: PriceText | None = None
    """Such as `150 USD / kW-month`, for the server's power."""
    staff: PriceText | None = None
    """Such as `4000 USD / month` for the whole fleet."""
    source: Url | None = None
    """Where the figures are from; left out for your own."""
    via: Text | None = None
    """How the source was read, when not itself."""
    checked_on: Day | None = None
    note: Text | None = None


class ScalingSheet(Strict):
    """How an instance comes and goes with its requests."""

    idle: Duration
    """How long it stays, and is billed, after its last request."""
    cold_start: Duration | None = None
    """What a start takes and bills until it answers; left out when nobody states it."""
    source: Url | None = None
    """Where the times are from; left out for your own."""
    via: Text | None = None
    checked_on: Day | None = None
    note: Text | None = None


class InstanceSheet(Strict):
    """Something the host rents, or a server of your own."""

    id: Id
    accelerator: Word
    """An id of the accelerators sheet."""
    accelerators: Whole
    """How many are in it."""
    joined: Whole | None = None
    """How many accelerators of such instances one replica may span; left out: those of one instance."""
    prices: list[ComputePrice] = []
    """The history, one entry per change."""
    scale_to_zero: ScalingSheet | None = None
    """Given where it is billed only while requests come."""
    owned: OwnedSheet | None = None
    """Given instead of prices for hardware that is bought."""
    note: Text | None = None


class Announcement(Strict):
    """A change of prices that was announced without a price for each instance."""

    what: Text
    effective_from: Text
    """The day, or the month when no more is known."""
    announced_on: Day | None = None
    change: Text | None = None
    """How much, such as `5% to 34%`; left out when no source says."""
    adjust: Text | None = None
    """What to give to --adjust to suppose its upper end."""
    source: Url | None = None
    note: Text | None = None


class ComputeSheet(Strict):
    """Hourly prices of accelerators at one host."""

    kind: Literal["compute"]
    host: Word
    name: Text
    default_place: Word
    """The region meant when none is named."""
    reference: Literal["true", "false"] = "false"
    """Whether these are published averages that nobody rents at; such a host is never chosen by itself."""
    at_home: Literal["true", "false"] = "false"
    """Whether these are machines for one person: one request at a time, no spare, power while they work."""
    managed: Literal["true", "false"] = "false"
    """Whether the engine is the host's own, so that how a replica is cut is not one's own choice."""
    note: Text | None = None
    instances: list[InstanceSheet] = []
    announcements: list[Announcement] = []
