"""The one way to a module that is named by data: a command, a format, a name of the front door.

What few runs need is imported inside the function that needs it, everywhere else by a plain ``import`` there; start-up
is a promise, and docs/decisions/08-late-imports.md says which.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load(module: str, name: str) -> Any:
    """What a module of this package defines under a name."""
    return getattr(import_module(f"llmcost.{module}"), name)
