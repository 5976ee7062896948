"""Text and media as tokens of one offer: counted by its model's rules, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.quotes.quote import TokenCount
from llmcost.core.values.meters import METER, Count
from llmcost.core.values.reasons import Reason
from llmcost.core.workload.content import Content, Video
from llmcost.core.workload.media_tokens import MediaRule, image_tokens, page_tokens, seconds_tokens, video_tokens
from llmcost.core.workload.tasks import DRAWING
from llmcost.core.workload.usage import Usage
from llmcost.cost_models.requests.modalities import refusal
from llmcost.errors import UsageError

_UNKNOWN = {
    "image": Reason("no-rule", "no source says how it counts images in tokens", "images"),
    "audio_in": Reason("no-rule", "no source says how many tokens a second of audio is to it", "audio"),
    "audio_out": Reason("no-rule", "no source says how many tokens a second of its speech is", "speech"),
    "video": Reason("no-rule", "no source says how it counts video in tokens", "video"),
    "page": Reason("no-rule", "no source says how many tokens a page is to it", "pages"),
}
_KINDS = {
    "image": ("input", "image"),
    "audio_in": ("input", "audio"),
    "audio_out": ("output", "audio"),
    "video": ("input", "video"),
    "page": ("input", "image"),
}


class Uncounted(NamedTuple):
    """A count that no rate bills and no rule turns into tokens, and why."""

    meter: str
    reason: str


def count_media(
    offer: Offer, active: PricesInForce, usage: Usage, content: Content, counted: list[TokenCount]
) -> tuple[Usage, tuple[Uncounted, ...]]:
    """The usage with images, sound, video and pages as tokens, and what could not be counted.

    ``counted`` takes down how. What the offer bills by the piece or second stays as it is.
    Raises UsageError when it is not taken, or when a rule needs what is not given.
    """
    counter = MediaCounter(offer, active, dict(usage.counts), counted)
    image = counter.images(content) + counter.pages()
    audio = counter.audio()
    video, sound = counter.video(content.video) if content.video is not None else (Fraction(0), Fraction(0))
    audio += sound
    spoken = counter.speech(content.audio_out_seconds) if content.audio_out_seconds else Fraction(0)
    if not (image or audio or video or spoken) and counter.counts == usage.counts:
        return usage, tuple(counter.uncounted)
    made = replace(
        usage,
        counts=counter.counts,
        input_tokens=usage.input_tokens + image + audio + video,
        output_tokens=usage.output_tokens + spoken,
        image_input_tokens=usage.image_input_tokens + image,
        audio_input_tokens=usage.audio_input_tokens + audio,
        video_input_tokens=usage.video_input_tokens + video,
        audio_output_tokens=usage.audio_output_tokens + spoken,
    )
    return made, tuple(counter.uncounted)


class MediaCounter:
    """Counts the media of a mean request by an offer's rules.

    ``counts`` are the pieces and seconds that are still not tokens, ``counted`` takes down how the others were counted.
    """

    __slots__ = ("active", "counted", "counts", "offer", "uncounted")

    def __init__(
        self, offer: Offer, active: PricesInForce, counts: dict[str, Count], counted: list[TokenCount]
    ) -> None:
        self.offer = offer
        self.active = active
        self.counts = counts
        self.counted = counted
        self.uncounted: list[Uncounted] = []

    def images(self, content: Content) -> Fraction:
        """The tokens of the images."""
        number = self._take("images")
        if not number:
            return Fraction(0)
        rule = _rule(self.offer, self.active, "image")
        each = image_tokens(rule, content.image_size, content.image_detail)
        size = "" if rule.method == "fixed" else f" of {content.image_size}"
        return _noted(self.counted, rule, f"image{size}", each, number)

    def pages(self) -> Fraction:
        """The tokens of the pages of documents."""
        number = self._take("pages")
        if not number:
            return Fraction(0)
        rule = _rule(self.offer, self.active, "page")
        return _noted(self.counted, rule, "page", page_tokens(rule), number)

    def audio(self) -> Fraction:
        """The tokens of sound that is sent."""
        seconds = self._take("audio_seconds")
        if not seconds:
            return Fraction(0)
        rule = _rule(self.offer, self.active, "audio_in")
        return _noted(self.counted, rule, f"{_seconds(seconds)} of audio", seconds_tokens(rule, seconds), 1)

    def video(self, video: Video) -> tuple[Fraction, Fraction]:
        """The tokens of a video's pictures and of its sound; none where it is billed by the second."""
        if "video_seconds" in self.active.meters:
            self.counts["video_seconds"] = self.counts.get("video_seconds", 0) + video.seconds
            return Fraction(0), Fraction(0)
        return _video(self.offer, self.active, video, self.counted)

    def speech(self, seconds: Count) -> Fraction:
        """The tokens of speech in the answer; none where it is billed by the second."""
        if "audio_output_seconds" in self.active.meters:
            self.counts["audio_output_seconds"] = self.counts.get("audio_output_seconds", 0) + seconds
            return Fraction(0)
        rule = _rule(self.offer, self.active, "audio_out")
        return _noted(self.counted, rule, f"{_seconds(seconds)} of speech", seconds_tokens(rule, seconds), 1)

    def _take(self, name: str) -> Count:
        """How much of a count becomes tokens, and is then no longer counted; 0 for what is billed as it is."""
        modality = METER[name].rule
        if modality is None or not self.counts.get(name) or name in self.active.meters:
            return 0
        if name == "images" and self.offer.task in DRAWING:  # they are what it makes, and no rule counts those
            return 0
        _refuse_untaken(self.offer, self.active, modality)
        if modality in self.offer.token_rules().media:
            return self.counts.pop(name)
        self.uncounted.append(Uncounted(name, _UNKNOWN[modality]))
        return 0


