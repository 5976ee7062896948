"""Machines for one person: what they are asked for differs from a service for many."""

from __future__ import annotations

from dataclasses import replace

from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import Workload

AT_HOME = Note(
    "home",
    "at home: one request at a time, an even load, no spare, headroom or target, unless given; power while it works",
)


def is_at_home(offer: Offer) -> bool:
    """Whether an offer names a machine for one person."""
    return offer.hosted.host in offer.hosted.hosting.homes


def as_asked_of(offer: Offer, workload: Workload) -> Workload:
    """The workload as an offer is to serve it, which is otherwise at home."""
    return replace(workload, serving=workload.serving.at_home) if is_at_home(offer) else workload
