"""The names of self-hosted offers: what each part means, and what becomes of a slip."""

from __future__ import annotations

import pytest

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.self_hosting.deployments import pin_deployment
from llmcost.errors import OfferError


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("self/pebble-8b@ax1", "self/pebble-8b:fp8@ax1"),
        ("self/pebble-8b:fp8@ax1", "self/pebble-8b:fp8@ax1"),
        ("self/pebble-8b:nvfp4@axon-1", "self/pebble-8b:fp4@ax1"),
        ("self/pebble-8b:fp8@ax1x4", "self/pebble-8b:fp8@ax1x4"),
        ("self/pebble-8b@grid/ax1", "self/pebble-8b:fp8@grid/ax1"),
        ("self/pebble-8b@grid:south/ax1x8", "self/pebble-8b:fp8@grid:south/ax1x8"),
        ("self/pebble-8b@grid/ax1x2+spot", "self/pebble-8b:fp8@grid/ax1x2+spot"),
        ("self/pebble-8b@grid/ax1+on-demand", "self/pebble-8b:fp8@grid/ax1"),
        ("self/Example/Pebble-8B:fp8@ax1", "self/pebble-8b:fp8@ax1"),
        ("self/pebble-8b@barn/ax3x9", "self/pebble-8b:bf16@barn/ax3x9"),  # known ids before xN
        ("self/pebble-8b@barn/ax3x9x2", "self/pebble-8b:bf16@barn/ax3x9x2"),
    ],
)
def test_a_selector_means_one_offer(small: Catalogue, selector: str, name: str) -> None:
    """Model, precision, host, place, accelerator, count and terms, each where it may be left out."""
    offer = small.find(selector)
    assert offer.name == name
    assert offer.kind == "self_hosted"


@pytest.mark.parametrize("name", ["rtx4090", "rtx4090x2", "h100x8", "mi300xx4"])
def test_an_x_in_an_id_is_not_a_count(shipped: Catalogue, name: str) -> None:
    """Known accelerators are tried before a count is split off."""
    assert shipped.find(f"self/qwen3.6-27b@{name}").name.endswith(name)


@pytest.mark.parametrize(
    ("selector", "message", "remedy"),
    [
        ("self/pebble-8b", "does not say what the weights run on", "self/qwen3.6-35b-a3b:fp8@nebius/h100x2+spot"),
        ("self/@ax1", "does not say what the weights run on", "llmcost models self"),
        ("self/pebble-8b@", "does not say what the weights run on", "llmcost models self"),
        ("self/pebble-8b:@ax1", "is incomplete", "llmcost models self"),
        ("self/pebble-8b@ax1+", "is incomplete", "llmcost models self"),
        ("self/pebble-8b@/ax1", "is incomplete", "llmcost models self"),
        ("self/peble-8b@ax1", 'unknown open-weight model "peble-8b"', "did you mean: pebble-8b"),
        ("self/pebble-8b@ax9", 'unknown accelerator "ax9"', "did you mean: ax3x9, ax2, ax1"),
        ("self/pebble-8b:fp3@ax1", '"fp3" is not a precision', "bf16, fp8, fp4"),
        ("self/pebble-8b@ax1x0", "has no accelerators", "llmcost models self"),
        ("self/pebble-8b@gird/ax1", 'unknown host "gird"', "did you mean: grid? known: averages, barn, grid"),
        ("self/pebble-8b@barn/ax2", "barn is not known to have ax2", "it has ax1, mystery, ax3x9"),
        ("self/pebble-8b@grid:east/ax1", "grid has no ax1 at east", "places: north, south"),
        ("self/pebble-8b@grid/ax1+2yr", "does not have ax1 on 2yr terms", "it has +1yr, +spot"),
        ("self/pebble-8b@barn/ax1+spot", "does not have ax1 on spot terms", "on demand only"),
    ],
)
def test_a_slip_is_named_with_its_remedy(small: Catalogue, selector: str, message: str, remedy: str) -> None:
    """Every part that is wrong is said, with what is known."""
    with pytest.raises(OfferError) as refused:
        small.find(selector)
    assert message in refused.value.message
    assert remedy in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("self/pebble-8b@*", ["self/pebble-8b:fp8@ax1", "self/pebble-8b:fp8@ax2", "self/pebble-8b:bf16@ax3x9"]),
        ("self/pebble-8b:*@grid/ax2", ["self/pebble-8b:bf16@grid/ax2", "self/pebble-8b:fp8@grid/ax2"]),
        (
            "self/*@*/ax1",
            [
                "self/boulder-200b:fp8@barn/ax1",
                "self/boulder-200b:fp8@grid/ax1",
                "self/dust:bf16@barn/ax1",
                "self/dust:bf16@grid/ax1",
                "self/pebble-8b:fp8@barn/ax1",
                "self/pebble-8b:fp8@grid/ax1",
            ],
        ),
        ("self/pebble-8b@grid:*/ax1", ["self/pebble-8b:fp8@grid/ax1", "self/pebble-8b:fp8@grid:south/ax1"]),
    ],
)
def test_a_pattern_means_all_that_fit(small: Catalogue, pattern: str, names: list[str]) -> None:
    """Wildcards stand in any part; averages nobody rents at are named only by their own name."""
    found = [offer.name.replace("grid:north", "grid") for offer in small.match(pattern)]
    assert sorted(found) == names or set(names) <= set(found)
    assert not any("averages" in name for name in found)


def test_a_pattern_that_fits_nothing_is_refused(small: Catalogue) -> None:
    """Nothing found is an error, not an empty table."""
    with pytest.raises(OfferError, match="no self-hosted offer matches"):
        small.match("self/*@nowhere*/ax1")


def test_an_offer_is_the_same_whatever_it_is_rented_in(small: Catalogue) -> None:
    """Two sizes of server of one host and count are one offer, and another count is another."""
    instances = {each.id: each for each in small.self_hosting.instances if each.place == "north"}
    offer = small.find("self/pebble-8b:fp8@ax1")
    made = [
        pin_deployment(offer, count, instances[name]).deployment for count, name in ((1, "one-ax1"), (1, "eight-ax1"))
    ]
    assert made[0] == made[1]
    assert made[0] != pin_deployment(offer, 2, instances["one-ax1"]).deployment
