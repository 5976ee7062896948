"""From demand to a bill: replicas, spares, what is rented, owned hardware, and what is said of it.

Pebble in fp8 on one Axon One was measured at 1,600 output tokens a second: 8 requests of 200 tokens. A month has
730 x 3,600 = 2,628,000 seconds, so 10,512,000 requests are 4 a second.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from conftest import SMALL
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost import LlmcostError, Quote, RequestGroup, Usage, Workload, compare, load_catalogue, load_workload, quote
from llmcost.core.analysis.adjustments import parse_adjustment
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.distribution import percentiles
from llmcost.core.values.money import ExchangeRates
from llmcost.core.values.rates import Rate
from llmcost.core.values.schedule import parse_window
from llmcost.core.values.units import PricingUnit
from llmcost.core.workload.content import Content
from llmcost.core.workload.conversation import Conversation
from llmcost.core.workload.serving import Serving
from llmcost.cost_models.self_hosted.bill import Reservation, bill_of

DAY = date(2026, 9, 15)
FOUR_A_SECOND = 10_512_000
SMALL_REQUEST = Usage(input_tokens=1000, output_tokens=200)
many = examples(0.6)


def work(requests: Any = FOUR_A_SECOND, peak: Any = 2, usage: Usage = SMALL_REQUEST, **serving: Any) -> Workload:
    return Workload((RequestGroup(usage, requests),), peak_to_mean=Fraction(peak), serving=Serving(**serving))


def bill(small: Catalogue, workload: Workload, offer: str = "self/pebble-8b:fp8@grid/ax1x1", on: date = DAY) -> Quote:
    return quote(small.find(offer), workload, on)


# Sizing


def test_replicas_come_from_the_peak_with_headroom_and_a_spare(small: Catalogue) -> None:
    """4 a second x peak 2 x 1.2 = 9.6, over 8 of one replica: 1.2, so 2, and 1 spare; 3 x 730 h x 2.00 = 4,380."""
    found = bill(small, work())
    fleet = found.fleet
    assert fleet is not None
    assert (fleet.replicas, fleet.spares, fleet.instances, fleet.instance) == (2, 1, 3, "one-ax1")
    assert found.cost == 4380
    assert fleet.load == Fraction(4, 8 * 3)
    assert fleet.idle == 1 - Fraction(1, 6)


def test_turns_that_are_too_long_are_a_part_of_all_turns(small: Catalogue) -> None:
    """Of four turns of 10,000 more each, the fourth does not fit 32,768 tokens: a quarter, however many sessions."""
    talk = Content(conversation=Conversation(turns=4, user=10_000, output=1))
    long = Workload((RequestGroup(Usage(), 1000, content=talk),), peak_to_mean=Fraction(1))
    reason = bill(small, long).unserved
    assert reason is not None
    assert "(25% are so long)" in reason


@pytest.mark.parametrize(
    ("change", "replicas", "instances"),
    [
        ({"spares": 0}, 2, 2),
        ({"spares": 2}, 2, 4),
        ({"headroom": Fraction(0)}, 1, 2),  # 8 a second is just what one replica does
        ({"headroom": Fraction(1)}, 2, 3),  # 16 over 8
        ({"headroom": Fraction(101, 100)}, 3, 4),
        ({"max_batch": 16}, 3, 4),  # 800 tokens are 4 requests a second: 9.6 / 4 = 2.4
        ({"tpot": Fraction(19, 1000)}, 3, 4),  # 19 ms were measured at 16 at once
    ],
)
def test_policy_moves_the_fleet(small: Catalogue, change: dict[str, Any], replicas: int, instances: int) -> None:
    """Headroom, spares, the engine's limit and the latency target each do what they say."""
    fleet = bill(small, work(**change)).fleet
    assert fleet is not None
    assert (fleet.replicas, fleet.instances) == (replicas, instances)


def test_a_service_nobody_asks_is_up_all_the_same(small: Catalogue) -> None:
    """Without a request there is one replica and its spare: 2 x 730 h x 2.00, and none of it is work."""
    found = bill(small, work(0))
    assert found.fleet is not None
    assert (found.fleet.replicas, found.fleet.instances, found.fleet.load, found.cost) == (1, 2, 0, 2920)


def test_a_tighter_target_takes_less_at_once(small: Catalogue) -> None:
    """At most 19 ms a token are 16 requests at once; 39 ms are all 64 that were measured, and no more is taken."""
    slow, fast = bill(small, work()).fleet, bill(small, work(tpot=Fraction(19, 1000))).fleet
    assert slow is not None
    assert fast is not None
    assert (slow.sized[0].concurrency, fast.sized[0].concurrency) == (64, 16)
    assert (slow.sized[0].ttft, fast.sized[0].ttft) == (Fraction(4, 10), Fraction(1, 10))


def test_a_target_for_the_first_token_chooses_too(small: Catalogue) -> None:
    """At most 100 ms to the first token are again 16 at once."""
    fleet = bill(small, work(ttft=Fraction(1, 10))).fleet
    assert fleet is not None
    assert fleet.sized[0].concurrency == 16


