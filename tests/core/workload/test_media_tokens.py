"""How many tokens media are: vendors' own examples, and each method against a second way to count."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.examples import examples

from llmcost.core.workload.media_tokens import (
    MediaRule,
    Size,
    image_tokens,
    page_tokens,
    parse_size,
    resized,
    seconds_tokens,
    video_tokens,
)
from llmcost.errors import UsageError


def rule(
    method: str, modality: str = "image", default: str | None = None, **figures: float | dict[str, int]
) -> MediaRule:
    levels = figures.pop("levels", {})
    assert isinstance(levels, dict)
    numbers = {name: Fraction(str(figure)) for name, figure in figures.items()}
    tokens = {name: Fraction(figure) for name, figure in levels.items()}
    return MediaRule(
        modality=modality,
        method=method,
        numbers=numbers,
        levels=tokens,
        default=default,
        checked_on="2026-11-23",
        source="https://example.com/rule",
    )


CLAUDE = rule("fit", patch=28, long_edge=2576, most_tokens=4784)
CLAUDE_STANDARD = rule("fit", patch=28, long_edge=1568, most_tokens=1568)
PATCHES = rule("patches", patch=32, most_patches=1536)
PATCHES_MINI = rule("patches", patch=32, most_patches=1536, multiplier=1.62)
PATCHES_SIDE = rule("patches", patch=32, most_patches=2500, most_side=2048)
TILES = rule("tiles", fit=2048, short_side=768, tile=512, base_tokens=85, tile_tokens=170)
CROPS = rule("crops", tokens=258, small_side=384, least_crop=256, most_crop=768, divisor=1.5)
LEVELS = rule("fixed", levels={"low": 280, "medium": 560, "high": 1120}, default="high")
QWEN = rule("resize", patch=32, min_pixels=65536, max_pixels=2621440, extra_tokens=2)
QWEN_BARE = rule("resize", patch=28, min_pixels=3136, max_pixels=1003520)

OMNI_VIDEO = rule(
    "grids",
    "video",
    fps=2,
    frames_per_grid=2,
    patch=32,
    min_pixels=65536,
    max_pixels=655360,
    total_pixels=184549376,
    most_frames=2048,
    extra_tokens=2,
)
FRAMES = rule("frames", "video", fps=1, levels={"default": 258, "low": 66}, default="default")


class TestVendorsExamples:
    @pytest.mark.parametrize(
        ("which", "size", "detail", "tokens"),
        [
            # Claude: 28-pixel patches; 1920 x 1080 is 69 x 39 of them, or 52 x 30 where 1568 are the most
            (CLAUDE, "1920x1080", None, 69 * 39),
            (CLAUDE_STANDARD, "1920x1080", None, 52 * 30),
            (CLAUDE, "3840x2160", None, 4784),
            (CLAUDE_STANDARD, "1000x1000", None, 36 * 36),
            (CLAUDE_STANDARD, "200x200", None, 8 * 8),
            # OpenAI's patches: 1024 x 1024 is 32 x 32; 1800 x 2400 is brought down to 1056 x 1408, 33 x 44
            (PATCHES, "1024x1024", None, 1024),
            (PATCHES, "1800x2400", None, 1452),
            (PATCHES_MINI, "1024x1024", None, Fraction("1658.88")),
            (PATCHES_SIDE, "4096x4096", None, 50 * 50),
            (PATCHES_SIDE, "4096x1024", None, 64 * 16),
            # OpenAI's tiles: 768 x 768 is four tiles, 768 x 1536 six
            (TILES, "1024x1024", None, 765),
            (TILES, "2048x4096", None, 1105),
            (TILES, "4096x8192", "low", 85),
            (TILES, "512x512", "high", 85 + 170),
            # Gemini 2.5: one crop up to 384 pixels; 960 x 540 is crops of 360, three by two
            (CROPS, "384x384", None, 258),
            (CROPS, "960x540", None, 6 * 258),
            (CROPS, "385x100", None, 2 * 258),
            # Gemini 3: by level alone
            (LEVELS, "9000x1", None, 1120),
            (LEVELS, "1x1", "low", 280),
            # Qwen: 1920 x 1080 rounds to 60 x 34 patches of 32, and two tokens frame them
            (QWEN, "1920x1080", None, 60 * 34 + 2),
            (QWEN, "32x32", None, 8 * 8 + 2),
            (QWEN_BARE, "28x28", None, 2 * 2),
        ],
    )
    def test_image_is_counted_as_published(
        self, which: MediaRule, size: str, detail: str | None, tokens: int | Fraction
    ) -> None:
        """An image is as many tokens as the vendor's page says, or as its method gives by hand."""
        assert image_tokens(which, parse_size(size), detail) == tokens

    def test_a_minute_of_full_hd(self) -> None:
        """60 s at 2 frames a second are 120 frames, 60 grids; 640 patches of 1920 x 1080 are 33 x 18: 35,640 + 2."""
        assert video_tokens(OMNI_VIDEO, 60, Size(1920, 1080)) == 60 * 33 * 18 + 2 == 35_642

    def test_a_long_video_shares_its_pixels(self) -> None:
        """Ten minutes are 600 grids of 184,549,376 / 600 pixels: 300.4 patches, √(300.4 × 16/9) = 23 by √(… × 9/16) = 12."""
        assert video_tokens(OMNI_VIDEO, 600, Size(1920, 1080)) == 600 * 23 * 12 + 2

    def test_a_very_long_video_has_its_most_frames(self) -> None:
        """Half an hour would be 3,600 frames; 2,048 are the most: 1,024 grids of 176 patches, 17 by 9."""
        assert video_tokens(OMNI_VIDEO, 1800, Size(1920, 1080)) == 1024 * 17 * 9 + 2
        assert video_tokens(OMNI_VIDEO, 7200, Size(1920, 1080)) == 1024 * 17 * 9 + 2

    def test_frames_are_an_even_number_and_two_at_least(self) -> None:
        """1.9 s are 3.8 frames, of which 2 are taken; a tenth of a second still is one grid. 320 x 320 is 10 x 10."""
        for seconds in (Fraction("0.1"), Fraction("1.9")):
            assert video_tokens(OMNI_VIDEO, seconds, Size(320, 320)) == 10 * 10 + 2
        assert video_tokens(OMNI_VIDEO, 2, Size(320, 320)) == 2 * 10 * 10 + 2

    def test_a_request_may_say_how_many_frames(self) -> None:
        """At half a frame a second a minute is 30 frames, 15 grids."""
        assert video_tokens(OMNI_VIDEO, 60, Size(320, 320), fps=Fraction(1, 2)) == 15 * 10 * 10 + 2

    def test_a_tiny_video_is_enlarged(self) -> None:
        """A frame of 64 x 64 is brought to 65,536 pixels, 256 x 256: 8 x 8 patches a grid."""
        assert video_tokens(OMNI_VIDEO, 10, Size(64, 64)) == 10 * 8 * 8 + 2

    def test_frames_by_level(self) -> None:
        """A minute at one frame a second is 60 × 258, or 60 × 66 at low; at two frames twice that. No size is needed."""
        assert video_tokens(FRAMES, 60, None) == 15_480
        assert video_tokens(FRAMES, 60, Size(1, 1), detail="low") == 3960
        assert video_tokens(FRAMES, 60, None, fps=Fraction(2)) == 30_960
        assert video_tokens(FRAMES, Fraction("1.5"), None) == 387

    def test_sound_by_the_second(self) -> None:
        """1.2 s at 12.5 tokens are 15; where whole seconds count, they are 2 s, and 60 s are no more than 60."""
        plain = rule("seconds", "audio_in", tokens_per_second=12.5)
        whole = rule("seconds", "audio_in", tokens_per_second=7, whole_seconds=1)

        assert seconds_tokens(plain, Fraction("1.2")) == 15
        assert seconds_tokens(plain, 60) == 750
        assert [seconds_tokens(whole, Fraction(each)) for each in ("0.01", "1", "1.2", "60", "60.001")] == [
            7,
            7,
            14,
            420,
            427,
        ]

    def test_pages_by_level(self) -> None:
        """A page is the default level's tokens, or those of the level asked for."""
        pages = rule("fixed", "page", levels={"default": 560, "high": 1120}, default="default")
        assert (page_tokens(pages), page_tokens(pages, "high")) == (560, 1120)


