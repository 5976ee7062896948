"""The formats that are known, in the order in which they are tried."""

from __future__ import annotations

from llmcost.usage.format import Format
from llmcost.usage.formats import (
    alibaba,
    anthropic,
    claude_code,
    codex,
    deepseek,
    generic,
    langfuse,
    litellm,
    openai,
    openrouter,
    otel,
)

FORMATS: tuple[Format, ...] = (
    claude_code.FORMAT,
    codex.FORMAT,
    openai.PAGE,
    openai.CONSOLE,
    anthropic.REPORT,
    anthropic.ANALYTICS,
    anthropic.CONSOLE,
    openrouter.GENERATIONS,
    openrouter.ACTIVITY,
    openrouter.ACTIVITY_CSV,
    litellm.LOG,
    litellm.DAILY,
    langfuse.FORMAT,
    otel.FORMAT,
    deepseek.FORMAT,
    alibaba.CSV,
    alibaba.BILL,
    generic.FORMAT,
)
