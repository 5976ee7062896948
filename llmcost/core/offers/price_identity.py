"""Which prices a result rests on."""

from __future__ import annotations

from collections.abc import Callable


class PriceIdentity:
    """Which prices a result rests on: where they came from, and the digest of all, worked out when it is asked for."""

    __slots__ = ("_digest", "sources")

    def __init__(self, digest: str | Callable[[], str], sources: tuple[str, ...]) -> None:
        self._digest = digest
        self.sources = sources

    @property
    def digest(self) -> str:
        """``sha256:`` and the digest in hexadecimal; empty for prices that came from nowhere."""
        if not isinstance(self._digest, str):
            self._digest = self._digest()
        return self._digest