class TestWhatIsMissing:
    @pytest.mark.parametrize("which", [CLAUDE, PATCHES, TILES, CROPS, QWEN], ids=lambda which: which.method)
    def test_an_image_without_its_size_is_not_guessed(self, which: MediaRule) -> None:
        """A rule that goes by size says that it is not given."""
        with pytest.raises(UsageError, match="size of an image, which is not given"):
            image_tokens(which, None)

    def test_a_video_without_its_size_is_not_guessed(self) -> None:
        """So does a rule for video."""
        with pytest.raises(UsageError, match="size of a video, which is not given"):
            video_tokens(OMNI_VIDEO, 60, None)

    def test_a_level_there_is_not(self) -> None:
        """A level of detail that the rule does not have is named, with those it has."""
        with pytest.raises(UsageError, match="no detail ultra, only low, medium, high"):
            image_tokens(LEVELS, None, "ultra")
        with pytest.raises(UsageError, match="no detail high, only default, low"):
            video_tokens(FRAMES, 60, None, detail="high")

    def test_no_level_and_no_default(self) -> None:
        """Where the rule has no default, a request that names no level is refused."""
        with pytest.raises(UsageError, match="only low"):
            image_tokens(rule("fixed", levels={"low": 1}), None)


class TestSizes:
    @pytest.mark.parametrize(
        ("text", "size"),
        [("1920x1080", Size(1920, 1080)), ("1920×1080", Size(1920, 1080)), ("1x1000000", Size(1, 1_000_000))],
    )
    def test_a_size_is_width_and_height(self, text: str, size: Size) -> None:
        """The width comes first, with x or ×."""
        assert parse_size(text) == size
        assert parse_size(str(size)) == size

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "1920",
            "1920x",
            "x1080",
            "1920 x 1080",
            "1920x1080x3",
            "1920*1080",
            "-1x5",
            "1.5x5",
            "1e3x5",
            "1_000x5",
            "1,920x1080",
            "１９２０x1080",
            "²x5",
            "1" * 30 + "x5",
        ],
    )
    def test_other_forms_are_refused(self, text: str) -> None:
        """What is not two whole numbers around an x is no size."""
        with pytest.raises(UsageError, match="is not a size in pixels"):
            parse_size(text)

    @pytest.mark.parametrize("text", ["0x10", "10x0", "1000001x1", "1x1000001", "1x99999999"])
    def test_sides_no_picture_has_are_refused(self, text: str) -> None:
        """A side of no pixels, or of more than a million, is a slip."""
        with pytest.raises(UsageError, match="is not the size of a picture"):
            parse_size(text)