def test_a_target_for_the_first_token_is_judged_where_it_was_measured(tmp_path: Any) -> None:
    """A curve that begins at 16 at once answers for the first token there, and says the time it takes."""
    catalogue = with_curve(tmp_path, "16 100 19 800, 64 400 39 1600")
    fleet = bill(catalogue, work(ttft=Fraction(1, 5))).fleet
    assert fleet is not None
    assert 16 < fleet.sized[0].concurrency < 64
    assert fleet.sized[0].ttft is not None
    assert fleet.sized[0].ttft <= Fraction(1, 5)
    refused = bill(catalogue, work(ttft=Fraction(1, 20)))
    assert "takes 100 ms on ax1x1 even for 16 requests at once, the fewest measured" in str(refused.unserved)


def test_a_target_for_the_first_token_goes_by_curves_that_know_it(tmp_path: Any) -> None:
    """Of two curves of one configuration the one without that time does not hide the other."""
    catalogue = with_curve(tmp_path, "16 100 19 800, 64 400 39 1600", "16 - 9 1600, 64 - 19 3200")
    fleet = bill(catalogue, work(ttft=Fraction(1))).fleet
    assert fleet is not None
    assert (fleet.sized[0].tokens_per_second, fleet.sized[0].ttft) == (1600, Fraction(4, 10))


def test_what_was_measured_fits_whatever_the_plan_of_memory_says(tmp_path: Any) -> None:
    """Memory is planned for some 600 requests of this size; 900 were measured, so 900 is what is taken."""
    fleet = bill(with_curve(tmp_path, "600 100 19 800, 900 400 39 1600"), work()).fleet
    assert fleet is not None
    assert (fleet.sized[0].concurrency, fleet.evidence) == (900, "own measurement")


def test_below_a_measured_span_the_model_answers(tmp_path: Any) -> None:
    """A curve too slow at its first point does not end the search: fewer at once meet the target."""
    fleet = bill(with_curve(tmp_path, "64 400 39 1600"), work(tpot=Fraction(1, 50))).fleet
    assert fleet is not None
    assert fleet.sized[0].concurrency < 64
    assert fleet.evidence == "scaled measurement"


@pytest.mark.parametrize("answer", [0, 1])
def test_an_answer_of_one_token_has_no_time_between_tokens(small: Catalogue, answer: int) -> None:
    """No target between tokens concerns it, it takes no more than a longer answer, and the note says what bounds it."""
    usage = Usage(input_tokens=20_000, output_tokens=answer)
    found = bill(small, work(usage=usage, tpot=Fraction(1, 10**6)), "self/pebble-8b:bf16@grid/ax1x1")
    longer = bill(small, work(usage=replace(usage, output_tokens=200)), "self/pebble-8b:bf16@grid/ax1x1")
    assert found.fleet is not None
    assert longer.fleet is not None
    assert found.fleet.sized[0].tpot is None
    assert found.fleet.work <= longer.fleet.work
    assert (found.fleet.sized[0].tokens_per_second == 0) is (answer == 0)
    assert any("no target limits its wait, `max_batch` does" in note for note in found.notes)


def test_alone_a_request_waits_for_no_others_prompt(small: Catalogue) -> None:
    """With one request at a time the time between tokens is the same after a long prompt as after a short one.

    Only the cache that is read grows: 20,000 x 131 kB at 60% of 2,000 GB/s are 2.2 ms; reading the prompt takes a second.
    """
    times = []
    for size in (10, 20_000):
        usage = Usage(input_tokens=size, output_tokens=2)
        fleet = bill(small, work(1, usage=usage, max_batch=1, tpot=Fraction(1)), "self/pebble-8b:bf16@grid/ax1x1").fleet
        assert fleet is not None
        assert fleet.sized[0].tpot is not None
        times.append(fleet.sized[0].tpot)
    assert times[0] <= times[1] < times[0] + Fraction(3, 1000)


def with_curve(tmp_path: Any, *curves: str) -> Catalogue:
    """The small world with curves of one's own, given by their points, instead of its measurements."""
    for sheet in SMALL.glob("*.yaml"):
        if sheet.stem != "measured":
            (tmp_path / sheet.name).write_bytes(sheet.read_bytes())
    facts = "model: pebble-8b, accelerator: axon-1, accelerators: 1, precision: fp8, input_tokens: 1000"
    lines = [f"  - {{{facts}, output_tokens: 200, points: [{points}]}}\n" for points in curves]
    (tmp_path / "mine.yaml").write_text("kind: measurements\ncurves:\n" + "".join(lines), encoding="utf-8")
    return load_catalogue(tmp_path, builtin=False)


def test_terms_without_a_rate_today_are_a_gap(tmp_path: Any) -> None:
    """A year's commitment that was sold until June has no price in September, and costs no nothing."""
    sheet = (
        "kind: compute\nhost: shed\nname: Shed\ndefault_place: field\ninstances:\n"
        "  - id: ax1\n    accelerator: ax1\n    accelerators: 1\n    prices:\n"
        "      - {checked_on: 2026-05-01, source: 'https://x.example', effective_from: 2026-05-01,"
        " rates: {on-demand: 3 USD / hour, 1yr: 2 USD / hour}}\n"
        "      - {checked_on: 2026-06-01, source: 'https://x.example', effective_from: 2026-06-01,"
        " rates: {on-demand: 3 USD / hour}}\n"
    )
    (tmp_path / "shed.yaml").write_text(sheet, encoding="utf-8")
    catalogue = load_catalogue(SMALL, tmp_path / "shed.yaml", builtin=False)
    found = bill(catalogue, work(), "self/pebble-8b:fp8@shed/ax1+1yr")
    assert not found.complete
    assert bill(catalogue, work(), "self/pebble-8b:fp8@shed/ax1+1yr", date(2026, 5, 15)).complete


