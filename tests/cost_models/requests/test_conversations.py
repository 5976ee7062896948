"""Conversations on invented sheets: whatever the figures, the program and a session played by hand agree to the cent."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st
from support.examples import examples
from support.sheets import listing_of
from support.simulation import NoRate, Policy, Rates, Seller, Talk, simulate

from llmcost import Quote, quote
from llmcost.cost_models.requests.parts import UNMARKED
from llmcost.workloads.file import read_workload

DAY = date(2026, 5, 11)
PLACE = "here"
TTLS = {"30s": 30, "5m": 300, "1h": 3600, "2h": 7200}
PAUSES = {"1s": 1, "20s": 20, "30s": 30, "31s": 31, "5m": 300, "6m": 360, "60m": 3600, "61m": 3660, "3h": 10800}
STARTS = (1000, 1500, 1501, 2001, 3000, 3501, 5000, 8001)
"""Sizes at which a tier begins: those of a conversation often lie at a boundary, and one token beyond it."""

KINDS = ("automatic", "explicit")
MODES = ("non-thinking", "thinking")
LEFT_OUT = (("cache_write",), ("cache_write_1h",), ("cache_write", "cache_write_1h"))

checked = examples(0.3)


class World(NamedTuple):
    """An invented model, and the tiers of it that hold under each kind of cache and each mode."""

    model: dict[str, Any]
    policies: tuple[Policy, ...]
    tiers: dict[tuple[str, str], tuple[tuple[int, Rates], ...]]

    def without(self, meters: tuple[str, ...]) -> World:
        """The same model, with no rates for some meters."""

        def others(rates: dict[str, str]) -> dict[str, str]:
            return {meter: rate for meter, rate in rates.items() if meter not in meters}

        entry = self.model["prices"][0]
        variants = [{**each, "rates": others(each["rates"])} for each in entry["variants"]]
        left = {**entry, "rates": others(entry["rates"]), "variants": [each for each in variants if each["rates"]]}
        gone = dict.fromkeys(meters)
        tiers = {
            key: tuple((start, rates._replace(**gone)) for start, rates in known) for key, known in self.tiers.items()
        }
        return World({**self.model, "prices": [left]}, self.policies, tiers)


class Ask(NamedTuple):
    """How a class asks for a cache policy and a mode, and which policy that is."""

    lines: tuple[str, ...]
    policy: Policy | None
    mode: str


class Told(NamedTuple):
    """A conversation as it is written and as it is played."""

    lines: tuple[str, ...]
    inner: str
    talk: Talk


prices = st.integers(1, 9999).map(lambda cents: f"{cents // 100}.{cents % 100:02}")


@st.composite
def policies(draw: st.DrawFn, kinds: tuple[str, ...]) -> tuple[Policy, ...]:
    """Up to three cache policies, no two of a kind with the same lifetime."""
    some = st.builds(
        Policy,
        st.sampled_from(kinds),
        st.sampled_from([None, 1, 500, 1500, 1000, 2000]),
        st.sampled_from([None, 1, 7, 128, 300]),
        st.sampled_from([None, *TTLS.values()]),
        st.booleans(),
    )
    return tuple(draw(st.lists(some, min_size=1, max_size=3, unique_by=lambda each: (each.kind, each.ttl))))


@st.composite
def worlds(draw: st.DrawFn, explicit_only: bool = False) -> World:
    """A model with up to two tiers above the first, whose rates also depend on the kind of cache and the mode."""
    has = draw(policies(KINDS[1:] if explicit_only else KINDS))
    thinks = draw(st.booleans())
    automatic_bills = draw(st.booleans())
    writes_1h = draw(st.booleans())
    reads = draw(st.booleans())
    reasons = draw(st.booleans())
    starts = [0, *sorted(draw(st.lists(st.sampled_from(STARTS), max_size=2, unique=True)))]
    entry: dict[str, Any] = {"checked_on": "2026-05-01", "source": "https://example.com/prices", "variants": []}
    tiers: dict[tuple[str, str], list[tuple[int, Rates]]] = {}
    for start in starts:
        base = {"input": draw(prices), "output": draw(prices)}
        if reads:
            base["cache_read"] = draw(prices)
        if reasons:
            base["reasoning"] = draw(prices)
        automatic = {"cache_write": draw(prices)} if automatic_bills else {}
        explicit = {"cache_read": draw(prices), "cache_write": draw(prices)}
        if writes_1h:
            explicit["cache_write_1h"] = draw(prices)
            automatic = {**automatic, "cache_write_1h": draw(prices)} if automatic_bills else {}
        when = {"input_tokens": draw(st.sampled_from([f"> {start - 1}", f">= {start}"]))} if start else {}
        for condition, rates in (
            ({}, {**base, **automatic}),
            ({"cache": "explicit"}, explicit),
            *(({"mode": "thinking"}, {"output": draw(prices)}) for _ in range(thinks)),
        ):
            written = {meter: f"{price} USD / 1M tokens" for meter, price in rates.items()}
            if not when and not condition:
                entry["rates"] = written
            else:
                entry["variants"].append({"when": {**when, **condition}, "rates": written})
            for kind in KINDS:
                for mode in MODES:
                    if condition.get("cache", kind) == kind and condition.get("mode", mode) == mode:
                        known = tiers.setdefault((kind, mode), [])
                        if not condition:
                            known.append((start, Rates(**rates)))
                        else:
                            known[-1] = (start, known[-1][1]._replace(**rates))
    entry["variants"] = draw(st.permutations(entry["variants"]))
    model: dict[str, Any] = {"id": "m", "cache": [written_policy(each) for each in has], "prices": [entry]}
    if thinks:
        model["default_mode"] = draw(st.sampled_from(["thinking", "non-thinking"]))
    return World(model, has, {key: tuple(known) for key, known in tiers.items()})


def written_policy(policy: Policy) -> dict[str, str]:
    """A policy as a sheet writes it."""
    ttl = next((text for text, seconds in TTLS.items() if seconds == policy.ttl), None)
    given = {
        "kind": policy.kind,
        "minimum_tokens": policy.minimum,
        "step_tokens": policy.step,
        "ttl": ttl,
        "keeps_output": "true" if policy.keeps_output else None,
    }
    return {key: str(value) for key, value in given.items() if value is not None}


@st.composite
def asks(draw: st.DrawFn, world: World) -> Ask:
    """A class that leaves the policy to the offer, or asks for one in a way that leaves no doubt.

    Only an automatic one is left to the offer: an explicit one has to be asked for.
    """
    has = world.policies
    first = {kind: next((each for each in has if each.kind == kind), None) for kind in KINDS}
    ways: list[tuple[tuple[str, ...], Policy | None]] = []
    if first["automatic"] or not has:
        ways.append(((), first["automatic"]))
    for each in has:
        ttl = written_policy(each).get("ttl")
        if first[each.kind] == each:
            ways.append(((f"cache: {each.kind}",), each))
        if ttl is not None:
            ways.append(((f"cache: {each.kind}", f"cache_ttl: {ttl}"), each))
            if [other.ttl for other in has].count(each.ttl) == 1:
                ways.append(((f"cache_ttl: {ttl}",), each))
    lines, policy = draw(st.sampled_from(ways))
    default_mode = world.model.get("default_mode")
    mode = draw(st.sampled_from([None, "thinking", "non-thinking"])) if default_mode else None
    return Ask((*lines, *([f"mode: {mode}"] if mode else [])), policy, mode or default_mode or "non-thinking")


@st.composite
def talks(draw: st.DrawFn) -> Told:
    """A conversation of up to fourteen turns, some of them summed up more than once."""
    talk = Talk(
        turns=draw(st.sampled_from([1, 2, 3, 5, 8, 9, 14])),
        system=draw(st.sampled_from([0, 400, 500, 700, 1000, 1999])),
        tools=draw(st.sampled_from([0, 0, 100, 500, 501])),
        user=draw(st.sampled_from([1, 100, 200, 500])),
        tool_results=draw(st.sampled_from([0, 100, 300, 999])),
        output=draw(st.sampled_from([1, 100, 200, 450])),
    )
    talk = talk._replace(reasoning=draw(st.sampled_from([0, talk.output // 2, talk.output])))
    added = talk.user + talk.tool_results
    sizes = {name: getattr(talk, name) for name in ("turns", "user", "output")}
    others = ("system", "tools", "tool_results", "reasoning")
    sizes |= {name: size for name in others if (size := getattr(talk, name)) or draw(st.booleans())}
    if draw(st.booleans()):
        given_summary = draw(st.sampled_from([None, 0, 50, 333]))
        grown = draw(st.integers(0, 4)) * (added + talk.output - talk.reasoning)
        limit = talk.opening + added + max(grown, given_summary or 0) + draw(st.sampled_from([0, 0, 1, 250]))
        assume(given_summary is not None or talk.opening + added + limit // 20 <= limit)
        talk = talk._replace(compact_at=limit, summary=given_summary)
        sizes["compact_at"] = limit
        if given_summary is not None:
            sizes["summary"] = given_summary
    texts = [f"{name}: {size}" for name, size in sizes.items()]
    waits = draw(st.sampled_from(["none", "one", "list", "list", "rate"]))
    wait = ""
    if waits == "one":
        name = draw(st.sampled_from(sorted(PAUSES)))
        wait, talk = f"pause: {name}", talk._replace(pauses=(PAUSES[name],))
    elif waits == "list":
        names = draw(st.lists(st.sampled_from(sorted(PAUSES)), min_size=2, max_size=6))
        wait, talk = f"pause: [{', '.join(names)}]", talk._replace(pauses=tuple(PAUSES[name] for name in names))
    elif waits == "rate":
        share = draw(st.sampled_from([80, 12, 25, 50, 100, 0]))
        wait, talk = f"cache_hit_rate: {share}%", talk._replace(hit_rate=Fraction(share, 100))
    if draw(st.booleans()):
        share = draw(st.sampled_from([50, 10, 75, 100, 0]))
        texts.append(f"warm_start: {share}%")
        talk = talk._replace(warm_start=Fraction(share, 100))
    is_inside = draw(st.booleans())
    if wait and is_inside:
        texts.append(wait)
    return Told((wait,) if wait and not is_inside else (), f"{{{', '.join(texts)}}}", talk)


def priced(world: World, ask: Ask, told: Told, sessions: int = 1) -> Quote:
    """What the program says."""
    sheet = {"seller": "s", "name": "S", "default_place": PLACE, "models": [world.model]}
    offer = listing_of(sheet, world.model).load()[PLACE]
    lines = [
        "kind: workload",
        "classes:",
        "  - name: talk",
        f"    sessions: {sessions} / month",
        *(f"    {line}" for line in (*ask.lines, *told.lines)),
        f"    conversation: {told.inner}",
    ]
    return quote(offer, read_workload("-", "\n".join(lines).encode()), DAY)


def played(world: World, ask: Ask, told: Told, sessions: int = 1) -> Fraction:
    """What every request of it costs, one by one."""
    kind = ask.policy.kind if ask.policy is not None else "automatic"
    return simulate(told.talk, Seller(world.tiers[kind, ask.mode], ask.policy), sessions).cost


@examples(0.6)
@given(st.data(), worlds(), talks(), st.sampled_from([1, 20, 12_345]))
def test_a_conversation_costs_what_its_requests_do(
    data: st.DataObject, world: World, told: Told, sessions: int
) -> None:
    """A month of conversations costs exactly what all its requests cost, each played and billed by itself."""
    ask = data.draw(asks(world))
    found = priced(world, ask, told, sessions)
    assert found.complete
    assert found.uncertainty == 0
    assert found.cost == played(world, ask, told, sessions)


@checked
@given(worlds(), talks())
def test_a_cache_that_is_not_used_changes_nothing(world: World, told: Told) -> None:
    """Without a cache, asked for or had, pauses, hit rate and warm start have no bearing on the cost: all is input."""
    plain = told._replace(talk=told.talk._replace(pauses=(), hit_rate=None, warm_start=Fraction(0)))
    ask = Ask(("cache: none",), None, world.model.get("default_mode") or "non-thinking")
    assert priced(world, ask, told).cost == played(world, ask, plain)
    without = world._replace(model={**world.model, "cache": []})
    assert priced(without, ask._replace(lines=()), told).cost == played(world, ask, plain)


@checked
@given(st.data(), worlds(), talks())
def test_one_turn_is_one_request(data: st.DataObject, world: World, told: Told) -> None:
    """A conversation of a single turn has no pause and is never summed up, whatever the limit and the pause are."""
    ask = data.draw(asks(world))
    one = told._replace(
        inner=told.inner.replace(f"turns: {told.talk.turns}", "turns: 1"), talk=told.talk._replace(turns=1)
    )
    alone = one.talk._replace(pauses=(), hit_rate=None, compact_at=None)
    assert priced(world, ask, one).cost == played(world, ask, one._replace(talk=alone))


@checked
@given(st.data(), worlds(), talks())
def test_hits_that_are_certain_are_short_pauses(data: st.DataObject, world: World, told: Told) -> None:
    """A hit rate of 100 % costs what pauses of a second do, and what no word on pauses does."""
    ask = data.draw(asks(world))
    waits = ((), ("cache_hit_rate: 100%",), ("pause: 1s",))
    texts = [part for part in told.inner[1:-1].split(", ") if part.split(":")[0] in KEYS]
    bare = told._replace(inner=f"{{{', '.join(texts)}}}", talk=told.talk._replace(pauses=(), hit_rate=None))
    costs = {priced(world, ask, bare._replace(lines=lines)).cost for lines in waits}
    assert costs == {played(world, ask, bare)}


@checked
@given(worlds(explicit_only=True), talks())
def test_an_explicit_cache_that_nobody_asks_for_is_not_counted(world: World, told: Told) -> None:
    """Where only an explicit cache is sold, requests that mark nothing are paid in full; a hit rate is a mark."""
    unmarked = Ask((), None, world.model.get("default_mode") or "non-thinking")
    none = unmarked._replace(lines=("cache: none",))
    found = priced(world, unmarked, told)
    if told.talk.hit_rate is None:
        assert found.cost == priced(world, none, told).cost
        assert UNMARKED in found.notes
    else:
        assert found.cost == priced(world, unmarked._replace(lines=("cache: explicit",)), told).cost
        assert UNMARKED not in found.notes


KEYS = (
    "turns",
    "system",
    "tools",
    "user",
    "tool_results",
    "output",
    "reasoning",
    "compact_at",
    "summary",
    "warm_start",
)


@checked
@given(st.data(), worlds(explicit_only=True), talks(), st.sampled_from(LEFT_OUT))
def test_writing_without_a_rate_is_a_gap(
    data: st.DataObject, world: World, told: Told, left_out: tuple[str, ...]
) -> None:
    """An explicit cache always bills what is written: a quote is complete only where there is a rate for all of it."""
    ask = data.draw(asks(world))
    unknown = world.without(left_out)
    found = priced(unknown, ask, told)
    try:
        assert found.cost == played(unknown, ask, told)
        assert found.complete
    except NoRate:
        assert {gap.meter for gap in found.gaps} == {"cache_write"}