def smart_resize(width: int, height: int, factor: int, least: int, most: int) -> tuple[int, int] | None:
    """Qwen's published preprocessing in floats; None where a float stands so near a whole number that it may be wrong."""
    doubtful = False

    def whole(value: float) -> float:
        nonlocal doubtful
        doubtful = doubtful or abs(value - round(value)) < 1e-9
        return value

    w_bar = max(factor, round(width / factor) * factor)
    h_bar = max(factor, round(height / factor) * factor)
    if h_bar * w_bar > most:
        beta = sqrt((height * width) / most)
        w_bar = max(factor, floor(whole(width / beta / factor)) * factor)
        h_bar = max(factor, floor(whole(height / beta / factor)) * factor)
    elif h_bar * w_bar < least:
        beta = sqrt(least / (height * width))
        w_bar = ceil(whole(width * beta / factor)) * factor
        h_bar = ceil(whole(height * beta / factor)) * factor
    return None if doubtful else (w_bar, h_bar)


def openai_patches(width: int, height: int, most: int) -> int:
    """The arithmetic on OpenAI's page in floats, with a hair's breadth for their rounding."""
    if ceil(width / 32) * ceil(height / 32) <= most:
        return ceil(width / 32) * ceil(height / 32)
    r = sqrt(32 * 32 * most / (width * height))
    across, down = width * r / 32, height * r / 32
    r *= min(floor(across + 1e-9) / across, floor(down + 1e-9) / down)
    return ceil(width * r / 32 - 1e-9) * ceil(height * r / 32 - 1e-9)