def test_what_has_no_rate_is_missing_from_the_bill(small: Catalogue) -> None:
    """Hours that an entry states no rate for are named as missing, and never given for nothing."""
    hosting = small.self_hosting
    instance = next(each for each in hosting.instances if each.id == "one-ax1")
    on = parse_pricing_day("2026-09-15")
    asked = Reservation(instance, hosting.accelerators["ax1"], "1yr", 2, Fraction(730), Fraction(1))
    known = bill_of(instance.history.on(on), asked, Serving())
    unknown = bill_of(small.find("example-small").history.on(on), asked._replace(terms="standard"), Serving())
    assert (known.cost, known.missing) == (2 * 1095, ())
    assert ([each.meter for each in unknown.missing], unknown.charges) == (["gpu_hours"], ())


def test_small_servers_and_large_ones_are_weighed_by_their_cost(small: Catalogue) -> None:
    """Seven at 2.00 are 14 an hour, eight would be 16; the server of eight costs 15."""
    seven, eight = bill(small, work(spares=5)), bill(small, work(spares=6))
    open_seven = bill(small, work(spares=5), "self/pebble-8b:fp8@grid/ax1")
    open_eight = bill(small, work(spares=6), "self/pebble-8b:fp8@grid/ax1")
    assert (seven.cost, open_seven.cost) == (14 * 730, 14 * 730)
    assert eight.cost == open_eight.cost == 15 * 730
    assert open_eight.fleet is not None
    assert (open_eight.fleet.instance, open_eight.fleet.instances) == ("eight-ax1", 1)


def test_a_whole_server_is_rented_where_the_host_has_no_less(small: Catalogue) -> None:
    """Boulder takes four, two replicas fit in a server of eight, and two replicas with a spare take two servers."""
    found = bill(small, work(Fraction(FOUR_A_SECOND, 10)), "self/boulder-200b@grid/ax1")
    fleet = found.fleet
    assert fleet is not None
    assert (fleet.accelerators, fleet.per_instance) == (4, 2)
    assert found.cost == fleet.instances * 15 * 730


def test_a_replica_may_span_what_is_priced_one_by_one(small: Catalogue) -> None:
    """Averages are per accelerator and joined up to eight: four for each replica of Boulder."""
    found = bill(small, work(1000), "self/boulder-200b@averages/ax1")
    fleet = found.fleet
    assert fleet is not None
    assert (fleet.instances, fleet.per_instance) == (8, Fraction(1, 4))
    assert found.cost == 8 * Fraction(1, 2) * 730
    assert found.doubts == ("Averages: a published figure, not an offer",)


