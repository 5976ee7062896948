"""Every public source that is read: one line each, and the file that reads it."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """A public price table, or one of exchange rates.

    ``reader`` is the module and the function that make a ``SourceTable`` of its data, ``address`` where that is
    published, ``licence`` what it is published under. ``from_file``: that is no file, so it is read from one only.
    ``exchanges``: it has exchange rates and no offers, and its reader makes a sheet of them.
    """

    name: str
    title: str
    reader: tuple[str, str]
    address: str
    licence: str
    from_file: bool = False
    exchanges: bool = False


SOURCES = (
    Source(
        "litellm",
        "LiteLLM's price map",
        ("litellm", "read_litellm"),
        "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
        "MIT",
    ),
    Source(
        "genai-prices",
        "genai-prices",
        ("genai_prices", "read_genai_prices"),
        "https://raw.githubusercontent.com/pydantic/genai-prices/refs/heads/main/prices/new_data/v2/data.json",
        "MIT",
    ),
    Source(
        "models.dev",
        "models.dev",
        ("models_dev", "read_models_dev"),
        "https://models.dev/api.json",
        "MIT",
    ),
    Source(
        "model-prices",
        "model-prices' snapshot",
        ("model_prices", "read_model_prices"),
        "https://github.com/wakamex/model-prices",
        "MIT",
        from_file=True,
    ),
    Source(
        "pi-ai",
        "pi-ai's data",
        ("pi_ai", "read_pi_ai"),
        "https://www.npmjs.com/package/@earendil-works/pi-ai",
        "MIT",
        from_file=True,
    ),
    Source(
        "openrouter",
        "OpenRouter's list of models",
        ("openrouter", "read_openrouter"),
        "https://openrouter.ai/api/v1/models",
        "public API",
    ),
    Source(
        "ecb",
        "the European Central Bank's reference rates",
        ("ecb", "read_ecb"),
        "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml",
        "free use with its source named",
        exchanges=True,
    ),
)
SOURCE = {source.name: source for source in SOURCES}
