"""A second way to price a request, written from the rules of pricing alone, to hold the program against.

It reads a sheet as plain dicts and texts, prices one request at a time with fractions, and shares no line with the
program: what is slow here and obvious is fast there and clever. Invented sheets and requests for both stand below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

Plain = Mapping[str, Any]
Cell = tuple[str, str]
Windows = tuple[tuple[str, str, str, str], ...]
Table = tuple[tuple[tuple[str, Fraction], ...], tuple[tuple[str, Fraction], ...], frozenset[Cell]]

CACHED = ("cache_read", "cache_write", "cache_write_1h", "cache_write_12h")
KINDS = ("audio", "image", "video")
TOKENS = (
    *(prefix + kind for prefix in ("", "audio_", "image_", "video_") for kind in ("input", *CACHED)),
    *("output", "reasoning", "audio_output", "image_output", "video_output"),
)
UNITS = {
    "1M tokens": 10**6,
    "1K tokens": 1000,
    "1M token-hours": 10**6,
    "1K requests": 1000,
    "request": 1,
    "1K searches": 1000,
    "second": 1,
    "minute": 60,
    "hour": 3600,
}
WEEK = 7 * 24 * 60
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Ask(NamedTuple):
    """One request: inclusive token counts by their long names, other counts by meter, and its settings.

    ``mode`` and ``cache`` of None leave the choice to the offer.
    """

    tokens: Mapping[str, int]
    counts: Mapping[str, int] = {}
    mode: str | None = None
    cache: str | None = None
    options: Mapping[str, str] = {}

    def count(self, name: str) -> int:
        """A token count; zero when it is not given."""
        return self.tokens.get(name, 0)


class Outcome(NamedTuple):
    """What one request costs: between ``low`` and ``high``, besides the meters in ``gaps``.

    ``either`` holds meters without a rate that tokens may or may not be of; then the two costs say nothing.
    """

    low: Fraction
    high: Fraction
    gaps: frozenset[str]
    either: frozenset[str] = frozenset()


NOT_SOLD = Outcome(Fraction(0), Fraction(0), frozenset({"requests"}))


class RatingContext(NamedTuple):
    """Where the request stands on each key of a condition; ``hours`` holds the time lists that are on."""

    terms: str | None
    mode: str | None
    cache: str | None
    size: int
    kinds: frozenset[Cell]
    hours: frozenset[str]
    options: Mapping[str, str]
    made: int


# --- the price of one request


def price(sheet: Plain, model: Plain, place: str, terms: str, ask: Ask, on: date | datetime) -> Outcome:
    """Price one request of a model at a place; a day is spread over its week, an aware datetime is that instant."""
    entry = version_on(sheet, model, place, on)
    if entry is None:
        return NOT_SOLD
    entry = {**entry, "units": sheet.get("units") or {}}
    zone = sheet.get("timezone") or "UTC"
    variants = [each for each in entry.get("variants") or () if in_force(each, zone, on)]
    if terms != "standard" and not any(each["when"].get("terms") == terms for each in variants):
        return NOT_SOLD
    if entry.get("status") in ("unknown", "subscription") or not can_serve(model, entry, variants, ask):
        return NOT_SOLD
    if not has_options(model, variants, ask):
        return NOT_SOLD
    parts = []
    lists = {str(when["time"]): when["time"] for when in conditions(entry, variants) if when.get("time")}
    for hours, share in hours_of(lists, on):
        parts.append((share, _price_at(model, entry, variants, terms, ask, hours)))
    return Outcome(
        sum((share * part.low for share, part in parts), Fraction(0)),
        sum((share * part.high for share, part in parts), Fraction(0)),
        frozenset().union(*(part.gaps for _, part in parts)),
        frozenset().union(*(part.either for _, part in parts)),
    )


def _price_at(
    model: Plain, entry: Plain, variants: list[Plain], terms: str, ask: Ask, hours: frozenset[str]
) -> Outcome:
    options = {**(model.get("default_options") or {})}
    options.update({name: value for name, value in ask.options.items() if name in options})
    at = RatingContext(
        terms if terms != "standard" else None,
        (ask.mode or model["default_mode"]) if model.get("default_mode") else None,
        None,
        ask.count("input_tokens"),
        kinds_of(ask),
        hours,
        options,
        ask.count("output_tokens"),
    )
    at = at._replace(cache=choose_cache(model, entry, ask, at))
    if any(meets(when, at) for when in entry.get("not_sold") or () if not when.get("cache")):
        return NOT_SOLD
    if entry.get("status") == "free":
        return Outcome(Fraction(0), Fraction(0), frozenset())
    book = Book(entry, variants, at)
    meters, table = split(ask)
    meters.update({meter: Fraction(count) for meter, count in ask.counts.items() if count})
    least = {meter: Fraction(text) for meter, text in (entry.get("minimum") or {}).items()}
    meters = {meter: max(count, least.get(meter, count)) for meter, count in meters.items()}
    if book.names("requests"):
        meters["requests"] = Fraction(1)
    cost, gaps = Fraction(0), set()
    for meter, count in meters.items():
        each = book.price(meter)
        if each is None:
            gaps.add(meter)
        else:
            cost += each * count
    if table is None:
        return Outcome(cost, cost, frozenset(gaps))
    cells = {cell: book.price("".join(cell)) for filling in fillings(table) for cell in filling}
    either = frozenset("".join(cell) for cell, each in cells.items() if each is None)
    if either:
        return Outcome(cost, cost, frozenset(gaps), either)
    sums = [sum((cells[cell] or 0) * count for cell, count in filling.items()) for filling in fillings(table)]
    return Outcome(cost + min(sums), cost + max(sums), frozenset(gaps))


class Book:
    """The rates of one entry in one situation."""

    def __init__(self, entry: Plain, variants: list[Plain], at: RatingContext) -> None:
        self.base: Plain = entry.get("rates") or {}
        self.entry = entry
        self.cache = at.cache
        self.matching = [each for each in variants if meets(each["when"], at)]
        self.unpriced = [when for when in entry.get("unpriced") or () if meets(when, at)]

    def names(self, meter: str) -> bool:
        """Whether a rate is written for the meter in this situation, or said not to be known."""
        written = [self.base, *(each["rates"] for each in self.matching)]
        return any(meter in rates for rates in written) or any(self.left_open(when, meter) for when in self.unpriced)

    def price(self, meter: str) -> Fraction | None:
        """The price of one base unit of a meter; None when there is none."""
        name: str | None = meter
        seen: set[str] = set()
        while name is not None and name not in seen:
            if any(self.left_open(when, name) for when in self.unpriced):
                return None
            seen.add(name)
            text = self.written(name)
            if text == "":
                return None
            if text is None:
                name = self.fallback(name)
            elif text.startswith("="):
                name = text[1:].strip()
            else:
                uplift = Fraction(self.entry.get("multiply") or 1) if meter in TOKENS else Fraction(1)
                return amount(text, self.entry["units"]) * uplift
        return None

    def written(self, meter: str) -> str | None:
        """The text of the narrowest rate of a meter; "" when none of several is narrowest, None without any."""
        found = [each for each in self.matching if meter in each["rates"]]
        for one in found:
            if all(one is other or is_narrower(one["when"], other["when"]) for other in found):
                return _text(one["rates"][meter])
        if found:
            return ""
        return _text(self.base[meter]) if meter in self.base else None

    def fallback(self, meter: str) -> str | None:
        """The meter whose rate is used when one has none of its own."""
        prefix, kind = (meter.split("_", 1)) if meter.split("_")[0] in KINDS else ("", meter)
        if prefix and kind in CACHED:
            own = self.written(f"{prefix}_input")
            if own and own.startswith("=") and own.endswith("input"):  # billed as that modality throughout
                return own[1:].strip().removesuffix("input") + kind
        if kind == "cache_read" or (kind in CACHED and not self.charges_writing()):
            return f"{prefix}_input" if prefix else "input"
        return "output" if meter == "reasoning" else None

    def charges_writing(self) -> bool:
        """Whether the cache in force charges for what is written: an explicit one, or where a rate says so."""
        if any(self.left_open(when, "cache_write") for when in self.unpriced):
            return True
        written = self.written("cache_write")
        if written is None:
            return self.cache == "explicit" and not self.names("cache_storage")
        return not written.startswith("=")

    def left_open(self, when: Plain, meter: str) -> bool:
        """Whether an unpriced combination is about this meter."""
        if when.get("meters"):
            return meter in when["meters"]
        if "cache_write" in meter and self.written(meter) is None:
            return False  # what is said of cached tokens in general is not said of writing where that has no price
        if meter not in TOKENS or (when.get("cache") and not any(kind in meter for kind in CACHED)):
            return False
        asked = [(side, kind) for side, kinds in (when.get("modalities") or {}).items() for kind in kinds]
        if not asked:
            return True
        side = "output" if meter.endswith("output") else "input"
        return any(meter.startswith(f"{kind}_") and side == where for where, kind in asked)


def _text(rate: Any) -> str:
    return rate if isinstance(rate, str) else str(rate["rate"])


def amount(text: str, worth: Mapping[str, str]) -> Fraction:
    """The price of one base unit in a text such as ``0.50 USD / 1M tokens``; ``worth`` is what units cost."""
    money, unit = text.split(" / ")
    number, currency = money.split()
    each = Fraction(worth[currency].split()[0]) if currency in worth else 1
    return Fraction(number) * each / UNITS[unit]


def can_serve(model: Plain, entry: Plain, variants: list[Plain], ask: Ask) -> bool:
    """Whether the input fits the context window and every modality is known to be taken or made."""
    window = entry.get("context_window") or model.get("context_window")
    if window and ask.count("input_tokens") > int(window):
        return False
    listed = model.get("modalities")
    if listed:
        return all(kind in listed[side] for side, kind in kinds_of(ask))
    return all(is_priced(entry, variants, side, kind) for side, kind in kinds_of(ask))


def is_priced(entry: Plain, variants: list[Plain], side: str, kind: str) -> bool:
    """Whether a rate or a condition of the entry is about a kind of content, so that the model must know it."""
    own = {f"{kind}_seconds", f"input_{kind}s"} if side == "input" else {f"{kind}_output_seconds"}
    meters = {f"{kind}_{side}", f"{kind}s"} | own
    written = set(entry.get("rates") or {}) | {meter for each in variants for meter in each["rates"]}
    written |= {meter for when in entry.get("unpriced") or () for meter in when.get("meters") or ()}
    asked = [when.get("modalities") or {} for when in conditions(entry, variants)]
    return bool(meters & written) or any(kind in (each.get(side) or ()) for each in asked)


def has_options(model: Plain, variants: list[Plain], ask: Ask) -> bool:
    """Whether every option has its default value, or one that some rates are for."""
    defaults = model.get("default_options") or {}
    known = {pair for each in variants for pair in (each["when"].get("options") or {}).items()}
    chosen = {(name, value) for name, value in ask.options.items() if name in defaults}
    return chosen <= known | set(defaults.items())


def kinds_of(ask: Ask) -> frozenset[Cell]:
    """The non-text content of a request."""
    found = {(side, kind) for side in ("input", "output") for kind in KINDS if ask.count(f"{kind}_{side}_tokens")}
    return frozenset(found | ({("input", "audio")} if ask.counts.get("audio_seconds") else set()))


def choose_cache(model: Plain, entry: Plain, ask: Ask, at: RatingContext) -> str | None:
    """The policy asked for when the model has it, else the automatic one, else the next that is sold."""
    has = [policy["kind"] for policy in model.get("cache") or ()]
    if ask.cache == "none":
        return None
    for kind in [each for each in (ask.cache, "automatic", *has) if each in has]:
        tried = at._replace(cache=kind)
        if not any(meets(when, tried) for when in entry.get("not_sold") or () if when.get("cache")):
            return str(kind)
    return None


# --- dates


def version_on(sheet: Plain, model: Plain, place: str, on: date | datetime) -> Plain | None:
    """The latest entry of a place that has started; None before the first and after it was withdrawn."""
    zone = sheet.get("timezone") or "UTC"
    best: tuple[datetime, Plain] | None = None
    for entry in model["prices"]:
        if place not in (entry.get("places") or [entry.get("place") or sheet["default_place"]]):
            continue
        start = entry.get("effective_from")
        if start and not reached(start, zone, on):
            continue
        since = instant(start, zone) if start else datetime.min.replace(tzinfo=timezone.utc)
        if best is None or since >= best[0]:
            best = since, entry
    if best is None or (best[1].get("withdrawn_on") and reached(best[1]["withdrawn_on"], zone, on)):
        return None
    return best[1]


def in_force(variant: Plain, zone: str, on: date | datetime) -> bool:
    """Whether a variant's own dates hold."""
    start, end = variant.get("effective_from"), variant.get("withdrawn_on")
    return (not start or reached(start, zone, on)) and not (end and reached(end, zone, on))


