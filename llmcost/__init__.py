"""What an LLM workload costs per month, on APIs and on your own accelerators.

The front door for Python code; each name is imported when it is first used.

    from llmcost import Usage, Workload, compare, load_catalogue, quote
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmcost.api.check import budget
    from llmcost.api.compare import compare, quote
    from llmcost.api.diff import diff
    from llmcost.api.load import load_catalogue, load_exchange_rates, load_workload
    from llmcost.api.project import check_project, load_budgets
    from llmcost.api.throughput import predict_throughput
    from llmcost.core.analysis.budget import Budget
    from llmcost.core.offers.catalogue import Catalogue
    from llmcost.core.offers.offer import Offer
    from llmcost.core.quotes.comparison import Comparison
    from llmcost.core.quotes.quote import Charge, Gap, Quote
    from llmcost.core.workload.requests import RequestGroup, Workload
    from llmcost.core.workload.usage import Usage
    from llmcost.errors import LlmcostError
    from llmcost.project.saved_result import load_result

__version__ = "0.1.0"

_HOMES = {
    "Budget": "core.analysis.budget",
    "Catalogue": "core.offers.catalogue",
    "Charge": "core.quotes.quote",
    "Comparison": "core.quotes.comparison",
    "Gap": "core.quotes.quote",
    "LlmcostError": "errors",
    "Offer": "core.offers.offer",
    "Quote": "core.quotes.quote",
    "RequestGroup": "core.workload.requests",
    "Usage": "core.workload.usage",
    "Workload": "core.workload.requests",
    "budget": "api.check",
    "check_project": "api.project",
    "compare": "api.compare",
    "diff": "api.diff",
    "load_budgets": "api.project",
    "load_catalogue": "api.load",
    "load_exchange_rates": "api.load",
    "load_result": "project.saved_result",
    "load_workload": "api.load",
    "predict_throughput": "api.throughput",
    "quote": "api.compare",
}

__all__ = [
    "Budget",
    "Catalogue",
    "Charge",
    "Comparison",
    "Gap",
    "LlmcostError",
    "Offer",
    "Quote",
    "RequestGroup",
    "Usage",
    "Workload",
    "budget",
    "check_project",
    "compare",
    "diff",
    "load_budgets",
    "load_catalogue",
    "load_exchange_rates",
    "load_result",
    "load_workload",
    "predict_throughput",
    "quote",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'llmcost' has no attribute {name!r}")
    from llmcost import late

    value = late.load(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
