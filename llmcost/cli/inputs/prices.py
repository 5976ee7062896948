"""From options to the prices and their day: sheets, the lock, the project they belong to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from llmcost.cli.options import PriceOptions
from llmcost.core.values.dates import PricingDay, parse_pricing_day
from llmcost.errors import LlmcostError, at_flag
from llmcost.project.config import find_config, named_from, root_of
from llmcost.sheets.load import Prices, load_prices

if TYPE_CHECKING:
    from llmcost.sheets.lock import Lock


def ask_prices(options: PriceOptions, paths: Sequence[str], *, fresh: bool = False) -> Prices:
    """The built-in price sheets and those at ``paths``; ``fresh`` takes nothing from the cache."""
    if options.no_builtin_prices and not paths:
        raise LlmcostError("--no-builtin-prices leaves no prices at all", "name your own sheets with --prices")
    locked = _ask_lock(options) if options.frozen else None
    config = project_config(options) if paths else None
    root = None if config is None else root_of(config)
    prices = load_prices(
        paths,
        builtin=not options.no_builtin_prices,
        named=lambda path: path if root is None else named_from(root, path),
        fresh=fresh or options.frozen,  # a lock is of the sheets, not of what was made of them
    )
    if locked is not None:
        from llmcost.sheets.lock import check_lock

        check_lock(locked, prices.layers, lock_path(options))
    return prices


def _ask_lock(options: PriceOptions) -> Lock:
    """The project's lock. Raises LlmcostError when there is none, and FileProblems when it cannot be read."""
    from llmcost.sheets.lock import read_lock

    return read_lock(lock_path(options))


def project_config(options: PriceOptions) -> Path | None:
    """The project's config that counts; None without one."""
    if options.no_config:
        return None
    return Path(options.config) if options.config is not None else find_config(_here())


def _here() -> Path:
    """The folder the program runs in. Raises LlmcostError when it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        remedy = "change to another folder, or use --no-config"
        raise LlmcostError(f"the current folder cannot be read: {error.strerror}", remedy) from None


def lock_path(options: PriceOptions, *, new: bool = False) -> Path:
    """Where the lock stands: beside the project's config, else in this folder.

    Raises LlmcostError when there is none, unless a new one is to be made.
    """
    from llmcost.sheets.lock import LOCK_NAME

    config = project_config(options)
    path = (_here() if config is None else config.parent) / LOCK_NAME
    if not new and not path.is_file():
        raise LlmcostError(f"--frozen: there is no {path}", "make it with `llmcost prices lock`")
    return path


def ask_day(options: PriceOptions) -> PricingDay:
    """The day of the prices: as asked, as locked, else today; the one place where the clock is read for prices.

    Raises LlmcostError for another day than the locked one.
    """
    asked = None
    where = "LLMCOST_ON" if options.on == os.environ.get("LLMCOST_ON") else "--on"
    if options.on is not None:
        with at_flag(where):
            asked = parse_pricing_day(options.on)
    if options.frozen:
        locked = parse_pricing_day(_ask_lock(options).on)
        if asked not in (None, locked):
            raise LlmcostError(
                f"{where}: {asked} is not the day of the lock, {locked}, which --frozen keeps to",
                f"leave out one of them, or lock anew with `llmcost prices lock --on {asked}`",
            )
        return locked
    return asked or PricingDay(datetime.now(timezone.utc).date())