def instant(text: str, zone: str) -> datetime:
    """A day's first instant in its zone, or the instant written."""
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), ZoneInfo(zone))
    return datetime.fromisoformat(text)


def reached(text: str, zone: str, on: date | datetime) -> bool:
    """Whether a start or end lies on or before a day or an instant; days are compared as days."""
    if isinstance(on, datetime):
        return instant(text, zone) <= on
    if len(text) == 10:
        return date.fromisoformat(text) <= on
    return instant(text, zone) <= datetime.combine(on, time(), timezone.utc)


# --- hours of the week


def hours_of(lists: Mapping[str, list[Plain]], on: date | datetime) -> list[tuple[frozenset[str], Fraction]]:
    """Which lists of windows are on, and for what part of an even week (or wholly, at an instant)."""
    if isinstance(on, datetime):
        held = frozenset(name for name, windows in lists.items() if _inside(windows, on))
        return [(held, Fraction(1))]
    monday = on - timedelta(days=on.weekday())
    return _shares(tuple((name, tuple(map(_frozen, windows))) for name, windows in lists.items()), monday)


@lru_cache(maxsize=512)
def _shares(lists: tuple[tuple[str, Windows], ...], monday: date) -> list[tuple[frozenset[str], Fraction]]:
    every = {name: _minutes(windows, monday) for name, windows in lists}
    held = Counter(frozenset(name for name in every if minute in every[name]) for minute in range(WEEK if every else 1))
    return [(names, Fraction(number, held.total())) for names, number in held.items()]


