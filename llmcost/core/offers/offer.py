"""An offer: a model at a seller, at a place, on terms; and how a seller lists its models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.offers.selectors import close_terms
from llmcost.core.pricing.conditions import STANDARD, Options
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.workload.tasks import CHAT
from llmcost.errors import OfferError

if TYPE_CHECKING:
    from llmcost.core.offers.self_hosting.hosts import Deployment
    from llmcost.core.values.dates import PricingDay
    from llmcost.core.workload.media_tokens import MediaRule
    from llmcost.core.workload.text import Tokenizer

SELF_HOSTED = "self_hosted"
"""The kind of an offer that runs open weights on rented or owned accelerators."""
CACHING = "cache-"
"""How a name that asks for a kind of cache begins it, as in ``+cache-explicit``."""
NO_CACHE = "none"
CACHE_KINDS = ("automatic", "explicit", "session")
MIX = "mix"
"""The kind of an offer that stands for several."""


class CachePolicy(NamedTuple):
    """One way a model caches prompts.

    ``kind`` is automatic, explicit, or session, which is asked for once and finds only a conversation's own turns;
    ``billed_as`` the kind whose rates bill it (None: its own). ``minimum_tokens`` is the shortest beginning of a prompt
    that is cached, ``ttl`` how long it is kept after its last use, ``step_tokens`` the steps in which hits are counted;
    None means that it is not stated. ``keeps_output`` says that the model's answer is cached too. ``source`` is the
    page that states the policy, ``via`` how it was read (None: itself), ``note`` what else a reader should know of it.
    """

    kind: str
    minimum_tokens: int | None = None
    ttl: str | None = None
    step_tokens: int | None = None
    keeps_output: bool = False
    source: str | None = None
    note: str | None = None
    via: str | None = None
    billed_as: str | None = None

    @property
    def priced_as(self) -> str:
        """The kind that the conditions of its rates name."""
        return self.billed_as or self.kind


class TokenRules(NamedTuple):
    """How a model counts what is not given in tokens.

    ``tokenizer`` is what is known of its way to cut text (a span over all known ones when nobody has described it;
    None without any); ``media`` its rules by modality.
    """

    tokenizer: Tokenizer | None
    media: Mapping[str, MediaRule]


def no_rules() -> TokenRules:
    """The rules of a model nothing is known of."""
    return TokenRules(None, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that can be bought: a model from a seller, at a place, on terms.

    ``id`` is the vendor's name, ``model`` the key it shares with other sellers, ``developer`` who trained it.
    ``input_kinds`` and ``output_kinds`` are the modalities taken and made; None where no source states them.
    ``context_window`` and ``default_mode`` of None mean not stated and no modes. ``token_rules`` gives the model's
    way to count text and media, when it is wanted. ``deployment`` says how open weights are run; None for an API.
    ``task`` is what the model is for, one of TASKS; ``doubt`` why it may not be sold any more, None without any.
    """

    seller: str
    seller_name: str
    id: str
    model: str
    developer: str | None
    place: str
    history: PriceHistory
    terms: str = STANDARD
    caching: str | None = None
    kind: str = "api"
    context_window: int | None = None
    input_kinds: tuple[str, ...] | None = None
    output_kinds: tuple[str, ...] | None = None
    default_mode: str | None = None
    default_options: Options = ()
    cache: tuple[CachePolicy, ...] = ()
    note: str | None = None
    doubt: str | None = None
    task: str = CHAT
    token_rules: Callable[[], TokenRules] = field(default=no_rules, compare=False, repr=False)
    deployment: Deployment | None = None

    @property
    def name(self) -> str:
        """The full id, ``seller/model@place``, with ``+terms`` unless they are standard; of a mix, its own name."""
        if self.kind == MIX:
            return self.id
        asked = [] if self.terms == STANDARD else [self.terms]
        asked += [f"{CACHING}{self.caching}"] if self.caching else []
        return "+".join((f"{self.seller}/{self.id}@{self.place}", *asked))

    @property
    def hosted(self) -> Deployment:
        """How its open weights are run. Raises TypeError for what is sold by the token, which is run by its seller."""
        if self.deployment is None:
            raise TypeError(f"{self.name} is not self-hosted")
        return self.deployment

    def window_on(self, on: PricingDay) -> int | None:
        """Tokens of input and output it takes at once on a day; None where not stated."""
        own = self.history.on(on).version.context_window if self.history.versions and self.history.sold(on) else None
        return own or self.context_window

    def on_terms(self, terms: str) -> Offer:
        """The same offer on other terms. Raises OfferError when it is not sold on them, or no source states them."""
        if CACHING in terms:
            *before, last = terms.split("+")
            return self.on_terms("+".join(before) or STANDARD).with_caching(last.removeprefix(CACHING))
        known = self.history.terms()
        if terms not in known:
            name = f"{self.seller}/{self.id}@{self.place}"
            others = ", ".join(f"+{term}" for term in known if term != STANDARD)
            stated = f"stated are {others}" if others else "only standard terms are stated"
            if self.history.refuses_terms(terms):
                raise OfferError(
                    f"{name} is not sold on {terms} terms", f"{stated}; `llmcost prices show {name}` has the sources"
                )
            if self.history.lists_terms(terms):
                raise OfferError(
                    f"{name} is sold on {terms} terms at a price that no source states",
                    f"{stated}; a price of your own goes into a price sheet",
                )
            if "@" in terms:
                first, _, place = terms.partition("@")
                raise OfferError(f'"{terms}" are no terms', f"write {self.seller}/{self.id}@{place}+{first}")
            close = close_terms(terms, known)
            if close:
                raise OfferError(f'"{terms}" are no terms of {name}', f"did you mean +{close}? {stated}")
            raise OfferError(
                f"no source states {terms} terms of {name}, so whether they are sold is not known",
                f"{stated}; a price of your own goes into a price sheet",
            )
        return self if terms == self.terms else replace(self, terms=terms)

    def with_caching(self, kind: str) -> Offer:
        """The same offer whose requests ask for a kind of cache, or for ``none``, whatever the workload says.

        Raises OfferError for a kind that it does not have.
        """
        known = [*dict.fromkeys(policy.kind for policy in self.cache), NO_CACHE]
        if kind not in known:
            raise OfferError(f"{self.name} has no {kind} caching", f"it has: {', '.join(known)}")
        return replace(self, caching=kind)


def mix(name: str) -> Offer:
    """What a workload goes to whose classes are all fixed to offers of their own: the total of them all."""
    return Offer(
        seller="mixed",
        seller_name="Mixed",
        id=name,
        model="mixed",
        developer=None,
        place="mixed",
        history=PriceHistory(()),
        kind=MIX,
    )


class Listing(NamedTuple):
    """One model of one seller: its names and places, and a way to get its offers when they are wanted.

    ``agreed`` are the places whose every price has two independent sources or better.
    """

    seller: str
    id: str
    model: str
    developer: str | None
    aliases: tuple[str, ...]
    places: tuple[str, ...]
    default_place: str
    featured: bool
    task: str
    agreed: tuple[str, ...]
    load: Callable[[], Mapping[str, Offer]]

    @property
    def home(self) -> str | None:
        """The place meant when none is named: the seller's default, else the only one; None when that is open."""
        if self.default_place in self.places:
            return self.default_place
        return self.places[0] if len(self.places) == 1 else None

    def names(self) -> tuple[str, ...]:
        """Every name the listing answers to within its seller."""
        return tuple(dict.fromkeys((self.id, *self.aliases, self.model)))
