"""The strict reader: every way in which YAML surprises people is refused with its place, or stays the text it was.

Each test runs with libyaml and with the loader written in Python, which must not differ.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from support.sheets import listings_of

from llmcost.errors import Problem
from llmcost.files import yaml as yamlfile
from llmcost.files.document import Document
from llmcost.files.yaml import MAX_ALIASES, MAX_BYTES, MAX_DEPTH, parse_yaml, read_yaml
from llmcost.sheets.read import check_sheet

BOOLEANS = [
    "y",
    "Y",
    "yes",
    "Yes",
    "YES",
    "n",
    "N",
    "no",
    "No",
    "NO",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
]
CONTROLS = [*range(0x09), 0x0B, 0x0C, 0x0D, *range(0x0E, 0x20), *range(0x7F, 0xA0)]
DIRECTIONS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
SYNTAX = "check the indentation, the colons and the quotes"


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The loader in use: libyaml's, or the one in Python where libyaml is not built in."""
    name = str(request.param)
    if not hasattr(yaml, name):
        pytest.skip("libyaml is not built in")
    monkeypatch.setattr(yamlfile, "_LOADER", getattr(yaml, name))
    return name


def read(text: str | bytes) -> Document:
    return parse_yaml(text.encode() if isinstance(text, str) else text, "x.yaml")


def plain(text: str | bytes) -> object:
    document = read(text)
    assert [problem.render() for problem in document.problems] == []
    assert document.root is not None
    return document.root.plain()


def only_problem(text: str | bytes) -> Problem:
    document = read(text)
    assert len(document.problems) == 1, [problem.message for problem in document.problems]
    return document.problems[0]


def place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


@contextmanager
def small_and_quick(megabytes: int = 60, seconds: float = 5) -> Iterator[None]:
    """Fail when a block takes much memory, or so long that it must have hung."""
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < seconds
    assert peak < megabytes * 1024 * 1024


# Scalars stay text


@pytest.mark.parametrize("word", BOOLEANS)
def test_booleans_of_yaml_1_1_stay_the_words_they_are(word: str) -> None:
    """A word that YAML 1.1 takes for a truth value is text, as a value and as a key."""
    assert len(set(BOOLEANS)) == 22
    assert plain(f"value: {word}\n{word}: key\nlist: [{word}]\n") == {"value": word, word: "key", "list": [word]}


@pytest.mark.parametrize("word", BOOLEANS)
def test_booleans_of_yaml_1_1_are_model_ids(word: str) -> None:
    """A model and a region may be called `no`, `on` or `Off`, and keep that name in the catalogue."""
    document = read(
        f"kind: api\nseller: {word.lower()}\nname: {word}\ndefault_place: {word.lower()}\n"
        f"models:\n  - id: {word}\n    prices: [{{status: free, checked_on: 2026-01-01, source: 'https://example.com'}}]\n"
    )
    sheet = check_sheet(document)
    assert [problem.render() for problem in document.problems] == []
    assert sheet is not None
    (listing,) = listings_of(sheet)
    assert (listing.id, listing.seller, listing.places) == (word, word.lower(), (word.lower(),))


@pytest.mark.parametrize(
    "text",
    ["3.10", "3.0", "1e3", "1.0e+3", "1:30", "1:30.5", "010", "0x1F", "1_000", ".inf", ".nan", "1.0e+400", "-0", "+1"],
)
def test_numbers_stay_the_digits_that_were_written(text: str) -> None:
    """Nothing is read as a number by the reader, so no digit is lost and no base is guessed."""
    assert plain(f"value: {text}") == {"value": text}


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23T14:00:00Z", "2026-02-31", "~", "null", "=", "0b1", "12e03"])
def test_dates_and_null_words_stay_text(text: str) -> None:
    """A date, even an impossible one, and the words for nothing are text; fields decide what they mean."""
    assert plain(f"value: {text}") == {"value": text}


def test_a_version_like_key_stays_what_it_is() -> None:
    """The keys 3.10 and 3.1 are two keys."""
    assert plain("3.10: a\n3.1: b\n") == {"3.10": "a", "3.1": "b"}


def test_quoting_does_not_change_a_value() -> None:
    """Bare and quoted numbers are the same text."""
    assert plain("a: 0.50\nb: '0.50'\nc: \"0.50\"\n") == {"a": "0.50", "b": "0.50", "c": "0.50"}