def _frozen(window: Plain) -> tuple[str, str, str, str]:
    return window.get("weekdays") or "mon-sun", window["from"], window["to"], window.get("timezone") or "UTC"


@lru_cache(maxsize=512)
def _minutes(windows: Windows, monday: date) -> frozenset[int]:
    """The minutes from Monday 00:00 UTC that lie in a window, each looked up on the clock of its zone."""
    found: set[int] = set()
    for weekdays, begin, end, zone in windows:
        clock = datetime.combine(monday, time(), timezone.utc).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        days, first, last = _weekdays(weekdays), _minute(begin), _minute(end)
        for minute in range(WEEK):
            if _shows(days, first, last, clock + timedelta(minutes=minute)):
                found.add(minute)
    return frozenset(found)


def _inside(windows: list[Plain], on: datetime) -> bool:
    for weekdays, begin, end, zone in map(_frozen, windows):
        if _shows(_weekdays(weekdays), _minute(begin), _minute(end), on.astimezone(ZoneInfo(zone))):
            return True
    return False


def _shows(days: set[int], begin: int, end: int, clock: datetime) -> bool:
    now = clock.hour * 60 + clock.minute
    today, yesterday = clock.weekday() in days, (clock.weekday() - 1) % 7 in days
    if begin < end:
        return today and begin <= now < end
    return (today and now >= begin) or (yesterday and now < end)


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