def claude_patches(width: int, height: int, edge: int, most: int) -> int:
    """The largest scale at which the patches fit, among all at which their number changes."""
    long, short = max(width, height), min(width, height)
    widest = min(Fraction(1), Fraction(edge, long))
    scales = {widest} | {Fraction(28 * k, side) for side in (long, short) for k in range(1, side // 28 + 2)}

    def patches(scale: Fraction) -> int:
        return ceil(width * scale / 28) * ceil(height * scale / 28)

    return patches(max(scale for scale in scales if scale <= widest and patches(scale) <= most))


def openai_tiles(width: int, height: int) -> int:
    """Step by step as on the page, in exact fractions: into 2048 x 2048, then the short side to 768, then counted."""
    w, h = Fraction(width), Fraction(height)
    if max(w, h) > 2048:
        w, h = w * 2048 / max(width, height), h * 2048 / max(width, height)
    if min(w, h) > 768:
        w, h = w * 768 / min(w, h), h * 768 / min(w, h)
    tiles = 0
    left = Fraction(0)
    while left < w:
        top = Fraction(0)
        while top < h:
            tiles, top = tiles + 1, top + 512
        left += 512
    return 85 + 170 * tiles


def gemini_crops(width: int, height: int) -> int:
    """The crops of an image, laid one beside the other."""
    if width <= 384 and height <= 384:
        return 258
    unit = int(min(max(floor(min(width, height) / 1.5), 256), 768))
    return 258 * len(range(0, width, unit)) * len(range(0, height, unit))


sides = st.integers(1, 12_000)


@st.composite
def sizes(draw: st.DrawFn, narrowest: int = 200) -> Size:
    """Images no narrower than one to two hundred, beyond which Qwen's preprocessing refuses them."""
    width = draw(sides)
    height = draw(st.integers(max(1, -(-width // narrowest)), min(12_000, width * narrowest)))
    return Size(width, height)


class TestAgainstASecondWay:
    @examples(1.5)
    @given(size=sizes())
    @example(size=Size(1024, 1024))
    @example(size=Size(48, 80))
    @example(size=Size(100, 150))
    @example(size=Size(16, 16))
    def test_qwen_is_resized_as_published(self, size: Size) -> None:
        """The exact resizing gives what the published one gives in floats, wherever those can be trusted."""
        for side, least, most in ((32, 65536, 2621440), (32, 24576, 1310720), (28, 3136, 1003520)):
            reference = smart_resize(*size, side, least, most)
            if reference is not None:
                assert resized(size, side, Fraction(least), Fraction(most)) == reference

    def test_qwen_where_roots_come_out_even(self) -> None:
        """A square of 4096 pixels a side comes to exactly 1,600 of 2,560 patches' root, 50 by 50; tiny ones to 8 by 8."""
        assert resized(Size(4096, 4096), 32, Fraction(65536), Fraction(2621440)) == (50 * 32, 50 * 32)
        assert resized(Size(2048, 2048), 32, Fraction(65536), Fraction(1024 * 1024)) == (1024, 1024)
        assert resized(Size(100, 100), 32, Fraction(65536), Fraction(2621440)) == (256, 256)

    def test_halves_round_to_even(self) -> None:
        """80 / 32 = 2.5 rounds to 2 and 112 / 32 = 3.5 to 4, as Python rounds in the published code."""
        assert resized(Size(80, 112), 32, Fraction(1), Fraction(10**9)) == (64, 128)

    @examples(1.5)
    @given(size=sizes(), most=st.sampled_from([1536, 2500, 10_000]))
    @example(size=Size(1025, 1500), most=1536)
    @example(size=Size(4096, 4096), most=2500)
    def test_openai_patches_are_those_of_the_page(self, size: Size, most: int) -> None:
        """The exact patches are those of the page's formula."""
        which = rule("patches", patch=32, most_patches=most)
        assert image_tokens(which, size) == openai_patches(*size, most)

    @given(size=sizes())
    def test_openai_tiles_are_those_laid_out(self, size: Size) -> None:
        """Tiles laid out one by one come to the same tokens."""
        assert image_tokens(TILES, size) == openai_tiles(*size)

    @given(size=sizes())
    def test_gemini_crops_are_those_laid_out(self, size: Size) -> None:
        """Crops laid out one by one come to the same tokens."""
        assert image_tokens(CROPS, size) == gemini_crops(*size)

    @given(size=sizes(), tier=st.sampled_from([(2576, 4784), (1568, 1568)]))
    def test_claude_takes_the_largest_scale_that_fits(self, size: Size, tier: tuple[int, int]) -> None:
        """No larger scale of the image fits the limit: all at which a patch more begins were tried."""
        edge, most = tier
        which = rule("fit", patch=28, long_edge=edge, most_tokens=most)
        assert image_tokens(which, size) == claude_patches(*size, edge, most)


CAPS = [
    (CLAUDE, 4784),
    (CLAUDE_STANDARD, 1568),
    (PATCHES, 1536),
    (PATCHES_MINI, Fraction("2488.32")),
    (PATCHES_SIDE, 2500),
    (TILES, 85 + 8 * 170),  # two tiles of a side of 768 by four of 2,048
    (LEVELS, 1120),
    (QWEN, 2560 + 2),
    (QWEN_BARE, 1280),
]


class TestAlways:
    @given(size=sizes())
    def test_an_image_is_some_tokens_and_never_above_the_cap(self, size: Size) -> None:
        """Every image is at least one token, and none is above what the vendor states as the most."""
        for which, most in CAPS:
            assert 1 <= image_tokens(which, size) <= most
        assert image_tokens(CROPS, size) >= 258

    @given(size=sizes())
    def test_an_image_on_its_side_is_the_same(self, size: Size) -> None:
        """Turned by a right angle, an image or a video is as many tokens."""
        turned = Size(size.height, size.width)
        for which in (CLAUDE, CLAUDE_STANDARD, PATCHES, PATCHES_SIDE, TILES, CROPS, QWEN, QWEN_BARE):
            assert image_tokens(which, size) == image_tokens(which, turned)
        assert video_tokens(OMNI_VIDEO, 30, size) == video_tokens(OMNI_VIDEO, 30, turned)

    @given(size=sizes(64), seconds=st.fractions(Fraction(1, 10), 10_000, max_denominator=100))
    def test_a_video_keeps_within_its_pixels(self, size: Size, seconds: Fraction) -> None:
        """A video of any shape up to 1 to 64 is some tokens, and at most what its 184,549,376 pixels of 32 x 32 allow."""
        tokens = video_tokens(OMNI_VIDEO, seconds, size)
        assert 2 < tokens <= 184549376 // 1024 + 2

    @given(width=st.integers(1, 10**6), height=st.integers(1, 10**6))
    @example(width=10**6, height=1)
    @example(width=100_000, height=10)
    def test_the_narrowest_image_is_counted_too(self, width: int, height: int) -> None:
        """An image as narrow as may be written still is a number of tokens within the cap, where the vendor has one."""
        for which, most in CAPS[:7]:
            assert 1 <= image_tokens(which, Size(width, height)) <= most