def test_an_integer_of_5000_digits_is_text() -> None:
    """A number of any length is read without a limit of the language getting in the way."""
    assert plain("value: " + "9" * 5000) == {"value": "9" * 5000}


def test_an_empty_value_is_nothing_but_empty_quotes_are_text() -> None:
    """A key with nothing behind it has no value; a pair of quotes is an empty text."""
    assert plain("a:\nb: ''\nc: \"\"\n") == {"a": None, "b": "", "c": ""}


def test_a_multi_line_text_is_kept() -> None:
    """Block texts keep their lines."""
    assert plain("a: |\n  one\n  two\n") == {"a": "one\ntwo\n"}


# Repeated keys


@pytest.mark.parametrize(
    ("text", "key", "first", "where"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", "a", 1, (3, 1), id="top level"),
        pytest.param("x:\n  - b: 1\n    c: 2\n    b: 3\n", "b", 2, (4, 5), id="nested"),
        pytest.param("x: &x {a: 1}\ny:\n  a: 2\n  <<: *x\n", "a", 3, (4, 3), id="merged"),
        pytest.param('a: 1\n"a": 2\n', "a", 1, (2, 1), id="quoted twin"),
        pytest.param('3.6: 1\n"3.6": 2\n', "3.6", 1, (2, 1), id="number and its quoted twin"),
        pytest.param("{a: 1, a: 2}\n", "a", 1, (1, 8), id="on one line"),
        pytest.param("on: 1\n'on': 2\n", "on", 1, (2, 1), id="a YAML 1.1 boolean"),
        pytest.param("'': 1\n\"\": 2\n", "", 1, (2, 1), id="empty text"),
    ],
)
def test_a_repeated_key_names_both_lines(text: str, key: str, first: int, where: tuple[int, int]) -> None:
    """A key given twice is an error at the second that names the line of the first; the last never wins silently."""
    problem = only_problem(text)
    assert problem.message == f'duplicate key "{key}" (first at line {first})'
    assert problem.remedy == "remove one of them; nothing overrides silently"
    assert place(problem) == where


def test_every_repeated_key_is_reported_in_one_run() -> None:
    """Three repeated keys are three problems."""
    document = read("a: 1\na: 2\nb: 1\nb: 2\nc: {d: 1, d: 2}\n")
    assert [place(problem) for problem in document.problems] == [(2, 1), (4, 1), (5, 11)]


# Merge keys, anchors and aliases


def test_merge_keys_add_what_is_not_there() -> None:
    """`<<` copies the keys of one mapping, or of a list of them, into another."""
    text = "a: &a {x: 1}\nb: &b {y: 2}\nc:\n  <<: *a\n  z: 3\nd:\n  <<: [*a, *b]\n"
    assert plain(text) == {"a": {"x": "1"}, "b": {"y": "2"}, "c": {"x": "1", "z": "3"}, "d": {"x": "1", "y": "2"}}


@pytest.mark.parametrize("value", ["text", "[text]", "[[]]"])
def test_merging_what_is_no_mapping_is_refused(value: str) -> None:
    """`<<` with text or a list of text points at the `<<`."""
    problem = only_problem(f"a:\n  <<: {value}\n")
    assert problem.message == "`<<` merges mappings only"
    assert problem.remedy == "give it an alias of a mapping"
    assert place(problem) == (2, 3)


def test_an_alias_stands_for_its_value() -> None:
    """Aliases of texts, lists and mappings give the value again."""
    assert plain("a: &a {x: [1]}\nb: *a\nc: &c no\nd: *c\n") == {
        "a": {"x": ["1"]},
        "b": {"x": ["1"]},
        "c": "no",
        "d": "no",
    }


def test_an_anchor_may_be_given_again() -> None:
    """An alias means the latest anchor of its name before it."""
    assert plain("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": "1", "b": "1", "c": "2", "d": "2"}


def test_as_many_aliases_as_the_limit_are_read() -> None:
    """The limit itself is allowed."""
    assert plain("a: &x 1\nb: [" + ", ".join(["*x"] * MAX_ALIASES) + "]\n") == {"a": "1", "b": ["1"] * MAX_ALIASES}


def test_one_alias_more_than_the_limit_is_refused() -> None:
    """The first alias beyond the limit is pointed at."""
    problem = only_problem("a: &x 1\nb:\n" + "  - *x\n" * (MAX_ALIASES + 1))
    assert problem.message == "more than 64 aliases"
    assert problem.remedy == "write the values out"
    assert place(problem) == (2 + MAX_ALIASES + 1, 5)