@lru_cache(maxsize=64)
def _weekdays(text: str) -> set[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        day = DAYS.index(first)
        days.add(day)
        while last and DAYS[day] != last:
            day = (day + 1) % 7
            days.add(day)
    return days


# --- conditions


def conditions(entry: Plain, variants: list[Plain]) -> Iterator[Plain]:
    """Everything in an entry that a request may meet."""
    yield from (each["when"] for each in variants)
    yield from entry.get("not_sold") or ()
    yield from entry.get("unpriced") or ()


def meets(when: Plain, at: RatingContext) -> bool:
    """Whether a request meets every key of a condition."""
    for key, wanted in when.items():
        if key == "terms" and wanted != at.terms:
            return False
        if key == "mode" and wanted != at.mode:
            return False
        if key == "cache" and wanted != at.cache:
            return False
        if key == "input_tokens" and not (sizes(wanted)[0] <= at.size <= sizes(wanted)[1]):
            return False
        if key == "output_tokens" and not (sizes(wanted)[0] <= at.made <= sizes(wanted)[1]):
            return False
        if key == "modalities" and not asked_kinds(wanted) & at.kinds:
            return False
        if key == "time" and str(wanted) not in at.hours:
            return False
        if key == "options" and any(at.options.get(name) != value for name, value in wanted.items()):
            return False
    return True


def is_narrower(one: Plain, other: Plain) -> bool:
    """Whether the first condition asks for all that the second asks for, and for more."""
    if any(key not in one for key in other):
        return False
    within = [_within(key, one[key], other[key]) for key in other]
    back = set(one) == set(other) and all(_within(key, other[key], one[key]) for key in other)
    return all(within) and not back


def _within(key: str, one: Any, other: Any) -> bool:
    if key in ("input_tokens", "output_tokens"):
        return sizes(other)[0] <= sizes(one)[0] and sizes(one)[1] <= sizes(other)[1]
    if key == "modalities":
        return asked_kinds(one) <= asked_kinds(other)
    if key == "time":
        monday = date(2026, 1, 5)
        inner, outer = (_minutes(tuple(map(_frozen, each)), monday) for each in (one, other))
        return inner <= outer
    if key == "options":
        return all(one.get(name) == value for name, value in other.items())
    return bool(one == other)


def asked_kinds(modalities: Plain) -> frozenset[Cell]:
    """The listed kinds as pairs."""
    return frozenset((side, kind) for side in ("input", "output") for kind in modalities.get(side) or ())


@lru_cache(maxsize=256)
def sizes(text: str) -> tuple[float, float]:
    """The least and the greatest whole size of a range such as ``> 128000, <= 256000``."""
    least, greatest = 0.0, float("inf")
    for part in text.split(","):
        sign, number = part.strip().split()
        bound = int(number)
        if sign[0] == ">":
            least = bound if sign == ">=" else bound + 1
        else:
            greatest = bound if sign == "<=" else bound - 1
    return least, greatest


# --- counts


def sums_of(ask: Ask) -> tuple[dict[str, int], dict[str, int], dict[Cell, Fraction]]:
    """Input tokens by modality and by kind, without those of the stated cells, and these."""
    write, one_hour = ask.count("cache_creation_input_tokens"), ask.count("cache_creation_1h_input_tokens")
    total, read = ask.count("input_tokens"), ask.count("cache_read_input_tokens")
    columns = {"input": total - read - write, "cache_read": read}
    half_day = ask.count("cache_creation_12h_input_tokens")
    columns |= {"cache_write": write - one_hour - half_day, "cache_write_1h": one_hour, "cache_write_12h": half_day}
    rows = {f"{kind}_": ask.count(f"{kind}_input_tokens") for kind in KINDS}
    rows = {"": total - sum(rows.values()), **rows}
    stated: dict[Cell, Fraction] = {}
    for kind in KINDS:
        if f"cache_read_{kind}_input_tokens" in ask.tokens:
            cell, count = (f"{kind}_", "cache_read"), ask.count(f"cache_read_{kind}_input_tokens")
            rows[cell[0]] -= count
            columns[cell[1]] -= count
            stated[cell] = Fraction(count)
    return rows, columns, stated


def holds_together(ask: Ask) -> bool:
    """Whether a request with these counts can exist."""
    rows, columns, stated = sums_of(ask)
    if min(*rows.values(), *columns.values()) < 0:
        return False
    return bool(fillings(_table(rows, columns, frozenset(stated))))


def _table(rows: dict[str, int], columns: dict[str, int], closed: frozenset[Cell]) -> Table:
    return (
        tuple((name, Fraction(count)) for name, count in rows.items() if count),
        tuple((name, Fraction(count)) for name, count in columns.items() if count),
        closed,
    )


def split(ask: Ask) -> tuple[dict[str, Fraction], Table | None]:
    """Disjoint meters of a request, and the table of input tokens whose cells its sums leave open."""
    rows, columns, stated = sums_of(ask)
    made = {f"{kind}_output": ask.count(f"{kind}_output_tokens") for kind in KINDS}
    made["reasoning"] = ask.count("reasoning_output_tokens")
    made["output"] = ask.count("output_tokens") - sum(made.values())
    meters = {meter: Fraction(count) for meter, count in made.items() if count}
    table = _table(rows, columns, frozenset(stated))
    sure: dict[Cell, Fraction] = dict(stated)
    rest = table
    ways = fillings(table)
    if len(ways) == 1:
        for cell, count in ways[0].items():
            sure[cell] = sure.get(cell, Fraction(0)) + count
    else:  # what every filling has in common is known; only the rest is open
        cells = {cell for way in ways for cell in way}
        fixed = {cell for cell in cells if len({way.get(cell) for way in ways}) == 1}
        left_rows, left_columns = dict(table[0]), dict(table[1])
        for cell in fixed:
            sure[cell] = sure.get(cell, Fraction(0)) + ways[0][cell]
            left_rows[cell[0]] -= ways[0][cell]
            left_columns[cell[1]] -= ways[0][cell]
        never = {(row, column) for row in left_rows for column in left_columns} - cells
        rest = tuple(left_rows.items()), tuple(left_columns.items()), frozenset(stated) | fixed | never
    meters.update({"".join(cell): count for cell, count in sure.items() if count})
    return meters, None if len(ways) == 1 else rest


@lru_cache(maxsize=4096)
def fillings(table: Table) -> list[dict[Cell, Fraction]]:
    """Every corner of the set of fillings with the table's sums: the trees of cells that solve them, found one by one.

    A cost that is linear in the cells is least and greatest at a corner.
    """
    rows, columns, closed = table
    rows = tuple((name, count) for name, count in rows if count)
    columns = tuple((name, count) for name, count in columns if count)
    cells = [(row, column) for row, _ in rows for column, _ in columns if (row, column) not in closed]
    found: list[dict[Cell, Fraction]] = []
    for size in range(min(len(cells), max(0, len(rows) + len(columns) - 1)), -1, -1):
        for tree in combinations(cells, size):
            filling = _solve(dict(rows), dict(columns), set(tree))
            if filling is not None and filling not in found:
                found.append(filling)
        if found:
            break
    return found


def _solve(rows: dict[str, Fraction], columns: dict[str, Fraction], cells: set[Cell]) -> dict[Cell, Fraction] | None:
    filling: dict[Cell, Fraction] = {}
    while cells:
        for cell in cells:
            row, column = cell
            alone_in_row = sum(1 for each in cells if each[0] == row) == 1
            if alone_in_row or sum(1 for each in cells if each[1] == column) == 1:
                break
        else:
            return None
        count = rows[row] if alone_in_row else columns[column]
        rows[row] -= count
        columns[column] -= count
        if rows[row] < 0 or columns[column] < 0:
            return None
        cells = cells - {cell}
        if count:
            filling[cell] = count
    return filling if not any(rows.values()) and not any(columns.values()) else None


# --- invented sheets and requests

AMOUNTS = ("0.1", "0.25", "0.5", "1", "2.5", "3", "7", "12.5", "0.0028")
RANGES = ("> 100", ">= 100", "<= 100", "> 200", "> 100, <= 200", "< 50")
TIMES = (
    [{"weekdays": "mon-fri", "from": "01:00", "to": "04:00"}, {"weekdays": "mon-fri", "from": "06:00", "to": "10:00"}],
    [{"from": "22:00", "to": "08:00", "timezone": "Asia/Shanghai"}],
    [{"weekdays": "sat, sun", "from": "00:00", "to": "24:00", "timezone": "America/New_York"}],
    [{"weekdays": "fri-mon", "from": "20:00", "to": "03:00", "timezone": "Europe/Berlin"}],
)
UNIT_OF = dict.fromkeys(TOKENS, ("1M tokens", "1K tokens")) | {
    "web_searches": ("1K requests", "1K searches"),
    "cache_storage": ("1M token-hours",),
    "audio_seconds": ("second", "minute", "hour"),
    "requests": ("1K requests", "request"),
}


@st.composite
def rates(draw: st.DrawFn, meters: tuple[str, ...], fewest: int = 0) -> dict[str, str]:
    """Rates for some meters: mostly amounts, some `= meter`."""
    chosen = draw(st.lists(st.sampled_from(meters), unique=True, min_size=fewest, max_size=6))
    found = {}
    for meter in chosen:
        others = [each for each in TOKENS if each != meter]
        if meter in TOKENS and draw(st.integers(0, 4)) == 0:
            found[meter] = "= " + draw(st.sampled_from(["input", *others] if meter != "input" else others))
        else:
            unit = draw(st.sampled_from(UNIT_OF[meter]))
            found[meter] = f"{draw(st.sampled_from(AMOUNTS))} USD / {unit}"
    return found


@st.composite
def whens(draw: st.DrawFn, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A condition on one to three keys."""
    some = st.lists(st.sampled_from(KINDS), unique=True, min_size=1, max_size=2)
    keys: dict[str, st.SearchStrategy[Any]] = {
        "terms": st.sampled_from(["batch", "flex"]),
        "mode": st.just("thinking"),
        "cache": st.sampled_from(["automatic", "explicit"]),
        "input_tokens": st.sampled_from(RANGES),
        "output_tokens": st.sampled_from(["> 2000", "<= 2000", ">= 3"]),
        "modalities": st.one_of(some.map(lambda kinds: {"input": kinds}), some.map(lambda kinds: {"output": kinds})),
        "time": st.sampled_from(TIMES),
        "options": st.just({"depth": "high"}),
    }
    free = sorted(set(keys) - set(without))
    chosen = draw(st.lists(st.sampled_from(free), unique=True, min_size=1, max_size=3))
    return {key: draw(keys[key]) for key in keys if key in chosen}


@st.composite
def entries(draw: st.DrawFn, start: str | None) -> dict[str, Any]:
    """A price entry with variants, and things that are not sold or not known."""
    every = (*TOKENS, "web_searches", "cache_storage", "audio_seconds", "requests")
    entry: dict[str, Any] = {"checked_on": "2026-05-01", "source": "https://example.com/prices"}
    if start is not None:
        entry["effective_from"] = start
    if draw(st.integers(0, 19)) == 0:
        return {**entry, "status": draw(st.sampled_from(["free", "unknown", "subscription"]))}
    base = {"input": f"{draw(st.sampled_from(AMOUNTS))} USD / 1M tokens", "output": "4 USD / 1M tokens"}
    entry["rates"] = {**draw(rates(every)), **base} if draw(st.integers(0, 9)) else draw(rates(every))
    entry["variants"] = []
    for when in draw(st.lists(whens(), max_size=5)):
        variant: dict[str, Any] = {"when": when, "rates": draw(rates((*TOKENS[:4], "output", "reasoning", *every), 1))}
        if draw(st.integers(0, 5)) == 0:
            variant[draw(st.sampled_from(["effective_from", "withdrawn_on"]))] = "2026-06-15"
        entry["variants"].append(variant)
    entry["not_sold"] = draw(st.lists(whens(without=("options",)), max_size=1))
    entry["unpriced"] = draw(st.lists(whens(without=("options",)), max_size=1))
    for when in entry["unpriced"]:
        if draw(st.booleans()):
            when["meters"] = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        entry["multiply"] = draw(st.sampled_from(["1.1", "2"]))
    if draw(st.integers(0, 3)) == 0:
        entry["minimum"] = {"audio_seconds": "10"}
    return {key: value for key, value in entry.items() if value != []}


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any]:
    """A sheet of one model at one place."""
    model: dict[str, Any] = {"id": "invented", "default_mode": "plain", "default_options": {"depth": "low"}}
    model["cache"] = [
        {"kind": kind} for kind in draw(st.lists(st.sampled_from(["automatic", "explicit"]), unique=True))
    ]
    histories: list[list[str | None]] = [
        [None],
        ["2026-05-01"],
        [None, "2026-07-01"],
        ["2026-07-01T16:00:00+08:00", None],
    ]
    starts = draw(st.sampled_from(histories))
    model["prices"] = [draw(entries(start)) for start in starts]
    if draw(st.integers(0, 3)) == 0:
        model["context_window"] = "250"
    if draw(st.integers(0, 3)) == 0:
        model["modalities"] = {"input": ["text", "audio", "image"], "output": ["text", "audio"]}
    zone = draw(st.sampled_from(["UTC", "Asia/Shanghai"]))
    return {
        "seller": "invented",
        "name": "Invented",
        "default_place": "here",
        "timezone": zone,
        "models": [model],
    }


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    """A request that holds together, its sizes near the boundaries of invented sheets."""
    near = st.sampled_from([0, 1, 10, 49, 50, 99, 100, 101, 150, 200, 201, 240, 251])
    total, made = draw(near), draw(st.integers(0, 60))
    tokens = {"input_tokens": total, "output_tokens": made}
    read = draw(st.integers(0, total)) if draw(st.booleans()) else 0
    write = draw(st.integers(0, total - read)) if draw(st.integers(0, 2)) == 0 else 0
    tokens |= {"cache_read_input_tokens": read, "cache_creation_input_tokens": write}
    one_hour = draw(st.integers(0, write)) if draw(st.booleans()) else 0
    half_day = draw(st.integers(0, write - one_hour)) if draw(st.integers(0, 3)) == 0 else 0
    tokens |= {"cache_creation_1h_input_tokens": one_hour, "cache_creation_12h_input_tokens": half_day}
    left = total
    for kind in draw(st.lists(st.sampled_from(KINDS), unique=True, max_size=2)):
        tokens[f"{kind}_input_tokens"] = draw(st.integers(0, left))
        left -= tokens[f"{kind}_input_tokens"]
        if draw(st.integers(0, 3)) == 0:
            stated = {f"cache_read_{kind}_input_tokens": draw(st.integers(0, tokens[f"{kind}_input_tokens"]))}
            tokens |= stated if holds_together(Ask(tokens | stated)) else {}
    for name in draw(st.lists(st.sampled_from(["reasoning", *KINDS]), unique=True, max_size=2)):
        tokens[f"{name}_output_tokens"] = draw(st.integers(0, made))
        made -= tokens[f"{name}_output_tokens"]
    counts = draw(st.dictionaries(st.sampled_from(["web_searches", "audio_seconds"]), st.integers(0, 20), max_size=1))
    return Ask(
        tokens,
        counts,
        draw(st.sampled_from([None, "plain", "thinking"])),
        draw(st.sampled_from([None, "automatic", "explicit"])),
        draw(st.sampled_from([{}, {"depth": "high"}])),
    )


MOMENTS = (
    date(2026, 5, 13),
    date(2026, 6, 15),
    date(2026, 7, 1),
    date(2026, 7, 2),
    datetime(2026, 6, 15, 7, 30, tzinfo=timezone.utc),
    datetime(2026, 6, 30, 23, 0, tzinfo=timezone.utc),
    datetime(2026, 7, 4, 23, 30, tzinfo=timezone.utc),
    datetime(2026, 7, 6, 2, 0, tzinfo=timezone.utc),
)
