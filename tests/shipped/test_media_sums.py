"""Audio, images, video and pages on the shipped sheets: tokens and cost, each worked by hand from the vendor's rule."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from conftest import ROOT
from support.arithmetic import evaluate

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.quote import Quote
from llmcost.core.workload.content import Content, Video
from llmcost.core.workload.media_tokens import Size
from llmcost.files.yaml import read_yaml

TODAY = date(2026, 11, 23)
FULL_HD = Size(1920, 1080)
MINUTE = Usage(counts={"audio_seconds": 60})
IMAGE = Usage(counts={"images": 1})
OF_FULL_HD = Content(image_size=FULL_HD)
FILM = Content(video=Video(60, FULL_HD))


def ask(catalogue: Catalogue, offer: str, usage: Usage, content: Content | None = None, requests: int = 1) -> Quote:
    group = RequestGroup(usage, requests, content=content)
    return quote(catalogue.find(offer), Workload((group,)), TODAY)


class Case(NamedTuple):
    """``meters`` are the tokens billed on each meter, worked by hand as the comment above the case shows."""

    offer: str
    usage: Usage
    content: Content | None
    meters: dict[str, int | Fraction]
    sum: str
    currency: str = "USD"


OMNI, OMNI_FLASH = "alibaba/qwen3.5-omni-plus", "alibaba/qwen3.5-omni-flash"
HEARD = {"audio_input": 420}
# 60 s x 2 frames = 120 frames = 60 grids; 655,360 pixels are 640 patches of 32 x 32, 33 x 18 in the shape of 16:9;
# 60 x 594 = 35,640, and 2 tokens frame it. Its sound is 60 s x 7 tokens.
SEEN = {"audio_input": 420, "video_input": 35_642}
CASES = [
    # Qwen3.5-Omni: a minute of audio is 60 x 7 = 420 tokens, of full HD video 35,642 and its sound
    Case(f"{OMNI}@intl", MINUTE, None, HEARD, "420 x 11 / 1M"),
    Case(f"{OMNI}@cn-beijing", MINUTE, None, HEARD, "420 x 53 / 1M", "CNY"),
    Case(f"{OMNI}@intl", Usage(), FILM, SEEN, "35642 x 1.4 / 1M + 420 x 11 / 1M"),
    Case(f"{OMNI}@cn-beijing", Usage(), FILM, SEEN, "35642 x 7 / 1M + 420 x 53 / 1M", "CNY"),
    Case(f"{OMNI_FLASH}@intl", MINUTE, None, HEARD, "420 x 2.9997 / 1M"),
    Case(f"{OMNI_FLASH}@cn-beijing", MINUTE, None, HEARD, "420 x 18 / 1M", "CNY"),
    Case(f"{OMNI_FLASH}@intl", Usage(), FILM, SEEN, "35642 x 0.4003 / 1M + 420 x 2.9997 / 1M"),
    Case(f"{OMNI_FLASH}@cn-beijing", Usage(), FILM, SEEN, "35642 x 2.2 / 1M + 420 x 18 / 1M", "CNY"),
    # A minute of speech beside a film of it: both are heard
    Case(
        f"{OMNI}@cn-beijing",
        MINUTE,
        FILM,
        {"audio_input": 840, "video_input": 35_642},
        "35642 x 7 / 1M + 840 x 53 / 1M",
        "CNY",
    ),
    # Half a second begins a whole one there: 60.5 s are 61 x 7 = 427
    Case(
        f"{OMNI}@cn-beijing",
        Usage(counts={"audio_seconds": Fraction("60.5")}),
        None,
        {"audio_input": 427},
        "427 x 53 / 1M",
        "CNY",
    ),
    # A film without sound is its pictures alone
    Case(
        f"{OMNI}@cn-beijing",
        Usage(),
        Content(video=Video(60, FULL_HD, sound=False)),
        {"video_input": 35_642},
        "35642 x 7 / 1M",
        "CNY",
    ),
    # Gemini 2.5: 60 s x 32 of audio; a film is 60 frames x 258, at low 60 x 66, and its sound
    Case("google/gemini-2.5-flash", MINUTE, None, {"audio_input": 1920}, "1920 x 1 / 1M"),
    Case(
        "google/gemini-2.5-flash",
        Usage(),
        FILM,
        {"audio_input": 1920, "video_input": 15_480},
        "15480 x 0.30 / 1M + 1920 x 1 / 1M",
    ),
    Case(
        "google/gemini-2.5-flash",
        Usage(),
        Content(video=Video(60, detail="low")),
        {"audio_input": 1920, "video_input": 3960},
        "3960 x 0.30 / 1M + 1920 x 1 / 1M",
    ),
    # Gemini 3: 60 s x 25 of audio, 60 frames x 70 of video; 3.8 Flash has one rate for all, 3 Flash one for audio
    Case("google/gemini-3.8-flash", MINUTE, None, {"audio_input": 1500}, "1500 x 0.75 / 1M"),
    Case(
        "google/gemini-3.8-flash",
        Usage(),
        FILM,
        {"audio_input": 1500, "video_input": 4200},
        "4200 x 0.75 / 1M + 1500 x 0.75 / 1M",
    ),
    Case(
        "google/gemini-3-flash-preview",
        Usage(),
        FILM,
        {"audio_input": 1500, "video_input": 4200},
        "4200 x 0.50 / 1M + 1500 x 1 / 1M",
    ),
    # Qwen3.6-Plus sees but does not hear: of the same film only the pictures
    Case("alibaba/qwen3.6-plus@intl", Usage(), FILM, {"video_input": 35_642}, "35642 x 0.50 / 1M"),
    # GPT Realtime 2: 100 ms are a token of what it hears
    Case("openai/gpt-realtime-2", MINUTE, None, {"audio_input": 600}, "600 x 32 / 1M"),
    # One image of 1920 x 1080. Claude: 69 x 39 patches of 28, or 52 x 30 where 1,568 are the most
    Case("anthropic/claude-sonnet-5-5", IMAGE, OF_FULL_HD, {"image_input": 2691}, "2691 x 2 / 1M"),
    Case("anthropic/claude-sonnet-4-5", IMAGE, OF_FULL_HD, {"image_input": 1560}, "1560 x 3 / 1M"),
    # GPT-4o: 1365 x 768 after scaling, 3 x 2 tiles, 85 + 6 x 170
    Case("openai/gpt-4o", IMAGE, OF_FULL_HD, {"image_input": 1105}, "1105 x 2.50 / 1M"),
    Case(
        "openai/gpt-4o", IMAGE, Content(image_size=FULL_HD, image_detail="low"), {"image_input": 85}, "85 x 2.50 / 1M"
    ),
    # GPT-5 mini: 60 x 34 patches exceed 1,536; brought down to 29 rows they are 52 x 29 = 1,508, and 1.62 tokens each
    Case("openai/gpt-5-mini", IMAGE, OF_FULL_HD, {"image_input": Fraction("2442.96")}, "1508 x 1.62 x 0.25 / 1M"),
    # Gemini 2.5: crops of 1080 / 1.5 = 720 pixels, 3 x 2, 258 each; Gemini 3: 1,120 whatever the size
    Case("google/gemini-2.5-flash", IMAGE, OF_FULL_HD, {"image_input": 1548}, "6 x 258 x 0.30 / 1M"),
    Case("google/gemini-3.8-flash", IMAGE, OF_FULL_HD, {"image_input": 1120}, "1120 x 0.75 / 1M"),
    Case("google/gemini-3.8-flash", IMAGE, None, {"image_input": 1120}, "1120 x 0.75 / 1M"),
    # Qwen3.6-Plus: 60 x 34 patches of 32 (1080 / 32 = 33.75) and 2; ten of them are ten times that
    Case("alibaba/qwen3.6-plus@intl", IMAGE, OF_FULL_HD, {"image_input": 2042}, "2042 x 0.50 / 1M"),
    Case(
        "alibaba/qwen3.6-plus@intl",
        Usage(counts={"images": 10}),
        OF_FULL_HD,
        {"image_input": 20_420},
        "20420 x 0.50 / 1M",
    ),
    # A film of half an hour: 2,000 frames are the most, 1,000 grids of 134,217,728 / 1,000 pixels; 131.07 patches are
    # 15 x 8, and 120,002 tokens in all. The audio track is not heard.
    Case(
        "alibaba/qwen3.6-plus@intl",
        Usage(),
        Content(video=Video(1800, FULL_HD)),
        {"video_input": 120_002},
        "120002 x 0.50 / 1M",
    ),
    # Ten pages of a PDF: 258 each with Gemini 2.5, 560 with Gemini 3
    Case("google/gemini-2.5-flash", Usage(counts={"pages": 10}), None, {"image_input": 2580}, "2580 x 0.30 / 1M"),
    Case("google/gemini-3.8-flash", Usage(counts={"pages": 10}), None, {"image_input": 5600}, "5600 x 0.75 / 1M"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.offer} {'+'.join(case.meters)} {case.sum}")
def test_media_cost_what_the_sum_says(shipped: Catalogue, case: Case) -> None:
    """Media become exactly the tokens worked by hand, on the meters of their kind, and cost exactly the sum."""
    result = ask(shipped, case.offer, case.usage, case.content)

    assert result.complete, result.gaps
    assert {charge.meter: charge.quantity for charge in result.charges} == case.meters
    assert sum(each.low for each in result.counted) == sum(case.meters.values())
    assert all(each.low == each.high for each in result.counted)
    assert result.currency == case.currency
    assert result.cost == evaluate(case.sum)


def test_a_film_says_how_it_was_counted(shipped: Catalogue) -> None:
    """Pictures and sound are named apart, each with its tokens and where the vendor says so."""
    result = ask(shipped, f"{OMNI}@intl", Usage(), FILM)
    assert [(each.what, each.low) for each in result.counted] == [
        ("60 s of video of 1920x1080 at 2 frames a second", 35_642),
        ("60 s of its sound", 420),
    ]
    assert all(each.source.startswith("https://") and each.checked_on == "2026-03-31" for each in result.counted)


@pytest.mark.parametrize(
    ("offer", "film", "words"),
    [
        (f"{OMNI}@intl", Video(60, FULL_HD, fps=Fraction(1)), "60 s of video of 1920x1080 at 1 frame a second"),
        ("google/gemini-2.5-flash", Video(60, FULL_HD), "60 s of video at 1 frame a second"),
        ("google/gemini-2.5-flash", Video(60), "60 s of video at 1 frame a second"),
        ("google/gemini-2.5-flash", Video(60, fps=Fraction(1, 2)), "60 s of video at 0.5 frames a second"),
    ],
)
def test_a_size_is_named_where_it_counts(shipped: Catalogue, offer: str, film: Video, words: str) -> None:
    """What was counted names the size of a film where its tokens depend on it, and nowhere else."""
    assert ask(shipped, offer, Usage(), Content(video=film)).counted[0].what == words


@pytest.mark.parametrize(
    ("offer", "usage", "sum"),
    [
        # A minute of speech is 60 x 12.5 = 750 tokens
        (f"{OMNI}@intl", Usage(input_tokens=1000, output_tokens=100), "1000 x 1.4 / 1M + 750 x 43.9994 / 1M"),
        (f"{OMNI}@cn-beijing", Usage(input_tokens=1000, output_tokens=100), "1000 x 7 / 1M + 750 x 213 / 1M"),
        (f"{OMNI_FLASH}@cn-beijing", Usage(output_tokens=5000), "750 x 72 / 1M"),
    ],
)
def test_beside_speech_the_text_is_free(shipped: Catalogue, offer: str, usage: Usage, sum: str) -> None:
    """Where Qwen3.5-Omni speaks only its audio is billed as output; the text beside it costs nothing."""
    result = ask(shipped, offer, usage, Content(audio_out_seconds=60))

    assert result.complete
    assert {charge.meter: charge.quantity for charge in result.charges if charge.cost and charge.meter != "input"} == {
        "audio_output": 750
    }
    assert result.cost == evaluate(sum)


def test_without_speech_the_text_is_billed(shipped: Catalogue) -> None:
    """The same answer in text alone costs its output rate."""
    result = ask(shipped, f"{OMNI}@cn-beijing", Usage(input_tokens=1000, output_tokens=100))
    assert result.cost == evaluate("1000 x 7 / 1M + 100 x 40 / 1M")


def test_speech_has_its_own_rule(shipped: Catalogue) -> None:
    """GPT Realtime 2 counts 50 ms of what it says as a token: a minute is 1,200, at 64 USD a million."""
    result = ask(shipped, "openai/gpt-realtime-2", Usage(), Content(audio_out_seconds=60))
    assert {charge.meter: charge.quantity for charge in result.charges} == {"audio_output": 1200}
    assert result.cost == evaluate("1200 x 64 / 1M")


@pytest.mark.parametrize(
    ("offer", "seconds", "sum"),
    [
        ("alibaba/qwen3-asr-flash", 3600, "3600 x 0.000035"),
        ("mistral/voxtral-small-24b-2507", 90, "90 x 0.24 / 3600"),
    ],
)
def test_what_is_sold_by_the_second_stays_so(shipped: Catalogue, offer: str, seconds: int, sum: str) -> None:
    """A model that bills audio by its length is billed by it, though a rule may know its tokens too."""
    result = ask(shipped, offer, Usage(counts={"audio_seconds": seconds}))

    assert [(charge.meter, charge.quantity) for charge in result.charges] == [("audio_seconds", seconds)]
    assert result.counted == ()
    assert result.cost == evaluate(sum)


@pytest.mark.parametrize(
    ("offer", "usage", "content", "reason"),
    [
        ("google/gemini-3.8-flash-tts", IMAGE, OF_FULL_HD, "it does not take image input"),
        ("google/gemini-3.8-flash-tts", MINUTE, None, "it does not take audio input"),
        ("google/gemini-3.8-flash-tts", Usage(), FILM, "it does not take video input"),
        ("google/gemini-3.8-flash-tts", Usage(counts={"pages": 1}), None, "it does not take image input"),
        ("alibaba/qwen3.6-plus@intl", MINUTE, None, "it does not take audio input"),
        ("google/gemini-2.5-flash", Usage(), Content(audio_out_seconds=60), "it does not produce audio"),
        ("anthropic/claude-sonnet-5-5", Usage(), FILM, "it does not take video input"),
        ("deepseek/deepseek-v4-flash", Usage(), FILM, "no source states that it takes video input"),
        ("deepseek/deepseek-v4-pro", IMAGE, OF_FULL_HD, "it does not take image input"),
        ("alibaba/qwen3.6-plus@intl", IMAGE, None, "its tokens depend on the size of an image, which is not given"),
        (
            "alibaba/qwen3.6-plus@intl",
            Usage(),
            Content(video=Video(60)),
            "its tokens depend on the size of a video, which is not given",
        ),
        (
            "google/gemini-3.8-flash",
            IMAGE,
            Content(image_detail="auto"),
            "it has no detail auto, only low, medium, high, ultra_high",
        ),
    ],
)
def test_what_is_not_taken_says_so(
    shipped: Catalogue, offer: str, usage: Usage, content: Content | None, reason: str
) -> None:
    """A model that does not take a kind of input, or whose count needs what is not given, is out with the reason."""
    result = ask(shipped, offer, usage, content)

    assert result.unserved == reason
    assert [gap.reason for gap in result.gaps] == [reason]
    assert not result.charges


@pytest.mark.parametrize(
    ("offer", "usage", "content", "meter", "reason"),
    [
        ("deepseek/deepseek-flash", IMAGE, OF_FULL_HD, "images", "no source says how it counts images in tokens"),
        ("anthropic/claude-haiku-5-5", IMAGE, OF_FULL_HD, "images", "no source says how it counts images in tokens"),
        (
            "google/gemini-4-argon",
            MINUTE,
            None,
            "audio_seconds",
            "no source says how many tokens a second of audio is to it",
        ),
        (
            "alibaba/qwen3.6-plus@intl",
            Usage(counts={"pages": 3}),
            None,
            "pages",
            "no source says how many tokens a page is to it",
        ),
    ],
)
def test_what_no_source_states_is_a_gap_and_not_a_guess(
    shipped: Catalogue, offer: str, usage: Usage, content: Content | None, meter: str, reason: str
) -> None:
    """Where no rule was found, the rest is priced and the media are a gap that says what is missing."""
    told = Usage(input_tokens=1000, counts=usage.counts)
    result = ask(shipped, offer, told, content)

    assert [(gap.meter, gap.reason) for gap in result.gaps] == [(meter, reason)]
    assert {charge.meter for charge in result.charges} == {"input"}
    assert not result.complete


def test_requests_multiply_their_media(shipped: Catalogue) -> None:
    """A thousand requests of one image cost a thousand times one, and are counted image by image."""
    result = ask(shipped, "anthropic/claude-sonnet-5-5", IMAGE, OF_FULL_HD, requests=1000)
    assert result.cost == evaluate("2691000 x 2 / 1M")
    assert [each.low for each in result.counted] == [2691]


def rules() -> list[tuple[str, dict[str, Any]]]:
    root = read_yaml(ROOT / "pricing" / "tokens.yaml").root
    assert root is not None
    sheet = root.plain()
    return [(part, rule) for part in ("tokenizers", "media") for rule in sheet[part]]


@pytest.mark.parametrize(("part", "rule"), rules(), ids=lambda each: each["id"] if isinstance(each, dict) else each)
class TestRules:
    def test_every_model_is_sold(self, shipped: Catalogue, part: str, rule: dict[str, Any]) -> None:
        """Each model that a rule names is the key of one in the catalogue: a misspelt name would count for nothing."""
        assert set(rule["models"]) <= {listing.model for listing in shipped.listings}

    def test_every_source_is_a_page(self, shipped: Catalogue, part: str, rule: dict[str, Any]) -> None:
        """Each rule says where it is stated, with an address that can be opened, and on what day it was read."""
        assert rule["source"].startswith("https://")
        assert " " not in rule["source"]
        assert date.fromisoformat(rule["checked_on"]) <= date(2026, 11, 30)

    def test_no_model_is_counted_in_two_ways(self, shipped: Catalogue, part: str, rule: dict[str, Any]) -> None:
        """A model stands in one rule of each part, so the order of rules never decides."""
        others = [each for kind, each in rules() if kind == part and each["id"] != rule["id"]]
        assert not set(rule["models"]) & {model for each in others for model in each["models"]}
        assert len(rule["models"]) == len(set(rule["models"]))

    def test_a_rule_reaches_the_developers_offer(self, shipped: Catalogue, part: str, rule: dict[str, Any]) -> None:
        """The developer's own offer of each model counts by the rule, and takes what the rule counts where it says so."""
        sides = {"image": "image", "audio_in": "audio", "video": "video", "page": "image"}
        own = [o for o in shipped.offers() if o.model in rule["models"] and o.seller == o.developer]
        for offer in own:
            found = offer.token_rules()
            if part == "tokenizers":
                assert found.tokenizer is not None
                assert found.tokenizer.id == rule["id"]
                continue
            assert set(found.media) == set(rule) & {*sides, "audio_out"}
            for modality in found.media:
                taken = offer.output_kinds if modality == "audio_out" else offer.input_kinds
                assert taken is None or sides.get(modality, "audio") in taken