def test_an_alias_without_anchor_is_refused() -> None:
    """An alias of nothing names itself."""
    problem = only_problem("a: 1\nb: *c\n")
    assert problem.message == "the alias *c has no anchor before it"
    assert problem.remedy == "define it first, or write the value"
    assert place(problem) == (2, 4)


@pytest.mark.parametrize(
    ("text", "where"), [("a: &a [*a]\n", (1, 8)), ("a: &a {b: *a}\n", (1, 11)), ("&a [1, [*a]]\n", (1, 9))]
)
def test_a_value_that_contains_itself_is_refused(text: str, where: tuple[int, int]) -> None:
    """A self-reference is an error at the alias, not an endless list."""
    problem = only_problem(text)
    assert problem.message == "the alias *a contains itself"
    assert problem.remedy == "write the values out"
    assert place(problem) == where


def test_a_ten_level_alias_bomb_is_refused_cheaply() -> None:
    """Ten levels of nine aliases each are refused long before they could fill the memory."""
    levels = ['a0: &a0 ["lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol"]']
    levels += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 10)]
    with small_and_quick():
        document = read("\n".join(levels))
    assert document.root is None
    assert document.problems[0].message in ("aliases multiply into too many values", "more than 64 aliases")
    assert document.problems[0].remedy == "write the values out"
    assert document.problems[0].line > 1


def test_an_alias_bomb_below_the_alias_limit_is_refused_cheaply() -> None:
    """Sixty aliases that double thirty times are refused for what they multiply into."""
    levels = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 31))]
    with small_and_quick():
        problem = only_problem("\n".join(levels))
    assert problem.message == "aliases multiply into too many values"
    assert problem.remedy == "write the values out"
    assert place(problem)[0] > 10


def test_an_alias_bomb_of_merge_keys_is_refused_cheaply() -> None:
    """Merged mappings that double in size are refused too."""
    pairs = ", ".join(f"k{n}: v" for n in range(5000))
    levels = [f"a0: &a0 {{{pairs}}}", *(f"a{n}: {{<<: *a0}}" for n in range(1, 61))]
    with small_and_quick(120, 10):
        problem = only_problem("\n".join(levels))
    assert problem.message == "aliases multiply into too many values"


def test_depth_reached_through_aliases_counts() -> None:
    """Sixty anchored values, each nested in the next, are too deep although each line is shallow."""
    lines, inner = [], "x"
    for number in range(60):
        lines.append(f"a{number}: &a{number} " + "[" * 17 + inner + "]" * 17)
        inner = f"*a{number}"
    problem = only_problem("\n".join(lines))
    assert problem.message == "nested more than 20 levels deep"
    assert problem.remedy == "flatten it"
    assert problem.line > 1


# Depth


@pytest.mark.parametrize(("start", "inner", "end"), [("[", "x", "]"), ("{a: ", "x", "}")])
def test_twenty_levels_are_read_and_one_more_is_refused(start: str, inner: str, end: str) -> None:
    """The depth limit is twenty; the first value beyond it is pointed at."""
    assert plain(start * MAX_DEPTH + inner + end * MAX_DEPTH) is not None
    problem = only_problem(start * (MAX_DEPTH + 1) + inner + end * (MAX_DEPTH + 1))
    assert problem.message == "nested more than 20 levels deep"
    assert problem.remedy == "flatten it"
    assert place(problem) == (1, len(start) * MAX_DEPTH + 1)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("[" * 20_000 + "]" * 20_000, (1, 21), id="flow lists"),
        pytest.param("{a: " * 20_000 + "}" * 20_000, (1, 81), id="flow mappings"),
        pytest.param("- " * 20_000 + "x", (1, 41), id="block lists on one line"),
        pytest.param("".join(" " * depth + "-\n" for depth in range(2_000)), (21, 21), id="block lists"),
        pytest.param("".join(" " * depth + "a:\n" for depth in range(2_000)), (21, 21), id="block mappings"),
        pytest.param("[" * 20_000, (1, 21), id="never closed"),
    ],
)
def test_thousands_of_levels_are_refused_cheaply(text: str, where: tuple[int, int]) -> None:
    """However deep a file is nested, and in whatever style, it is refused at level 21 without a traceback."""
    with small_and_quick():
        problem = only_problem(text)
    assert problem.message == "nested more than 20 levels deep"
    assert place(problem) == where


