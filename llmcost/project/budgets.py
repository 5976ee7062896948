"""Reading a budget: its limits, each an amount of money, a percentage or days."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from llmcost.core.analysis.budget import Budget, Limit
from llmcost.core.analysis.limits import RULES, parse_limit
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_share
from llmcost.files.fields import Fields
from llmcost.files.raw import is_handed_over
from llmcost.project.config import placed

BUDGET_KEYS = ("name", "currency", "models", "workload", "baseline", "alternatives", "warn_at", *RULES)


def read_budget(fields: Fields, path: Path, line: Callable[..., int | None]) -> Budget:
    """One budget of a config, whose keys are all known; ``line`` tells where one of them stands."""
    fields.needed("name", "add `name:`, by which the budget is called in reports")
    currency = fields.read("currency", check_currency)
    limits = []
    for kind in RULES:
        found: Limit | None = fields.read(kind, partial(parse_limit, kind, currency=currency))
        if found is not None:
            limits.append(found._replace(line=line(kind)))
    if not limits:
        raise fields.fault("name", "the budget limits nothing", f"add one of: {', '.join(RULES)}")
    baseline = file_named(fields, "baseline")
    for kind, rule in RULES.items():
        if rule.baseline and kind in fields and baseline is None:
            raise fields.fault(kind, f"{kind} is counted from a baseline", "add `baseline: FILE`")
    workload = file_named(fields, "workload")
    return Budget(
        name=str(fields.text("name")),
        limits=tuple(limits),
        models=fields.texts("models"),
        workload=workload if workload is None else placed(path.parent, workload),
        baseline=baseline,
        alternatives=fields.texts("alternatives"),
        warn_at=fields.read("warn_at", parse_share),
        line=line(),
        path=str(path),
    )


def file_named(fields: Fields, key: str) -> str | None:
    """A path; what the shell hands over is for the command line to name, not for a file that others may write."""
    path = fields.text(key)
    return path if path is None else _file(fields, key, path)


def files_named(fields: Fields, key: str) -> tuple[str, ...]:
    """A list of paths, each as in ``file_named``; () when the key is left out."""
    return tuple(_file(fields, f"{key}.{number}", path) for number, path in enumerate(fields.texts(key)))


def _file(fields: Fields, key: str, path: str) -> str:
    if is_handed_over(path):
        raise fields.fault(key, f"{path} is no file", "name a file, or give this on the command line")
    return path
