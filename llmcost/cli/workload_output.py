"""Real usage written as a workload file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from llmcost.cli.console import say, write
from llmcost.cli.inputs.usage.files import shown
from llmcost.cli.inputs.usage.source import UsageInput
from llmcost.cli.options import OutputOptions

if TYPE_CHECKING:
    from llmcost.api.usage.pricer import UsagePricer
    from llmcost.core.workload.usage_record import UsageRecord

NAME = "workload"
"""What the format is called with -f."""
ENDINGS = (".yaml", ".yml")


def is_workload(out: OutputOptions) -> bool:
    """Whether a workload file is to be written: named as the format, or by the ending of the file."""
    ending = PurePath(out.output_file or "").suffix.lower()
    return out.format == NAME or (out.format is None and ending in ENDINGS)


def _named(paths: Sequence[str]) -> str:
    return ", ".join(PurePath(shown(path)).name for path in paths) or "what was used"


def write_workload(
    used: UsageInput, pricer: UsagePricer, paths: Sequence[str], out: OutputOptions, *, as_used: bool
) -> int:
    """Write the usage as a workload file, and say how it was read; the exit code.

    ``as_used`` fixes each class to the offer that was used, where it is known.
    """
    from llmcost.api.usage.asked_cache import asked_cache
    from llmcost.api.usage.used import used_of
    from llmcost.workloads.usage_text import Asked, losses, workload_text

    def cache_of(record: UsageRecord) -> str | None:
        offer = pricer.offer_of(used_of(record))
        return None if isinstance(offer, str) else asked_cache(offer, record)

    def offer_of(record: UsageRecord) -> str | None:
        offer = pricer.offer_of((record.provider, record.model, None, record.place))
        return None if isinstance(offer, str) or not as_used else offer.name

    name = "".join(letter if letter.isprintable() else "?" for letter in _named(paths))
    asked = Asked(cache_of, offer_of)
    write(workload_text(used.records, name, pricer.sizes(), used.span, asked, used.busiest), out.output_file)
    for line in (*used.said, *losses(used.records, asked), *pricer.said) if not out.quiet else ():
        say(f"note: {line}")
    return 0