# Tags, documents, marks, tabs


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system [ls]",
        "!!python/name:os.system",
        "!!set {a, b}",
        "!!binary aGk=",
        "!!str no",
        "!!float 1",
        "!!omap [a: 1]",
        "!own x",
        "! x",
    ],
)
def test_any_tag_is_refused(value: str) -> None:
    """A tag, even a harmless one, is an error where it stands."""
    document = read(f"a: 1\nb: {value}\n")
    problem = document.problems[0]
    assert problem.message.startswith("the tag ")
    assert problem.message.endswith(" is not allowed")
    assert problem.remedy == "leave out tags; values are read as text"
    assert place(problem) == (2, 4)


def test_a_tag_of_the_whole_file_is_refused() -> None:
    """The root may not be tagged either."""
    assert place(only_problem("!!map {a: 1}\n")) == (1, 1)


def test_a_second_document_is_refused() -> None:
    """One file is one document; the second is pointed at."""
    problem = only_problem("---\na: 1\n---\nb: 2\n")
    assert problem.message == "a second document begins here"
    assert problem.remedy == "keep one document in a file"
    assert place(problem) == (3, 1)


@pytest.mark.parametrize("text", ["---\na: 1\n", "a: 1\n...\n", "---\na: 1\n...\n", "# a note\n---\na: 1\n"])
def test_marks_around_one_document_are_read(text: str) -> None:
    """The marks of a document's start and end are allowed."""
    assert plain(text) == {"a": "1"}


def test_a_byte_order_mark_is_passed_over() -> None:
    """A byte order mark, as some editors write it, is read and does not move the columns."""
    assert plain(b"\xef\xbb\xbfa: 1\n") == {"a": "1"}
    assert place(only_problem(b"\xef\xbb\xbfa: 1\na: 2\n")) == (2, 1)
    assert place(only_problem(b"\xef\xbb\xbf{a: 1, a: 2}\n")) == (1, 8)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("a:\n\tb: 1\n", (2, 1), id="below a key"),
        pytest.param("a: 1\n\tb: 1\n", (2, 1), id="below a value"),
        pytest.param("a:\n\t- b\n", (2, 1), id="before a list"),
    ],
)
def test_a_tab_as_indentation_is_called_a_tab(text: str, where: tuple[int, int]) -> None:
    """A tab cannot be seen, so the message says that it is one, and what to use instead."""
    problem = only_problem(text)
    assert problem.message == "not YAML: a tab is used for indentation"
    assert problem.remedy == "indent with spaces"
    assert place(problem) == where


def test_a_tab_inside_a_text_is_kept() -> None:
    """A tab between words is no hazard."""
    assert plain("a: 'one\ttwo'\n") == {"a": "one\ttwo"}


# Control and direction characters


@pytest.mark.parametrize("code", [*CONTROLS, *DIRECTIONS], ids=lambda code: f"U+{code:04X}")
def test_an_escaped_control_character_is_refused(code: int) -> None:
    """A control or direction character written as an escape is refused in values and in keys, and is named."""
    for text, where in ((f'a: 1\nb: "x\\u{code:04X}y"\n', (2, 4)), (f'a: 1\n"b\\u{code:04X}": 1\n', (2, 1))):
        problem = only_problem(text)
        assert problem.message == f"a control or direction character (U+{code:04X}) stands in the text"
        assert problem.remedy == "remove it"
        assert place(problem) == where


@pytest.mark.parametrize("escape", ["\\e[31m", "\\a", "\\b", "\\0", "\\r", "\\x9b2J", "\\N", "\\_\\u202e"])
def test_terminal_escapes_are_refused_in_every_spelling(escape: str) -> None:
    """The short escapes of YAML are no way around it."""
    problem = only_problem(f'a: "x{escape}y"\n')
    assert problem.message.startswith("a control or direction character (U+")
    assert place(problem) == (1, 4)


@pytest.mark.parametrize("code", DIRECTIONS, ids=lambda code: f"U+{code:04X}")
def test_a_raw_direction_character_is_refused(code: int) -> None:
    """A direction character that stands in the file itself is refused in plain and quoted text, and in keys."""
    for text, where in (
        (f"a: 1\nb: x{chr(code)}y\n", (2, 5)),
        (f"a: 1\nb: 'x{chr(code)}y'\n", (2, 6)),
        (f"a: 1\nb{chr(code)}c: 1\n", (2, 2)),
    ):
        problem = only_problem(text)
        assert problem.message == f"a control or direction character (U+{code:04X}) stands in the text"
        assert place(problem) == where
        assert chr(code) not in problem.render()


