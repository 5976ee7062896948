"""What was asked: a workload in words, and as data."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.values.meters import METER, Count
from llmcost.core.values.schedule import Window
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.core.workload.tasks import DRAWING
from llmcost.core.workload.usage import PARTS, Usage
from llmcost.reports.numbers import plain_count, shown_count

if TYPE_CHECKING:
    from llmcost.core.workload.content import Content, Video

UNNAMED = ("workload", "request")
MOST_CLASSES = 8


def describe_workload(workload: Workload) -> list[str]:
    """Lines on what is sent: one for a workload of one class, else one for each class."""
    if len(workload.groups) == 1:
        text = _describe_class(workload.groups[0])
        return [text if workload.name in UNNAMED else f"{workload.name}: {text}"]
    lines = [f"{workload.name}: {_volume(workload)} in {len(workload.groups)} classes"]
    lines += [f"  {group.name}: {_describe_class(group)}" for group in workload.groups[:MOST_CLASSES]]
    if len(workload.groups) > MOST_CLASSES:
        lines.append(f"  and {len(workload.groups) - MOST_CLASSES} more")
    return lines


def _volume(workload: Workload) -> str:
    """How much is sent in a month: requests, and sessions of conversations."""
    if not workload.number_known:
        return "an unknown number of requests"
    sessions = sum((group.requests for group in workload.groups if _talks(group)), 0)
    requests = workload.requests - sessions
    parts = [f"{shown_count(requests)} requests" if requests else "", f"{shown_count(sessions)} sessions"]
    return " and ".join(part for part in parts[: 2 if sessions else 1] if part) or "0 requests"


def _talks(group: RequestGroup) -> bool:
    return group.content is not None and group.content.conversation is not None


def workload_data(workload: Workload) -> dict[str, Any]:
    """The workload as plain data; what a class does not set is left out."""
    return {
        "name": workload.name,
        "requests": plain_count(workload.requests) if workload.number_known else None,
        "classes": [_class_data(group) for group in workload.groups],
    }


def _content_data(content: Content) -> dict[str, Any]:
    """What becomes tokens only at an offer; what is not set is left out."""
    data = _media_data(content) | _reuse_data(content)
    if content.conversation is not None:
        talk = {item.name: getattr(content.conversation, item.name) for item in fields(content.conversation)}
        data["conversation"] = {name: plain_count(value) for name, value in talk.items() if value}
    return data


def _media_data(content: Content) -> dict[str, Any]:
    """The sizes, the text and the media of a request."""
    data: dict[str, Any] = {}
    if content.input_sizes is not None:
        sizes = content.input_sizes
        data["input_sizes"] = {"text": sizes.text, "mean": plain_count(sizes.mean)}
    for name, text in (("input_text", content.input_text), ("output_text", content.output_text)):
        if text is not None:
            data[name] = str(text)
    if content.image_size is not None:
        data["image_size"] = str(content.image_size)
    if content.audio_out_seconds:
        data["audio_out_seconds"] = plain_count(content.audio_out_seconds)
    if content.video is not None:
        data["video_seconds"] = plain_count(content.video.seconds)
        data["video_size"] = str(content.video.size) if content.video.size else None
    return data


def _reuse_data(content: Content) -> dict[str, Any]:
    """What comes again of a request, and how long a cache has to keep it."""
    data: dict[str, Any] = {}
    if content.reusable is not None:
        data["reusable"] = plain_count(content.reusable)
    for name, share in (
        ("reusable_share", content.reusable_share),
        ("cache_hit_rate", content.hit_rate),
        ("warm_start", content.warm_start or None),
    ):
        if share is not None:
            data[name] = f"{plain_count(share * 100)}%"
    if content.pause is not None:
        data["pause"] = content.pause.text
    if content.ttl is not None:
        data["cache_ttl"] = content.ttl
    return data


def _describe_class(group: RequestGroup) -> str:
    text = _describe_talk(group) if _talks(group) else _describe_one(group)
    extras = [
        f"{shown_count(count)} {name.replace('_', ' ')}"
        for name, count in group.usage.counts.items()
        if count and METER[name].rule is None
    ]
    extras += _content_extras(group.content) if group.content is not None else []
    extras += [f"{shown_count(share * 100)}% {terms}" for terms, share in group.terms.items() if terms != STANDARD]
    extras += [group.mode] if group.mode else []
    extras += [f"{group.cache} caching" if group.cache != "none" else "no caching"] if group.cache else []
    extras += [f"{name} {value}" for name, value in group.options]
    extras += [f"on {_hours_text(group.hours)}"] if group.hours is not None else []
    extras += [f"growing {_signed(group.growth)} a month"] if group.growth else []
    extras += [f"at {group.offer.name}"] if group.offer else []
    return ", ".join([text, *extras])


def _describe_talk(group: RequestGroup) -> str:
    assert group.content is not None
    talk = group.content.conversation
    assert talk is not None
    opening = [(talk.system, "system"), (talk.tools, "tools")]
    added = [(talk.user, "user"), (talk.tool_results, "tool results")]
    starts = " + ".join(f"{shown_count(count)} {word}" for count, word in opening if count)
    turns = " + ".join(f"{shown_count(count)} {word}" for count, word in added if count)
    answer = f"{shown_count(talk.output)} out" + (
        f" ({shown_count(talk.reasoning)} reasoning, not carried on)" if talk.reasoning else ""
    )
    sessions = "1 session" if group.requests == 1 else f"{shown_count(group.requests)} sessions"
    text = f"{sessions} of {talk.turns} turn{'' if talk.turns == 1 else 's'}: "
    text += f"{starts} once, then " if starts else ""
    text += f"{turns or 'nothing'} in and {answer} each turn"
    if talk.compact_at is not None:
        text += f", summed up in {shown_count(talk.summary)} tokens above {shown_count(talk.compact_at)}"
    return text


def _content_extras(content: Content) -> list[str]:
    extras = []
    if content.image_size or content.image_detail:
        extras.append("images " + " ".join(str(each) for each in (content.image_size, content.image_detail) if each))
    if content.reusable is not None or content.reusable_share not in (None, 1):
        amount = (
            f"{shown_count(content.reusable_share * 100)}%"
            if content.reusable_share is not None
            else shown_count(content.reusable or 0)
        )
        extras.append(f"{amount} the same each time")
    if content.hit_rate is not None:
        extras.append(f"{shown_count(content.hit_rate * 100)}% found where cached")
    if content.pause is not None:
        extras.append(f"pauses {content.pause.text}")
    if content.ttl:
        extras.append(f"cached for {content.ttl}")
    if content.warm_start:
        extras.append(f"{shown_count(content.warm_start * 100)}% of openings found where cached")
    return extras


def _signed(share: Fraction) -> str:
    return f"{'+' if share > 0 else ''}{shown_count(share * 100)}%"


def _describe_one(group: RequestGroup) -> str:
    usage = group.usage
    content = group.content
    inside, made = _parts(usage, "input_tokens"), _parts(usage, "output_tokens")
    media = {
        name: f"{shown_count(count)} {name.replace('_', ' ') if count != 1 else name.replace('_', ' ').rstrip('s')}"
        for name, count in usage.counts.items()
        if count and METER[name].rule is not None
    }
    drawn = [f"{media.pop('images')} out"] if group.task in DRAWING and "images" in media else []
    counts = list(media.values())
    counts += [_video(content.video)] if content is not None and content.video is not None else []
    pieces = _input_pieces(usage.input_tokens, content, counts) + inside
    answers = [f"{content.output_text} out"] if content is not None and content.output_text else []
    if content is not None and content.audio_out_seconds:
        answers.append(f"{shown_count(content.audio_out_seconds)} s of speech out")
    answers += drawn
    if usage.output_tokens or not answers:
        answers.insert(0, f"{shown_count(usage.output_tokens)} out{made}")
    requests = "1 request" if group.requests == 1 else f"{shown_count(group.requests)} requests"
    taken = [pieces] if usage.input_tokens or counts or not drawn else []
    held = " + ".join([*taken, *answers])
    return f"{requests} of {held}" if group.number_known else f"{held} in all"


def _parts(usage: Usage, whole: str) -> str:
    """What is said of the parts of a whole, in brackets; "" where there are none."""
    parts = [(getattr(usage, part.field), part.words) for part in PARTS if part.whole == whole and part.words]
    said = [f"{shown_count(count)} {words}" for count, words in parts if count]
    return f" ({', '.join(said)})" if said else ""


def _video(video: Video) -> str:
    how = [str(video.size or ""), f"{shown_count(video.fps)} fps" if video.fps else "", video.detail or ""]
    how += [] if video.sound else ["without sound"]
    return " ".join([f"{shown_count(video.seconds)} s of video", *(word for word in how if word)])


def _input_pieces(tokens: Count, content: Content | None, counts: list[str]) -> str:
    sizes = content.input_sizes if content is not None else None
    texts = [str(content.input_text)] if content is not None and content.input_text else []
    if sizes is not None:
        known = f"{sizes.text} tokens in (mean {shown_count(round(sizes.mean))})"
        return " + ".join([known, *texts, *counts])
    others = [*texts, *counts]
    return (
        " + ".join(
            [*([f"{shown_count(tokens)} token{'' if tokens == 1 else 's'}"] if tokens or not others else []), *others]
        )
        + " in"
    )


def _hours_text(hours: tuple[Window, ...]) -> str:
    return ", ".join(window.text for window in hours)


def _class_data(group: RequestGroup) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": group.name,
        "requests": plain_count(group.requests) if group.number_known else None,
    }
    data["usage"] = {
        item.name: plain_count(value)
        for item in fields(Usage)
        if item.name.endswith("_tokens") and (value := getattr(group.usage, item.name))
    }
    data["usage"] |= {name: plain_count(count) for name, count in group.usage.counts.items() if count}
    if group.terms:
        data["terms"] = {terms: f"{plain_count(share * 100)}%" for terms, share in group.terms.items()}
    for key, value in (("mode", group.mode), ("cache", group.cache)):
        if value:
            data[key] = value
    if group.hours is not None:
        data["hours"] = _hours_text(group.hours)
    if group.options:
        data["options"] = dict(group.options)
    if group.content is not None:
        data["content"] = _content_data(group.content)
    if group.offer:
        data["offer"] = group.offer.name
    if group.growth:
        data["growth"] = f"{plain_count(group.growth * 100)}% / month"
    return data
