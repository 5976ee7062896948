"""Text from a file: how many characters of which language it is, and its tokens where a real tokenizer is at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from llmcost.core.workload.text import LANGUAGES, Amount, Text, Tokenizer
from llmcost.errors import LlmcostError
from llmcost.files.raw import read_bytes
from llmcost.workloads.tokenizers import count_tokens

MOST_BYTES = 50 * 1024 * 1024
CODE_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        *("c", "cc", "cpp", "cs", "css", "go", "h", "hpp", "html", "java", "js", "json", "jsx", "kt", "lua", "php"),
        *("pl", "py", "rb", "rs", "scala", "sh", "sql", "swift", "toml", "ts", "tsx", "xml", "yaml", "yml"),
    )
)
"""Endings of files that hold code."""
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


def read_text_file(
    path: str, language: str | None, tokenizers: Iterable[Tokenizer], stdin: bytes | None = None
) -> Text:
    """The text of a file, or ``stdin``; without a ``language`` it is code where its name says so.

    Otherwise its Chinese characters count as zh and all others as en.
    Raises LlmcostError for a file that cannot be read as UTF-8, is empty, or a language without a rule.
    """
    if language is not None and language not in LANGUAGES:
        remedy = f"write one of: {', '.join(LANGUAGES)}; or give the tokens with --input"
        raise LlmcostError(f'--language: no rule says how many tokens text in "{language}" is', remedy)
    try:
        raw = stdin if stdin is not None else read_bytes(Path(path), MOST_BYTES)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise LlmcostError(f"--text: {path} cannot be read: {error.strerror or error}", "check the path") from None
    except ValueError:
        raise LlmcostError(f"--text: {path} is not UTF-8 text", "save it as UTF-8") from None
    if len(raw) > MOST_BYTES:
        raise LlmcostError(f"--text: {path} is larger than {MOST_BYTES // 1024**2} MB", "give a part of it")
    if not text.strip():
        raise LlmcostError(f"--text: {path} holds no text", "name a file with the text of one request")
    counted = {each.id: count_tokens(each.library, text) for each in tokenizers if each.library is not None}
    known = tuple(sorted((name, count) for name, count in counted.items() if count is not None))
    guessed = "code" if Path(path).suffix.lower() in CODE_ENDINGS else None
    return Text(tuple(_amounts(text, language or guessed)), known)


def _amounts(text: str, language: str | None) -> Iterable[Amount]:
    if language is not None:
        yield Amount(language, "characters", Fraction(len(text)))
        return
    chinese = len(_HAN.findall(text))
    for name, number in (("zh", chinese), ("en", len(text) - chinese)):
        if number:
            yield Amount(name, "characters", Fraction(number))
