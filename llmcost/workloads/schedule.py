"""Hours of the week, as a class and a service name them."""

from __future__ import annotations

from llmcost.core.values.schedule import Window, parse_window
from llmcost.errors import NumberError
from llmcost.files.fields import Fields

MOST_WINDOWS = 100
HOURS_KEYS = ("weekdays", "from", "to", "timezone")
EXAMPLE = 'write {weekdays: mon-fri, from: "08:00", to: "18:00", timezone: Europe/Berlin}'


def read_hours(fields: Fields) -> tuple[Window, ...] | None:
    """One window or a list of them under ``hours``; None when there is none. A fault points at the key."""
    value = fields.given.get("hours")
    if value is None:
        return None
    windows = value if isinstance(value, list) else [value]
    if not windows:
        raise fields.fault("hours", "no hours are listed", f"{EXAMPLE}, or remove the key")
    if len(windows) > MOST_WINDOWS:
        raise fields.fault("hours", f"{len(windows)} windows are too many", f"write at most {MOST_WINDOWS}")
    for window in windows:
        if not isinstance(window, dict) or not all(isinstance(item, str) for item in window.values()):
            raise fields.fault("hours", "hours are clock times on weekdays", EXAMPLE)
        unknown = [name for name in window if name not in HOURS_KEYS]
        if unknown:
            hint = f"keys here: {', '.join(HOURS_KEYS)}"
            raise fields.fault("hours", f'unknown key "{unknown[0]}" in hours', hint)
        if "from" not in window or "to" not in window:
            raise fields.fault("hours", "hours need `from` and `to`", EXAMPLE)
    try:
        return tuple(parse_window(window) for window in windows)
    except NumberError as error:
        raise fields.fault("hours", error.message, error.remedy) from None