@pytest.mark.parametrize("code", [0x00, 0x07, 0x08, 0x0C, 0x1B, 0x7F, 0x80, 0x9B], ids=lambda code: f"U+{code:04X}")
def test_a_raw_control_character_is_refused_where_it_stands(code: int) -> None:
    """A raw control character is pointed at, and never printed."""
    problem = only_problem(f"a: 1\nb: x{chr(code)}y\n")
    assert problem.message == f"a control or direction character (U+{code:04X}) stands in the text"
    assert problem.remedy == "remove it"
    assert chr(code) not in problem.render()
    assert place(problem) == (2, 5)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("a: éééé日本日本日本日本日本\nb: x\x1by\n", (2, 5), id="letters of several bytes"),
        pytest.param("a: 1\r\nb: 2\r\nc: 3\r\nd: x\x1by\r\n", (4, 5), id="lines that end in CR LF"),
        pytest.param("# note\n" * 50 + "d: x\x1by\n", (51, 5), id="many lines"),
    ],
)
def test_the_place_of_a_raw_control_character_is_right_in_every_file(text: str, where: tuple[int, int]) -> None:
    """Letters beyond ASCII and Windows line ends do not move the place."""
    assert place(only_problem(text)) == where


@pytest.mark.parametrize("code", [0x202E, 0x2066, 0x200F], ids=lambda code: f"U+{code:04X}")
def test_a_direction_character_in_a_comment_is_refused(code: int) -> None:
    """What a reviewer sees in a comment is what stands there: direction characters are refused in comments too."""
    problem = only_problem(f"a: 1 # note {chr(code)}more\n")
    assert "direction character" in problem.message
    assert problem.line == 1


def test_letters_of_any_language_are_read() -> None:
    """Only control and direction characters are refused, no letters."""
    assert plain("name: 通义千问 – Übersetzung 😀 שלום\n") == {"name": "通义千问 – Übersetzung 😀 שלום"}


# Files


def test_text_that_is_not_utf8_names_the_byte() -> None:
    """A file in another encoding names the byte and the line that show it."""
    problem = only_problem("a: 1\nb: é\n".encode("latin-1"))
    assert problem.message == "is not UTF-8 (byte 9, line 2)"
    assert problem.remedy == "save the file as UTF-8"


@pytest.mark.parametrize("raw", ["a: 1\n".encode("utf-16"), "a: 1\n".encode("utf-32"), b"\xed\xa0\x80", b"\xc0\x80"])
def test_other_encodings_are_refused(raw: bytes) -> None:
    """UTF-16, UTF-32, surrogates and overlong bytes are not UTF-8."""
    problem = only_problem(raw)
    assert problem.message == "is not UTF-8 (byte 1, line 1)"
    assert problem.remedy == "save the file as UTF-8"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a note\n", "   \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(text: str | bytes) -> None:
    """A file without a value is an error of the whole file."""
    document = read(text)
    assert document.root is None
    problem = only_problem(text)
    assert problem.message == "the file is empty"
    assert problem.remedy
    assert problem.render().startswith("x.yaml: the file is empty\n")


def test_a_file_beyond_five_megabytes_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than the limit is refused by its size alone."""
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: 1\n#" + b"x" * MAX_BYTES)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("the file was read"))
    (problem,) = read_yaml(path, "big.yaml").problems
    assert problem.render() == "big.yaml: the file is larger than 5 MB\n  split it"


def test_input_beyond_five_megabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes from a pipe have the same limit, to the byte."""
    assert only_problem(b"a: 1\n" + b"\n" * MAX_BYTES).message == "the file is larger than 5 MB"
    monkeypatch.setattr(yamlfile, "MAX_BYTES", 100)
    assert plain(b"a: 1" + b"\n" * 96) == {"a": "1"}
    assert only_problem(b"a: 1" + b"\n" * 97).message.startswith("the file is larger than")