def count_text(
    offer: Offer, usage: Usage, content: Content, counted: list[TokenCount], *, most: bool
) -> tuple[Usage, bool]:
    """The usage with text as tokens, by the larger or the smaller count; and whether the two differ.

    Raises UsageError when nothing is known of how the model cuts text of that language.
    """
    texts = (("input_tokens", content.input_text), ("output_tokens", content.output_text))
    sums: dict[str, Count] = {}
    estimated = False
    for field, text in texts:
        if text is None:
            continue
        tokenizer = offer.token_rules().tokenizer
        if tokenizer is None:
            raise UsageError("no sheet says how it cuts text into tokens")
        span = text.tokens(tokenizer)
        estimated = estimated or span.low != span.high
        sums[field] = getattr(usage, field) + (span.high if most else span.low)
        kind = "counted by the tokenizer itself" if dict(text.counted).get(tokenizer.id) is not None else "an estimate"
        counted.append(
            TokenCount(
                what=str(text),
                low=span.low,
                high=span.high,
                rule=tokenizer.name,
                checked_on=tokenizer.checked_on,
                source=tokenizer.source,
                kind=kind,
            )
        )
    return usage.with_tokens(sums) if sums else usage, estimated


def _video(offer: Offer, active: PricesInForce, video: Video, counted: list[TokenCount]) -> tuple[Fraction, Fraction]:
    rule = _rule(offer, active, "video")
    pictures = video_tokens(rule, video.seconds, video.size, video.fps, video.detail)
    fps = rule.numbers["fps"] if video.fps is None else video.fps
    size = "" if rule.method == "frames" else f" of {video.size}"
    pace = f"{_plain(fps)} frame{'' if fps == 1 else 's'} a second"
    _noted(counted, rule, f"{_seconds(video.seconds)} of video{size} at {pace}", pictures, 1)
    heard = offer.token_rules().media.get("audio_in") if video.sound else None
    if heard is None or (offer.input_kinds is not None and "audio" not in offer.input_kinds):
        return pictures, Fraction(0)
    sound = seconds_tokens(heard, video.seconds)
    _noted(counted, heard, f"{_seconds(video.seconds)} of its sound", sound, 1)
    return pictures, sound


def _refuse_untaken(offer: Offer, active: PricesInForce, modality: str) -> None:
    reason = refusal(offer, active, *_KINDS[modality])
    if reason is not None:
        raise UsageError(reason)


def _rule(offer: Offer, active: PricesInForce, modality: str) -> MediaRule:
    _refuse_untaken(offer, active, modality)
    rule = offer.token_rules().media.get(modality)
    if rule is None:
        raise UsageError(_UNKNOWN[modality])
    return rule


def _noted(counted: list[TokenCount], rule: MediaRule, what: str, each: Fraction, number: Count) -> Fraction:
    shown = what if number == 1 else f"{_plain(Fraction(number))} times {what}"
    total = each * number
    name = f"{rule.method} rule"
    counted.append(
        TokenCount(
            what=shown,
            low=total,
            high=total,
            rule=name,
            checked_on=rule.checked_on,
            source=rule.source,
            kind="",
            note=rule.note,
            via=rule.via,
            evidence=rule.evidence,
        )
    )
    return total


def _seconds(seconds: Count) -> str:
    return f"{_plain(Fraction(seconds))} s"


def _plain(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.6g}"