def test_kinds_of_requests_share_the_fleet(small: Catalogue) -> None:
    """Two halves of a workload in two classes cost what the whole costs in one, and do the same work."""
    half = RequestGroup(SMALL_REQUEST, FOUR_A_SECOND // 2)
    both = Workload((half, replace(half, name="other")), peak_to_mean=Fraction(2))
    one, other = bill(small, work()), bill(small, both)
    assert one.fleet is not None
    assert other.fleet is not None
    assert (other.cost, other.fleet.work, other.fleet.load) == (one.cost, one.fleet.work, one.fleet.load)
    assert [each.share for each in other.fleet.sized] == [Fraction(1, 2)] * 2


@many
@given(requests=st.integers(1, 10**9), more=st.integers(0, 10**9), parts=st.integers(2, 5))
def test_more_never_costs_less_and_splitting_changes_nothing(
    small: Catalogue, requests: int, more: int, parts: int
) -> None:
    """The bill never falls as requests grow, and does not depend on how a class is cut."""
    whole = bill(small, work(requests))
    assert bill(small, work(requests + more)).cost >= whole.cost
    groups = tuple(RequestGroup(SMALL_REQUEST, Fraction(requests, parts), name=str(n)) for n in range(parts))
    assert bill(small, Workload(groups, peak_to_mean=Fraction(2))).cost == whole.cost


@many
@given(requests=st.integers(1, 10**8), size=st.integers(1, 30_000), answer=st.integers(1, 2000))
def test_the_charges_are_the_total_and_the_split_adds_up(
    small: Catalogue, requests: int, size: int, answer: int
) -> None:
    """The sum of charges is the cost; input and output cost per 1M tokens, times their tokens, are the cost too."""
    found = bill(small, work(requests, usage=Usage(input_tokens=size, output_tokens=answer), tpot=Fraction(1)))
    fleet = found.fleet
    assert fleet is not None
    assert fleet.input_cost is not None
    assert fleet.output_cost is not None
    assert found.cost == sum(charge.cost for charge in found.charges)
    assert fleet.input_cost * size * requests + fleet.output_cost * answer * requests == found.cost * 10**6
    low, high = found.spread or (found.cost, found.cost)
    assert low <= found.cost <= high


def test_prefix_cache_hits_cut_the_work_and_the_bill_only_when_replicas_fall(small: Catalogue) -> None:
    """With 900 of 1,000 tokens found in the cache there is less work; at a small volume the bill stays."""
    cached = Usage(input_tokens=1000, output_tokens=200, cache_read_input_tokens=900)
    few, few_cached = bill(small, work(1000)), bill(small, work(1000, usage=cached))
    lots, lots_cached = bill(small, work(100 * FOUR_A_SECOND)), bill(small, work(100 * FOUR_A_SECOND, usage=cached))
    assert few.fleet is not None
    assert few_cached.fleet is not None
    assert few_cached.fleet.work < few.fleet.work
    assert few_cached.cost == few.cost
    assert lots_cached.cost < lots.cost


def test_a_conversation_reads_only_what_is_new(small: Catalogue, tmp_path: Any) -> None:
    """Later turns find the earlier ones in the prefix cache, so a conversation is less work than its prompts alone."""
    text = """kind: workload
classes:
  - {name: talk, sessions: 100k, conversation: {system: 500, turns: 8, user: 50, output: 100}, cache: CACHE}
load: {peak_to_mean: 2}
"""
    found = []
    for cache in ("automatic", "none"):
        file = tmp_path / f"{cache}.yaml"
        file.write_text(text.replace("CACHE", cache), encoding="utf-8")
        quoted = bill(small, load_workload(file))
        assert quoted.fleet is not None
        assert quoted.requests == 800_000
        found.append(quoted.fleet.work)
    assert found[0] < found[1]


def test_spot_servers_that_are_taken_back_serve_less(small: Catalogue) -> None:
    """73 times a month of 10 minutes are a sixtieth of 730 hours, so the others carry 60/59 of the work."""
    spot = "self/pebble-8b:fp8@grid/ax1x1+spot"
    steady = bill(small, work(), spot)
    taken = bill(small, work(interruptions=Fraction(73)), spot)
    assert steady.fleet is not None
    assert taken.fleet is not None
    assert taken.fleet.work == steady.fleet.work * Fraction(60, 59)
    assert "taken back 219 times a month in all, each time for 10 minutes of the hours that are billed" in " ".join(
        taken.notes
    )
    assert "how often its servers are taken back is not known and not counted" in " ".join(steady.notes)


def test_interruptions_are_of_spot_servers_alone(small: Catalogue) -> None:
    """What is rented on demand stays, whatever is said of others."""
    one, other = (bill(small, work(interruptions=each)) for each in (None, Fraction(73)))
    assert one._replace(notes=()) == other._replace(notes=())


def test_a_server_that_is_taken_back_before_it_serves_is_refused(small: Catalogue) -> None:
    """5,000 starts of 10 minutes are 833 hours of a month."""
    found = bill(small, work(interruptions=Fraction(5000)), "self/pebble-8b:fp8@grid/ax1x1+spot")
    assert found.unserved == "its servers are taken back before they have started; lower `interruptions`"


def sized_talk(small: Catalogue, tmp_path: Any, pause: str) -> Quote:
    """Sessions of two turns of 10,000 tokens, with a pause between them, on an Axon One whose speed is modelled."""
    file = tmp_path / "talk.yaml"
    talk = f"conversation: {{turns: 2, user: 10k, output: 200{pause}}}, cache: automatic"
    file.write_text(
        f"kind: workload\nclasses:\n  - {{name: talk, sessions: 100k, {talk}}}\nload: {{peak_to_mean: 2}}\n",
        encoding="utf-8",
    )
    return bill(small, load_workload(file), "self/pebble-8b:bf16@grid/ax1x1")


def test_sessions_that_wait_fill_what_memory_the_running_ones_leave(small: Catalogue, tmp_path: Any) -> None:
    """Memory 0.92 x 100 GiB, less 2 x 8,047,820,800 of weights and 6 GiB, is 581,712 tokens of 131,072 bytes.

    A turn of 20,200 tokens and 200 of answer takes 20,400 of them while it runs, and its 10,200 while it waits.
    """
    found = sized_talk(small, tmp_path, ", pause: 5m")
    assert found.fleet is not None
    (later,) = [each for each in found.fleet.sized if each.kept is not None]
    assert later.kept is not None
    assert 0 < later.kept < 1
    waiting = later.tokens_per_second / 200 * 300
    held = later.concurrency * 20_400 + later.kept * waiting * 10_200
    assert held == pytest.approx(581_712, rel=0.03)
    assert f"{floor(later.kept * 100)}% at full load fit in memory" in " ".join(found.notes)


def test_the_longer_sessions_wait_the_more_is_read_again(small: Catalogue, tmp_path: Any) -> None:
    """From all that wait kept, by way of a part, to as much work as without a cache; nobody says: all are kept."""
    found = [sized_talk(small, tmp_path, pause) for pause in ("", ", pause: 1s", ", pause: 5m", ", pause: 24h")]
    work = [each.fleet.work for each in found if each.fleet is not None]
    assert work[0] == work[1] < work[2] < work[3]
    assert "as no pause is given" in " ".join(found[0].notes)
    assert "the sessions that wait fit in memory" in " ".join(found[1].notes)


@pytest.mark.parametrize("asks", ["cache: automatic", "cache: explicit", "cache_ttl: 1h", "cache: none"])
def test_nothing_is_said_of_a_sellers_cache(small: Catalogue, tmp_path: Any, asks: str) -> None:
    """What an API's cache may not do is no matter here: a fleet's own prefix cache is all that is spoken of."""
    file = tmp_path / "work.yaml"
    talk = f"sessions: 100k, conversation: {{system: 500, turns: 8, user: 50, output: 100}}, {asks}"
    file.write_text(
        f"kind: workload\nclasses:\n  - {{name: talk, {talk}}}\nload: {{peak_to_mean: 2}}\n", encoding="utf-8"
    )
    found = bill(small, load_workload(file))
    assert found.complete
    assert [note for note in found.notes if note.code.startswith("cache-")] == []


def test_prices_of_tokens_are_converted_with_the_bill(small: Catalogue, small_rates: ExchangeRates) -> None:
    """In another currency the price of 1M input and of 1M output tokens are what they were, at the bill's rate."""
    offer = small.find("self/pebble-8b:fp8@grid/ax1x1")
    dollars, euros = (
        compare([offer], work(), DAY, currency=currency, exchange_rates=small_rates).rows[0].quote
        for currency in ("USD", "EUR")
    )
    assert dollars.fleet is not None
    assert euros.fleet is not None
    rate = euros.cost / dollars.cost
    assert rate != 1
    assert euros.fleet.input_cost == (dollars.fleet.input_cost or 0) * rate
    assert euros.fleet.output_cost == (dollars.fleet.output_cost or 0) * rate


def test_what_fills_the_window_is_said_here_too(small: Catalogue) -> None:
    """Sizes nobody stated, on the end of a curve, are held at the window of a self-hosted model, and it is said."""
    sizes = percentiles([(Fraction(1, 2), Fraction(2000)), (Fraction(9, 10), Fraction(20_000))], "p50 2k, p90 20k")
    group = RequestGroup(Usage(output_tokens=200), 100_000, content=Content(input_sizes=sizes))
    found = bill(small, Workload((group,), peak_to_mean=Fraction(2)))
    assert found.complete
    assert any("would exceed its context window and are taken to fill it" in note for note in found.notes)


# Hours, storage, staff


def test_a_schedule_bills_its_hours_and_every_start(small: Catalogue) -> None:
    """50 hours and 5 starts of 6 minutes a week are 50.5 hours, x 365/84 weeks a month; two instances at 2.00."""
    office = (parse_window({"weekdays": "mon-fri", "from": "08:00", "to": "18:00"}),)
    found = bill(small, work(1000, peak=4, hours=office, cold_start=Fraction(360)))
    hours = Fraction(101, 2) * Fraction(365, 84)
    assert found.fleet is not None
    assert found.fleet.hours == hours
    assert found.cost == 2 * 2 * hours


@pytest.mark.parametrize(
    ("days", "starts"),
    [
        (("sun",), 1),  # over the end of the week: one night, one start
        (("sat", "mon"), 2),
        (("sun", "mon"), 2),  # a night over the end of the week, and the next
        (("mon-sun",), 7),
    ],
)
def test_a_night_over_the_end_of_the_week_is_one_start(small: Catalogue, days: tuple[str, ...], starts: int) -> None:
    """Nights of eight hours are billed with one start of an hour each, wherever the week is taken to begin."""
    nights = tuple(parse_window({"weekdays": day, "from": "22:00", "to": "06:00"}) for day in days)
    found = bill(small, work(1000, peak=100, hours=nights, cold_start=Fraction(3600)))
    assert found.fleet is not None
    assert found.fleet.hours == starts * (8 + 1) * Fraction(365, 84)


@pytest.mark.parametrize("day", ["mon-sun", "mon-sat"])
def test_a_service_that_is_never_down_has_no_starts(small: Catalogue, day: str) -> None:
    """Hours that leave nothing out are all of the month and no start; a day without service is one start a week."""
    whole = (parse_window({"weekdays": day, "from": "00:00", "to": "00:00"}),)
    found = bill(small, work(1000, peak=100, hours=whole, cold_start=Fraction(3600)))
    assert found.fleet is not None
    assert found.fleet.hours == (730 if day == "mon-sun" else (6 * 24 + 1) * Fraction(365, 84))


@pytest.mark.parametrize(
    ("terms", "cost"), [("+1yr", 2 * 1095), ("+spot", 2 * Fraction(8, 10) * 50 * Fraction(365, 84))]
)
def test_a_commitment_is_paid_for_whatever_the_schedule(small: Catalogue, terms: str, cost: Fraction) -> None:
    """1,095 a month bind for the year, also while the fleet sleeps; spot is paid for the 50 hours a week of the schedule."""
    office = (parse_window({"weekdays": "mon-fri", "from": "08:00", "to": "18:00"}),)
    work_hours = work(1000, peak=4, hours=office, cold_start=Fraction(0))
    found = bill(small, work_hours, f"self/pebble-8b:fp8@grid/ax1x1{terms}")
    assert found.cost == cost
    assert ("it is paid for at all hours, whatever the schedule" in found.notes) is (terms == "+1yr")


def test_a_schedule_carries_the_whole_month(small: Catalogue) -> None:
    """Up for 50 of 168 hours a week, the mean of those hours is 730 / 217.3 = 3.36 times the month's.

    A peak of 2 cannot be true of it; at one of 3.4 the fleet is never more than wholly at work.
    """
    office = (parse_window({"weekdays": "mon-fri", "from": "08:00", "to": "18:00"}),)
    found = bill(small, work(hours=office, spares=0, headroom=Fraction(0)))
    assert found.charges == ()
    assert "it is up for 217.3 of 730 hours" in str(found.unserved)
    assert "say a peak of at least 3.4 (`peak_to_mean`), or more `hours`" in str(found.unserved)
    level = bill(small, work(100 * FOUR_A_SECOND, "3.4", hours=office, spares=0, headroom=Fraction(0))).fleet
    assert level is not None
    assert Fraction(9, 10) < level.load <= 1


def test_storage_and_staff_are_charges_of_their_own(small: Catalogue) -> None:
    """500 GB at 0.10 and staff of 4,000 come on top of two instances: 50 + 4,000 + 2 x 730 x 2."""
    storage = Rate(parse("0.10"), "USD", PricingUnit("GB-month", "gb-month", 1))
    staff = Rate(parse("4000"), "USD", PricingUnit("month", "month", 1))
    found = bill(small, work(1000, storage_gb=Fraction(500), storage=storage, staff=staff))
    costs = {charge.meter: charge.cost for charge in found.charges}
    assert costs == {"gpu_hours": 2920, "storage": 50, "staff": 4000}
    assert bill(small, work(1000, storage=storage)).cost == 2920  # of no size nothing is stored


def test_two_self_hosted_offers_share_storage_and_staff(small: Catalogue) -> None:
    """A class fixed to one service beside classes free to go to another: the staff is paid once, each fleet in full."""
    staff = Rate(parse("4000"), "USD", PricingUnit("month", "month", 1))
    fixed = RequestGroup(SMALL_REQUEST, 1000, name="fixed", offer=small.find("self/pebble-8b:fp8@barn/ax1x1"))
    free = RequestGroup(SMALL_REQUEST, FOUR_A_SECOND)
    both = Workload((free, fixed), peak_to_mean=Fraction(2), serving=Serving(staff=staff))
    (row,) = compare([small.find("self/pebble-8b:fp8@grid/ax1x1")], both, DAY).rows
    assert row.quote.cost == 4380 + 2 * 3 * 730 + 4000
    assert [charge.meter for charge in row.quote.charges].count("staff") == 1


def test_a_class_fixed_to_the_offer_that_is_compared_shares_its_fleet(small: Catalogue) -> None:
    """Fixed or free, all that goes to one offer is served by one fleet with one spare."""
    offer = small.find("self/pebble-8b:fp8@grid/ax1x1")
    half = RequestGroup(SMALL_REQUEST, FOUR_A_SECOND // 2)
    both = Workload((half, replace(half, name="fixed", offer=offer)), peak_to_mean=Fraction(2))
    (row,) = compare([offer], both, DAY).rows
    assert row.quote.cost == 4380


def test_the_range_holds_what_text_and_speed_leave_open(small: Catalogue, tmp_path: Any) -> None:
    """The least is the smaller count on the fastest hardware; both causes are named."""
    file = tmp_path / "text.yaml"
    file.write_text(
        "kind: workload\nload: {peak_to_mean: 2}\n"
        "classes: [{requests: 300M, input_text: {en: 700 words}, output_tokens: 200}]\n",
        encoding="utf-8",
    )
    found = bill(small, load_workload(file), "self/pebble-8b:bf16@grid/ax1x1")
    assert found.open_reason == "how many tokens the text is and how fast the hardware is, are estimates"
    text = found.counted[0]
    ends = [
        bill(
            small,
            work(300_000_000, usage=Usage(input_tokens=size, output_tokens=200)),
            "self/pebble-8b:bf16@grid/ax1x1",
        )
        for size in (text.low, text.high)
    ]
    assert (found.low, found.high) == (ends[0].low, ends[1].high)


def test_terms_of_a_share_are_noted(small: Catalogue) -> None:
    """A fleet of one's own has no batch price, and the row says so."""
    group = RequestGroup(SMALL_REQUEST, FOUR_A_SECOND, terms={"batch": Fraction(3, 10)})
    found = bill(small, Workload((group,), peak_to_mean=Fraction(2)))
    assert found.cost == 4380
    assert "no batch terms here: that share is served with the rest" in found.notes


def parse(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def test_another_currency_for_staff_is_refused(small: Catalogue) -> None:
    """Dollars and euros are not added."""
    staff = Rate(parse("4000"), "EUR", PricingUnit("month", "month", 1))
    assert "billed in EUR and USD" in str(bill(small, work(1000, staff=staff)).unserved)


# Owned hardware


def test_owned_hardware_by_hand(small: Catalogue) -> None:
    """Two servers and one month of staff: 3,000 + 438 + 400 + 1,000 = 4,838.

    Each is 96,000 x (1 - 0.25) / 4 / 12 = 1,500 a month, 2 kW x 1.5 x 730 h = 2,190 kWh at 0.10, and 2 kW x 100.
    """
    found = bill(small, work(1000, spares=5), "self/pebble-8b:bf16@barn/ax3x9")
    assert found.fleet is not None
    assert (found.fleet.instances, found.fleet.accelerators) == (2, 1)
    costs = {charge.meter: charge.cost for charge in found.charges}
    assert costs == {"hardware": 3000, "power": 438, "hosting": 400, "staff": 1000}
    assert found.cost == 4838


def test_the_cost_of_capital_is_an_annuity() -> None:
    """10% over 2 years: CRF = 0.1 x 1.21 / 0.21 = 0.576190…; with 20% left, (0.8 x CRF + 0.2 x 0.1) / 12 a month."""
    from llmcost.core.offers.self_hosting.hosts import Ownership
    from llmcost.cost_models.self_hosted.bill import monthly_share

    owned = Ownership(parse("1"), "USD", 2, Fraction(1, 5), Fraction(1, 10), None, False, Fraction(1))
    recovery = Fraction(121, 1000) / Fraction(21, 100)
    assert monthly_share(owned) == (Fraction(4, 5) * recovery + Fraction(2, 100)) / 12
    free = owned._replace(cost_of_capital=Fraction(0), residual=Fraction(0))
    assert monthly_share(free) == Fraction(1, 24)


def own(tmp_path: Any, accelerator: str, more: str) -> Catalogue:
    from conftest import SMALL

    from llmcost import load_catalogue

    file = tmp_path / "own.yaml"
    file.write_text(
        f"""kind: compute
host: own
name: Own
default_place: here
instances:
  - id: box
    accelerator: {accelerator}
    accelerators: 8
    owned: {{purchase: 9600 USD, years: 4, power_price: 1 USD / kWh{more}}}
""",
        encoding="utf-8",
    )
    return load_catalogue(SMALL, file, builtin=False)


@pytest.mark.parametrize(
    ("accelerator", "more", "kilowatts"),
    [
        ("ax1", ", power_kw: 5, pue: 1.4", Fraction(7)),
        ("ax1", ", power_kw: 5, includes_facility: true", Fraction(5)),
        ("ax1", ", pue: 1.4", Fraction(8 * 500 * 14, 10_000)),  # 500 W each
        ("ax2", ", pue: 1.4", Fraction(12)),  # 1.5 kW each, facility included: PUE is not applied again
    ],
)
def test_facility_power_is_counted_once(tmp_path: Any, accelerator: str, more: str, kilowatts: Fraction) -> None:
    """PUE multiplies a server's own power, and never a figure that contains the facility already."""
    catalogue = own(tmp_path, accelerator, more)
    found = bill(catalogue, work(1000, spares=0), f"self/pebble-8b:bf16@own/{accelerator}x1")
    power = next(charge for charge in found.charges if charge.meter == "power")
    assert power.quantity == kilowatts * 730


# Prices


def test_prices_change_on_their_day(small: Catalogue) -> None:
    """Grid takes 2.50 from November on; the note says so before."""
    now, later = bill(small, work()), bill(small, work(), on=date(2026, 11, 1))
    assert (now.cost, later.cost) == (3 * 730 * 2, 3 * 730 * Fraction(5, 2))
    assert any("prices change on 2026-11-01" in note for note in now.notes)


def test_terms_have_their_own_rates(small: Catalogue) -> None:
    """Spot is 0.80 an hour; a year's commitment 1,095 a month for each, which is 1.50 an hour."""
    assert bill(small, work(), "self/pebble-8b:fp8@grid/ax1x1+spot").cost == 3 * 730 * Fraction(4, 5)
    assert bill(small, work(), "self/pebble-8b:fp8@grid/ax1x1+1yr").cost == 3 * 1095


def test_the_cheapest_host_is_chosen_and_averages_never(small: Catalogue, small_rates: ExchangeRates) -> None:
    """Grid at 2.00 goes before Barn at 3.00; averages at 0.50 are no offer; another currency waits."""
    found = bill(small, work(), "self/pebble-8b:fp8@ax1")
    assert found.offer.name == "self/pebble-8b:fp8@grid/ax1x1"
    assert bill(small, work(), "self/pebble-8b:fp8@barn/ax1").cost == 3 * 730 * 3


def test_supposed_prices_move_the_bill(small: Catalogue) -> None:
    """A third more for Grid's accelerators is a third more of the bill, and nothing for Barn."""
    offers = [small.find("self/pebble-8b:fp8@grid/ax1x1"), small.find("self/pebble-8b:fp8@barn/ax1x1")]
    found = compare(offers, work(), DAY, adjustments=[parse_adjustment("grid gpu_hours +34%")])
    costs = {row.quote.offer.name: (row.before, row.quote.cost) for row in found.rows}
    assert costs["self/pebble-8b:fp8@grid/ax1x1"] == (4380, 4380 * Fraction(134, 100))
    assert costs["self/pebble-8b:fp8@barn/ax1x1"] == (6570, 6570)


def test_euros_are_converted(small: Catalogue, small_rates: ExchangeRates) -> None:
    """A host that bills in euros stands beside others in dollars, its range converted too."""
    offer = small.find("self/boulder-200b@grid/ax2")
    lots = work(10 * FOUR_A_SECOND)
    (row,) = compare([offer], lots, DAY, currency="USD", exchange_rates=small_rates).rows
    own = quote(offer, lots, DAY)
    rate = row.quote.charges[0].exchange
    assert rate is not None
    assert row.quote.cost == own.cost * rate.rate
    assert own.spread is not None
    assert row.quote.spread == (own.spread[0] * rate.rate, own.spread[1] * rate.rate)


def test_months_size_each_month_for_itself(small: Catalogue) -> None:
    """Requests that double each month: 2, then 3, then 5 replicas, with a spare; 730 h x 2.00 each (August to October)."""
    group = RequestGroup(SMALL_REQUEST, FOUR_A_SECOND, growth=Fraction(1))
    growing = Workload((group,), peak_to_mean=Fraction(2))
    offer = small.find("self/pebble-8b:fp8@grid/ax1x1")
    (row,) = compare([offer], growing, date(2026, 8, 1), months=3).rows
    assert [month.cost for month in row.quote.months] == [n * 730 * 2 for n in (3, 4, 6)]


def test_a_month_that_is_cut_by_a_change_is_sized_whole(small: Catalogue) -> None:
    """16 of 31 days at 2.00 and 15 at 2.50, with the fleet of a whole month's rate: 3 x 730 x (16 x 2 + 15 x 2.5) / 31."""
    offer = small.find("self/pebble-8b:fp8@grid/ax1x1")
    (row,) = compare([offer], work(), date(2026, 10, 16), months=2).rows
    assert row.quote.months[0].cost == 3 * 730 * (16 * 2 + 15 * Fraction(5, 2)) / 31


def test_a_class_may_be_fixed_to_a_self_hosted_offer(small: Catalogue) -> None:
    """One class on Grid and the other on an API are one total."""
    api, own_offer = small.find("example-small"), small.find("self/pebble-8b:fp8@ax1")
    fixed = RequestGroup(SMALL_REQUEST, FOUR_A_SECOND, name="bulk", offer=own_offer)
    free = RequestGroup(SMALL_REQUEST, 1000, name="rest")
    (row,) = compare([api], Workload((free, fixed), peak_to_mean=Fraction(2)), DAY).rows
    alone = quote(api, Workload((free,)), DAY)
    assert row.quote.cost == 4380 + alone.cost


# What cannot be served


@pytest.mark.parametrize(
    ("offer", "workload", "reason"),
    [
        ("self/boulder-200b@grid/ax1x1", work(), "does not fit on ax1x1; 4 would do"),
        ("self/boulder-200b:bf16@barn/ax3x9", work(), "on ax3x9x4; 16 would do; at most 4 are rented together"),
        ("self/boulder-200b:bf16@barn/ax3x9x16", work(), "ax3x9x16 is more than the 4 that are rented together"),
        ("self/pebble-8b:fp8@barn/ax3x9", work(), "ax3x9 has no units for fp8; name bf16, or an accelerator that has"),
        ("self/dust@ax1", work(), "no source says how many parameters dust has"),
        ("self/pebble-8b@barn/mystery", work(), "no source says the memory and bandwidth and TFLOP/s of mystery"),
        ("self/pebble-8b:fp8@ax1", replace(work(), peak_to_mean=None), "how high its peak is"),
        ("self/pebble-8b:fp8@ax1", work(usage=Usage(input_tokens=40_000, output_tokens=1)), "context window of 32768"),
        (
            "self/pebble-8b:fp8@ax1",
            work(tpot=Fraction(1, 1000)),
            "ms on ax1x8 even for one request at a time, and 1 ms is",
        ),
        ("self/pebble-8b:fp8@ax1", work(ttft=Fraction(1, 1000)), "the first token takes 40 ms on ax1x1 even for one"),
        ("self/pebble-8b:bf16@ax1", work(ttft=Fraction(1)), "nobody has measured the time to the first token"),
        ("self/pebble-8b:fp8@ax1", work(usage=Usage(input_tokens=100, image_input_tokens=50)), "more than text"),
        ("self/pebble-8b:fp8@ax1", Workload((), peak_to_mean=Fraction(2)), "nothing is sent"),
        ("self/pebble-8b:fp8@ax1+9yr", work(), "no listed host has ax1 on 9yr terms on 2026-09-15; name terms it has"),
    ],
)
def test_what_cannot_be_served_says_why(small: Catalogue, offer: str, workload: Workload, reason: str) -> None:
    """A gap with its reason, never a figure."""
    found = bill(small, workload, offer)
    assert reason in str(found.unserved)
    assert found.charges == ()
    assert not found.complete


def test_a_host_that_no_longer_sells_is_said_with_the_terms_it_has(tmp_path: Any) -> None:
    """What was withdrawn is no price; the place is named, and the terms that are left."""
    (tmp_path / "loft.yaml").write_text(
        "kind: compute\nhost: loft\nname: Loft\ndefault_place: top\ninstances:\n"
        "  - id: one\n    accelerator: ax1\n    accelerators: 1\n    prices:\n"
        "      - {source: https://example.com/l, withdrawn_on: 2026-01-01, rates: {on-demand: 1 USD / hour}}\n"
        "      - {source: https://example.com/l, effective_from: 2026-01-01, rates: {spot: 1 USD / hour}}\n",
        encoding="utf-8",
    )
    catalogue = with_curve(tmp_path, "16 100 19 800")
    refused = bill(catalogue, work(), "self/pebble-8b:fp8@loft:top/ax1")
    assert "loft:top has no ax1 on standard terms on 2026-09-15; name terms it has: +spot" in str(refused.unserved)


def test_weights_in_a_precision_nobody_shows_are_noted(small: Catalogue) -> None:
    """Boulder in bf16 is not among its sheet's precisions, and Axon One has no 4-bit units."""
    assert any("weights in bf16" in note for note in bill(small, work(), "self/boulder-200b:bf16@ax1").notes)
    notes = bill(small, work(), "self/boulder-200b:fp4@ax1").notes
    assert any("no fp4 units of ax1 are stated" in note for note in notes)


def test_a_price_without_a_day_is_noted(small: Catalogue) -> None:
    """How old a price without a date is cannot be told; one of 90 days is stale."""
    undated = bill(small, work(), "self/pebble-8b:bf16@grid/ax2")
    assert any("has no date" in note for note in undated.notes)
    assert any(
        note.startswith("stale: checked 2026-08-20, 134 days before 2027-01-01")
        for note in bill(small, work(), on=date(2027, 1, 1)).notes
    )


def test_an_accelerator_that_no_sheet_describes_is_an_error(tmp_path: Any) -> None:
    """A host that rents what nobody describes stops the run with the remedy."""
    with pytest.raises(LlmcostError, match="own rents ax7, an accelerator that no sheet describes") as refused:
        _ = own(tmp_path, "ax7", "").self_hosting
    assert "kind: accelerators" in str(refused.value.remedy)