def test_a_path_that_is_not_there_says_so(tmp_path: Path) -> None:
    """A missing file is a problem of that file, not an exception."""
    document = read_yaml(tmp_path / "gone.yaml", "gone.yaml")
    assert document.root is None
    (problem,) = document.problems
    assert problem.render() == (
        "gone.yaml: cannot be read: No such file or directory\n  check the path and its permissions"
    )


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """A folder in the place of a file is a problem, not an exception."""
    (problem,) = read_yaml(tmp_path, "folder").problems
    assert problem.render() == "folder: cannot be read: Is a directory\n  check the path and its permissions"


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing permission is a problem of that file, not an exception."""
    path = tmp_path / "secret.yaml"
    path.write_text("a: 1\n", encoding="utf-8")

    def refuse(path: Path, *flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("llmcost.files.raw.os.open", refuse)
    (problem,) = read_yaml(path, "secret.yaml").problems
    assert problem.message == "cannot be read: Permission denied"
    assert problem.remedy == "check the path and its permissions"


def test_a_link_to_itself_is_a_problem(tmp_path: Path) -> None:
    """A symbolic link that never arrives is a problem, not an exception."""
    path = tmp_path / "loop.yaml"
    path.symlink_to(path)
    (problem,) = read_yaml(path, "loop.yaml").problems
    assert problem.message.startswith("cannot be read: Too many levels of symbolic links")


def test_a_name_with_nul_is_a_problem() -> None:
    """A path no system can have is a problem, not an exception."""
    (problem,) = read_yaml(Path("a\0b.yaml"), "a.yaml").problems
    assert problem.message == "cannot be read: it is not a path"


# Syntax errors


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('a: "b\nc: d\n', 1, id="open quote"),
        pytest.param("a: [b\nc: d\n", 2, id="open bracket"),
        pytest.param("a: b: c\n", 1, id="two colons"),
        pytest.param("a: 1\n  b: 2\n", 2, id="indented too far"),
        pytest.param("a: @b\n", 1, id="reserved sign"),
        pytest.param("a: 1\nb\nc: 2\n", 3, id="no colon"),
        pytest.param("a: 1\n- b\n", 2, id="list item in a mapping"),
        pytest.param("a: > 200000\n", 1, id="an unquoted range"),
        pytest.param('a: "\\q"\n', 1, id="unknown escape"),
        pytest.param("%YAML 2.0\n---\na: 1\n", 1, id="another YAML"),
    ],
)
def test_what_is_not_yaml_is_refused_at_its_line(text: str, line: int) -> None:
    """A syntax error names its line and says what to look at."""
    document = read(text)
    assert document.root is None
    (problem,) = document.problems
    assert problem.message.startswith("not YAML: ")
    assert problem.remedy
    assert problem.line == line
    assert problem.column >= 1


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}", "? \n"])
def test_a_key_that_is_not_text_is_refused(key: str) -> None:
    """Keys are text; lists, mappings and nothing are not."""
    document = read(f"{key}: 1\n" if key != "? \n" else "? \n: 1\n")
    problem = document.problems[0]
    assert problem.message == "a key must be text"
    assert problem.remedy == "write the key as plain text"
    assert problem.line == 1


# Messages


def test_the_caret_stands_under_the_place_even_in_a_long_line() -> None:
    """A long line is cut around the place, and the caret still points at it."""
    text = "{" + ", ".join(f"key{n}: value" for n in range(200)) + ", key100: again}\n"
    problem = only_problem(text)
    shown = problem.render().splitlines()
    assert shown[1].startswith("  1 | …")
    caret = shown[2].index("^")
    assert shown[1][caret:].startswith("key100: again")
    assert len(shown[1]) < 140


def test_what_is_shown_of_a_line_is_harmless() -> None:
    """The line in a message shows a replacement sign for each control character, so that columns still fit."""
    problem = only_problem('a: 1\nb: "\\e[31m" # \u202e\n')
    assert "\u202e" not in problem.render()
    assert "\N{REPLACEMENT CHARACTER}" in problem.render()


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_a_huge_key_is_not_printed_whole(size: int) -> None:
    """However long a repeated key is, the message stays readable."""
    document = read(f'? "{"k" * size}"\n: 1\n? "{"k" * size}"\n: 2\n')
    assert document.problems
    assert len(document.problems[0].render()) < 2_000


def test_when_there_are_too_many_problems_it_is_said() -> None:
    """Where a run stops listing problems, it says so: nobody believes that the shown ones are all."""
    document = read("a: 0\n" + "a: 1\n" * 200)
    assert document.all_problems()[-1].message == "more problems in this file"
