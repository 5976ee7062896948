"""Budgets at the command line: verdicts, their codes and messages, and the formats that CI systems read.

`example-small` costs 0.50 USD per 1M tokens in and 2.00 out: a million requests of 1,000 in and 200 out are
500 + 400 = 900 USD a month, 0.0009 a request, 0.75 per 1M tokens. `example-large-2026` costs 4.00 and 20.00: 8,000.
"""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from conftest import SMALL, TESTS
from support.running import THOUSAND_IN as ASK
from support.running import Run, rows_of

ONE = ("-m", "example-small", *ASK)


def result(llmcost_small: Run, path: Path, *arguments: str) -> str:
    ran = llmcost_small("compare", *(arguments or ONE), "-f", "json", "-o", str(path))
    assert ran.code == 0, ran.err
    return str(path)


@pytest.mark.parametrize(
    ("limit", "code", "message"),
    [
        # exact equality passes, and a millionth above or below is seen
        (("--max-monthly", "900 USD"), 0, "costs 900.00 USD a month, within 900.00 USD"),
        (("--max-monthly", "899.999999 USD"), 1, "costs 900.000000 USD a month, over 899.999999 USD by 0.000001"),
        (("--max-monthly", "900.000001 USD"), 0, "costs 900.000000 USD a month, within 900.000001 USD"),
        (("--max-monthly", "500USD"), 1, "costs 900.00 USD a month, over 500.00 USD by 400.00 (80%)"),
        (("--max-per-request", "0.0009 USD"), 0, "costs 0.00090 USD a request, within 0.00090 USD"),
        (("--max-per-request", "0.00089999 USD"), 1, "costs 0.00090000 USD a request, over 0.00089999 USD"),
        (("--max-per-1m-tokens", "0.75 USD"), 0, "costs 0.75 USD for 1M tokens, within 0.75 USD"),
        (("--max-per-1m-tokens", "0.7499 USD"), 1, "costs 0.7500 USD for 1M tokens, over 0.7499 USD"),
        # checked on 2026-08-20, 26 days before 2026-09-15
        (("--max-price-age", "26"), 0, "has prices up to 26 days old (input, checked 2026-08-20), within 26 days"),
        (("--max-price-age", "25"), 1, "26 days old (input, checked 2026-08-20), over 25 days"),
    ],
)
def test_a_verdict_is_exact(llmcost_small: Run, limit: tuple[str, ...], code: int, message: str) -> None:
    """Equality keeps a budget; where rounding would hide the verdict both figures are shown in full."""
    ran = llmcost_small("check", *ONE, *limit)
    assert (ran.code, message in ran.out) == (code, True), ran.out + ran.err


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        ((*ONE,), "there is no budget to check", "add `budgets:` to llmcost.yaml"),
        ((*ASK, "--max-monthly", "1 USD"), "nothing says which offers the budget is about", "name them with -m"),
        ((*ONE, "--max-monthly", "1"), '--max-monthly: "1" is not an amount of money', "like 500.00 USD"),
        ((*ONE, "--max-monthly", "1 USDT"), '--max-monthly: "USDT" is not an ISO 4217 currency', "write"),
        (
            (*ONE, "--max-monthly", "900 EUR"),
            "max_monthly is in EUR, and the result in USD",
            "convert the result to EUR",
        ),
        ((*ONE, "--max-increase", "5%"), "counted from a baseline", "--baseline FILE"),
        ((*ONE, "--max-increase", "5%", "--baseline", "none.json"), "cannot read none.json", "-f json -o FILE"),
        ((*ONE, "--max-price-age", "old"), "--max-price-age", "write a number"),
        (("-m", "example-lost", *ASK, "--max-monthly", "1 USD"), 'unknown model "example-lost"', "did you mean"),
        (("-m", "example-small+batch", *ASK, "--max-monthly", "1 USD"), "batch", "terms"),
        (
            ("-m", "example-small", "--requests", "1", "--input", "9M", "--output", "1", "--max-monthly", "1 USD"),
            'budget "command line": no full price for example-ai/example-small@global',
            "there is no verdict",
        ),
        (
            ("-m", "night-ears", "--requests", "9", "--audio-seconds", "9", "--max-per-1m-tokens", "1 CNY"),
            "night-cloud/night-ears@cn has no tokens to divide by",
            "limit a month",
        ),
        (
            ("-m", "example-small", "--requests", "0", *ASK[2:], "--max-per-request", "1 USD"),
            "example-ai/example-small@global has no requests to divide by",
            "limit a month",
        ),
        ((*ONE, "--max-monthly", "1 USD", "-f", "pdf"), '"pdf" is not known here', "sarif"),
    ],
)
def test_no_verdict_ends_with_2(llmcost_small: Run, arguments: tuple[str, ...], message: str, remedy: str) -> None:
    """No verdict on a partial result, an unknown name or a contradiction: 2, nothing on stdout, and the way to mend it.

    `--exit-zero` never turns it into 0.
    """
    for more in ((), ("--exit-zero",)):
        ran = llmcost_small("check", *arguments, *more)
        assert (ran.code, ran.out) == (2, "")
        assert message in ran.err
        assert remedy in ran.err


def test_exit_zero_keeps_the_verdict_and_ends_with_0(llmcost_small: Run) -> None:
    """A broken budget is still said; only the code changes."""
    ran = llmcost_small("check", *ONE, "--max-monthly", "1 USD", "--exit-zero")
    assert (ran.code, ran.out.startswith("over")) == (0, True)


def test_an_increase_is_counted_from_the_baseline(llmcost_small: Run, tmp_path: Path) -> None:
    """1.1M requests cost 990, 90 more than 900: exactly 10%, and 90 USD."""
    baseline = result(llmcost_small, tmp_path / "base.json")
    more = ("-m", "example-small", "--requests", "1.1M", *ASK[2:], "--baseline", baseline)
    for limit, code in (("10%", 0), ("9.999999%", 1), ("90 USD", 0), ("89.99 USD", 1)):
        ran = llmcost_small("check", *more, "--max-increase", limit)
        assert ran.code == code, ran.out
    assert "costs 90.00 USD more than in" in ran.out
    less = ("-m", "example-small", "--requests", "1k", *ASK[2:], "--baseline", baseline)
    assert llmcost_small("check", *less, "--max-increase", "0%").code == 0


def test_a_decrease_is_counted_from_the_baseline(llmcost_small: Run, tmp_path: Path) -> None:
    """0.9M requests cost 810, 90 less than 900: exactly 10%, and 90 USD; what costs more has no decrease."""
    baseline = ("--baseline", result(llmcost_small, tmp_path / "base.json"))
    less = ("-m", "example-small", "--requests", "0.9M", *ASK[2:], *baseline)
    for limit, code in (("10%", 0), ("9.999999%", 1), ("90 USD", 0), ("89.99 USD", 1)):
        ran = llmcost_small("check", *less, "--max-decrease", limit)
        assert ran.code == code, ran.out
    assert "costs 90.00 USD less than in" in ran.out
    assert "over 89.99 USD by 0.01" in ran.out
    more = llmcost_small(
        "check", "-m", "example-small", "--requests", "2M", *ASK[2:], *baseline, "--max-decrease", "0%"
    )
    assert more.code == 0
    assert "costs no less than in" in more.out
    assert llmcost_small("check", *ONE, *baseline, "--max-increase", "0%", "--max-decrease", "0%").code == 0


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("rows", 0, "monthly_cost"), "901.000000"),  # the charges add up to 900
        (("rows", 0, "monthly_cost"), "-900.000000"),
        (("rows", 0, "monthly_cost"), "9e2"),
        (("rows", 0, "monthly_cost"), "NaN"),
        (("rows", 0, "charges"), []),
        (("rows", 0, "charges", 1, "cost"), "1.000000"),
        (("rows", 0, "charges", 1, "meter"), None),
        (("rows", 0, "offer"), 7),
        (("currency",), "usd"),
    ],
)
def test_a_baseline_that_was_touched_gives_no_verdict(
    llmcost_small: Run, tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    """A result whose charges no longer make its cost, or whose figures are none, is not compared with: 2, from both."""
    data = json.loads(Path(result(llmcost_small, tmp_path / "base.json")).read_text(encoding="utf-8"))
    part: Any = data
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    (tmp_path / "touched.json").write_text(json.dumps(data), encoding="utf-8")
    touched = str(tmp_path / "touched.json")
    for command in (("check", *ONE, "--max-increase", "10%", "--baseline", touched), ("diff", touched, touched)):
        ran = llmcost_small(*command)
        assert (ran.code, ran.out) == (2, "")
        assert "is a result that was changed" in ran.err


def test_an_offer_that_stands_twice_in_a_baseline_is_refused(llmcost_small: Run, tmp_path: Path) -> None:
    """Which of the two would be meant is open."""
    data = json.loads(Path(result(llmcost_small, tmp_path / "base.json")).read_text(encoding="utf-8"))
    data["rows"].append(data["rows"][0])
    (tmp_path / "twice.json").write_text(json.dumps(data), encoding="utf-8")
    ran = llmcost_small("check", *ONE, "--max-increase", "10%", "--baseline", str(tmp_path / "twice.json"))
    assert (ran.code, ran.out) == (2, "")


def test_a_baseline_that_does_not_fit_gives_no_verdict(llmcost_small: Run, tmp_path: Path) -> None:
    """Another offer, another currency, a file that is no result, or one that was changed: 2."""
    other = result(llmcost_small, tmp_path / "other.json", "-m", "example-large-2026", *ASK)
    euros = result(llmcost_small, tmp_path / "euros.json", *ONE, "--currency", "EUR")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    data = json.loads(Path(euros).read_text(encoding="utf-8"))
    data["rows"][0]["monthly_cost"] = 900
    (tmp_path / "changed.json").write_text(json.dumps(data), encoding="utf-8")
    for name, message in (
        (other, "example-ai/example-small@global is not in the baseline"),
        (euros, "is in EUR, the result in USD"),
        (str(tmp_path / "list.json"), "holds no result of llmcost"),
        (str(tmp_path / "changed.json"), "is a result that was changed"),
    ):
        ran = llmcost_small("check", *ONE, "--max-increase", "10%", "--baseline", name)
        assert (ran.code, ran.out) == (2, "")
        assert message in ran.err


# Budgets of a project

CONFIG = """\
version: 1
workload: work.yaml
prices: [PRICES]
budgets:
  - name: chat
    models: [example-small]
    max_monthly: 1000 USD
    warn_at: 90%
  - name: both
    models: [example-small, example-large-2026]
    max_monthly: 5000 USD
    cheapest_within: 10%
"""
WORK = "kind: workload\nclasses: [{name: chat, requests: 1M, input_tokens: 1000, output_tokens: 200}]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "llmcost.yaml").write_text(CONFIG.replace("PRICES", str(SMALL)), encoding="utf-8")
    (tmp_path / "work.yaml").write_text(WORK, encoding="utf-8")
    monkeypatch.setenv("LLMCOST_ON", "2026-09-15")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_budgets_of_a_project(llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every offer of a budget is held to each of its limits; from any folder below, with the same bytes."""
    ran = llmcost("check", "--no-builtin-prices")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert (
        lines[0]
        == "over  both  example-ai/example-large-2026@global costs 8,000.00 USD a month, over 5,000.00 USD by 3,000.00 (60%)"
    )
    assert lines[1].startswith(
        "over  both  example-ai/example-large-2026@global costs 788.89% more than example-ai/example-small@global"
    )
    assert "900.00 USD a month, within 1,000.00 USD" in ran.out
    assert lines[-1] == "3 of 5 limits kept"
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    assert llmcost("check", "--no-builtin-prices").out == ran.out


def test_a_workload_that_is_piped_in_serves_every_budget(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be read only once is there for the second budget too."""
    filed = llmcost("check", "--no-builtin-prices").out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(WORK.encode())))
    assert llmcost("check", "-", "--no-builtin-prices").out == filed


def test_a_warning_is_no_failure(llmcost: Run, project: Path) -> None:
    """Above the part of a limit that is named, the budget holds and the warning is said."""
    config = (project / "llmcost.yaml").read_text(encoding="utf-8").partition("  - name: both")[0]
    (project / "llmcost.yaml").write_text(config.replace("90%", "80%"), encoding="utf-8")
    ran = llmcost("check", "--no-builtin-prices")
    assert ran.code == 0
    assert ran.out.startswith("warn  chat")
    assert "within 1,000.00 USD but above 80% of it" in ran.out
    assert "the limit is kept, 1 with a warning" in ran.out


def test_an_estimate_that_may_go_over_is_a_warning(llmcost_small: Run) -> None:
    """A fleet that costs 4,838 and up to 6,757 within its range keeps 5,000, with a warning."""
    ask = ("-m", "self/pebble-8b:bf16@barn/ax3x9x1", "--requests", "13M", *ASK[2:], "--peak-to-mean", "2")
    ran = llmcost_small("check", *ask, "--max-monthly", "5000 USD")
    assert (ran.code, ran.out[:4]) == (0, "warn")
    assert "but up to" in ran.out
    assert "within its range" in ran.out


def test_a_workload_of_fixed_classes_is_one_sum(llmcost: Run, project: Path) -> None:
    """Two classes on two offers are 900 + 8,000, held to the budget together."""
    each = "requests: 1M, input_tokens: 1000, output_tokens: 200"
    (project / "work.yaml").write_text(
        f"kind: workload\nname: app\nclasses:\n  - {{name: a, {each}, offer: example-small}}\n"
        f"  - {{name: b, {each}, offer: example-large-2026}}\n",
        encoding="utf-8",
    )
    config = f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nmodels: [example-small]\nbudgets:\n  - {{name: app, max_monthly: 8899.99 USD}}\n"
    (project / "llmcost.yaml").write_text(config, encoding="utf-8")
    ran = llmcost("check", "--no-builtin-prices")
    assert ran.code == 1
    assert "costs 8,900.00 USD a month, over 8,899.99 USD by 0.01" in ran.out


def test_a_commands_currency_and_a_projects_age_concern_every_budget(llmcost: Run, project: Path) -> None:
    """`max_price_age_days` at the top holds for each budget that names none of its own."""
    config = (project / "llmcost.yaml").read_text(encoding="utf-8").partition("  - name: both")[0]
    (project / "llmcost.yaml").write_text(
        config.replace("budgets:", "max_price_age_days: 25\nbudgets:"), encoding="utf-8"
    )
    ran = llmcost("check", "--no-builtin-prices")
    assert ran.code == 1
    assert "26 days old" in ran.out


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("max_montly: 1 USD", '9:5: unknown key "max_montly"\n'),
        ("max_per_request: ten", '9:22: "ten" is not an amount of money'),
        ("max_increase: 10%", "9:19: max_increase is counted from a baseline"),
        ("max_decrease: 10%", "9:19: max_decrease is counted from a baseline"),
        ("cheapest_within: 10", '9:22: "10" is not a percentage'),
        ("warn_at: 80", '9:14: "80" is not a percentage'),
        ("models: x", "9:13: a list is needed here"),
        ("max_price_age_days: -1", "9:25: "),
    ],
)
def test_a_broken_budget_is_refused_with_its_place(llmcost: Run, project: Path, broken: str, message: str) -> None:
    """Unknown keys and unreadable limits end with 2: file, line, column and remedy."""
    text = "version: 1\nworkload: work.yaml\nbudgets:\n  - name: chat\n    max_monthly: 1 USD\n\n\n  - name: other\n"
    more = "" if broken.startswith("max_per") or "max_montly" in broken else "\n    max_monthly: 1 USD"
    (project / "llmcost.yaml").write_text(f"{text}    {broken}{more}\n", encoding="utf-8")
    ran = llmcost("check")
    assert (ran.code, ran.out) == (2, "")
    assert f"llmcost.yaml:{message}" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("budgets: [{max_monthly: 1 USD}]", 'the key "name" is missing'),
        ("budgets: [{name: a}]", "the budget limits nothing"),
        ("budgets: [{name: a, max_monthly: 1 USD}, {name: a, max_monthly: 2 USD}]", 'a second budget is called "a"'),
        ("budgets: chat", "a list of budgets is needed here"),
        ("max_price_age_days: soon", '"soon" is not a number'),
        ("discounts: [alibaba]", "does not end in a change"),
        ("commitments: [alibaba 1000 USD]", "is not a commitment"),
    ],
)
def test_a_broken_config_is_refused(llmcost: Run, project: Path, text: str, message: str) -> None:
    """Nothing in a config is passed over."""
    (project / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nmodels: [qwen3.6-plus]\n{text}\n", encoding="utf-8"
    )
    ran = llmcost("check", "--max-monthly", "1 USD")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_the_schema_of_a_config_takes_what_the_reader_takes(llmcost: Run, project: Path) -> None:
    """Editors see the same keys; an unknown one is refused by both."""
    schema = json.loads(llmcost("schema", "config").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    config = {"version": 1, "prices": ["x"], "discounts": ["a -1%"], "budgets": [{"name": "a", "max_monthly": "1 USD"}]}
    jsonschema.validate(config, schema)
    for broken in ({**config, "budget": []}, {**config, "budgets": [{"name": "a", "max_montly": "1 USD"}]}, {}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


# Formats

EVIL = "::error::100%, <b>&\"'|`"


@pytest.fixture
def broken_budget(project: Path) -> Path:
    """A project whose budget has a name that every format has to make harmless."""
    config = (project / "llmcost.yaml").read_text(encoding="utf-8")
    name = json.dumps(EVIL)
    (project / "llmcost.yaml").write_text(config.replace("name: both", f"name: {name}"), encoding="utf-8")
    return project


def test_json_holds_every_verdict_and_serves_as_a_baseline(llmcost: Run, project: Path) -> None:
    """The envelope of every command; its rows can be compared with later."""
    ran = llmcost("check", "--no-builtin-prices", "-f", "json")
    data = json.loads(ran.out)
    assert (data["command"], data["verdict"], len(data["verdicts"])) == ("check", "fail", 5)
    first = data["verdicts"][0]
    assert (first["budget"], first["limit"], first["status"]) == ("chat", "max_monthly", "ok")
    assert (first["value"], first["bound"], first["file"], first["line"]) == (
        "900.000000",
        "1000.000000",
        "llmcost.yaml",
        7,
    )
    (project / "base.json").write_text(ran.out, encoding="utf-8")
    more = llmcost(
        "check",
        "--no-builtin-prices",
        "-m",
        "example-small",
        "--max-increase",
        "0%",
        "--baseline",
        "base.json",
        "-f",
        "json",
    )
    assert json.loads(more.out)["verdicts"][-1]["status"] == "ok"


def test_github_annotations_point_at_the_line_and_cannot_be_broken_out_of(llmcost: Run, broken_budget: Path) -> None:
    """A command for each broken limit; signs that mean something to the runner are escaped, wherever they come from."""
    ran = llmcost("check", "--no-builtin-prices", "-f", "github")
    lines = ran.out.splitlines()
    assert ran.code == 1
    assert [line[:39] for line in lines[:2]] == [f"::error file=llmcost.yaml,line={n},title" for n in (11, 12)]
    assert "title=llmcost budget %3A%3Aerror%3A%3A100%25%2C <b>" in lines[0]
    assert "(60%25)" in lines[0]
    assert lines[-1] == "llmcost: 3 of 5 limits kept"
    assert sum(line.startswith("::") for line in lines) == 2


def test_annotations_are_bounded(llmcost: Run, project: Path) -> None:
    """GitHub shows ten of a kind; the rest is counted in words."""
    budgets = "".join(f"  - {{name: b{number}, models: [example-small], max_monthly: 1 USD}}\n" for number in range(14))
    (project / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nbudgets:\n{budgets}", encoding="utf-8"
    )
    lines = llmcost("check", "--no-builtin-prices", "-f", "github").out.splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert "4 more errors are not shown as annotations" in lines


def test_junit_counts_cases_and_failures(llmcost: Run, broken_budget: Path) -> None:
    """A suite a budget, a case a verdict; well-formed whatever the names are."""
    text = llmcost("check", "--no-builtin-prices", "-f", "junit").out
    xmlschema.XMLSchema(TESTS / "schemas" / "junit-10.xsd").validate(text)
    root = ElementTree.fromstring(text)
    suites = {suite.get("name"): suite for suite in root}
    assert [suite.get("tests") for suite in root] == ["1", "4"]
    assert [suite.get("failures") for suite in root] == ["0", "2"]
    evil = suites[f"llmcost budget {EVIL}"]
    assert len(evil.findall("testcase/failure")) == 2
    assert "over 5,000.00 USD" in str(evil.findall("testcase/failure")[0].get("message"))


def test_gitlab_issues_have_stable_fingerprints(llmcost: Run, project: Path) -> None:
    """What GitLab's documentation asks of a Code Quality report; a fingerprint does not depend on the figures."""
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "pattern": "^[^/]"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    }
    issues = json.loads(llmcost("check", "--no-builtin-prices", "-f", "gitlab").out)
    jsonschema.validate(issues, schema)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 2
    config = (project / "llmcost.yaml").read_text(encoding="utf-8")
    (project / "llmcost.yaml").write_text(config.replace("5000 USD", "4000 USD"), encoding="utf-8")
    again = json.loads(llmcost("check", "--no-builtin-prices", "-f", "gitlab").out)
    assert [issue["fingerprint"] for issue in again] == [issue["fingerprint"] for issue in issues]


def test_sarif_results_have_rules_and_places(llmcost: Run, project: Path) -> None:
    """One run; every result names a rule of the driver and a line of the config."""
    data = json.loads(llmcost("check", "--no-builtin-prices", "-f", "sarif").out)
    schema = json.loads((TESTS / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)
    (run,) = data["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert data["version"] == "2.1.0"
    assert [each["level"] for each in run["results"]] == ["error", "error"]
    for each in run["results"]:
        assert rules[each["ruleIndex"]] == each["ruleId"]
        place = each["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "llmcost.yaml"
        assert place["region"]["startLine"] in (11, 12)


def test_markdown_is_a_table_that_fits_a_job_summary(llmcost: Run, broken_budget: Path) -> None:
    """Marks in names are made harmless, and a report too long for the service is cut with a note."""
    ran = llmcost("check", "--no-builtin-prices", "-f", "markdown")
    assert ran.out.startswith("### llmcost: over budget\n")
    assert "| `` ::error::100%, <b>&\"'\\|` ``" in ran.out
    assert "3 of 5 limits kept" in ran.err


# Settings


def test_the_first_layer_that_says_something_wins(llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flag over environment over project over person; every winner is shown with its place."""
    person = project / "home" / "llmcost"
    person.mkdir(parents=True)
    (person / "config.yaml").write_text("version: 1\ncurrency: JPY\nmodels: [example-large-2026]\n", encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project / "home"))
    monkeypatch.setattr("sys.platform", "linux")

    def shown(key: str) -> str:
        lines = llmcost("config", "show", "--origin").out.splitlines()
        return next(line for line in lines if line.startswith(f"{key} = "))

    assert shown("models") == f"models = example-large-2026  (user: {person / 'config.yaml'}:3)"
    assert shown("currency").endswith(f"(user: {person / 'config.yaml'}:2)")
    with (project / "llmcost.yaml").open("a", encoding="utf-8") as stream:
        stream.write("currency: EUR\n")
    assert shown("currency") == f"currency = EUR  (project: {project / 'llmcost.yaml'}:13)"
    monkeypatch.setenv("LLMCOST_CURRENCY", "CNY")
    assert shown("currency") == "currency = CNY  (environment: LLMCOST_CURRENCY)"
    ran = llmcost("compare", "--no-builtin-prices", "-f", "json", "--currency", "USD", "-m", "example-small")
    assert json.loads(ran.out)["currency"] == "USD"
    ran = llmcost("compare", "--no-builtin-prices", "-f", "json", "-m", "example-small")
    assert json.loads(ran.out)["currency"] == "CNY"
    monkeypatch.setenv("LLMCOST_CURRENCY", "")
    assert shown("currency").startswith("currency = EUR")
    data = json.loads(llmcost("config", "show", "-f", "json").out)
    assert data["budgets"] == ["chat", "both"]
    assert {row["key"]: row["origin"] for row in data["rows"]}["models"] == "user"


def test_a_config_is_left_alone_or_named(llmcost: Run, project: Path) -> None:
    """`--no-config` reads none, `--config` another one, and both at once contradict each other."""
    assert llmcost("check", "--no-config", "--max-monthly", "1 USD", "-m", "qwen3.6-plus").code == 2
    other = project / "other.yaml"
    other.write_text(f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nmodels: [example-small]\n", encoding="utf-8")
    ran = llmcost("check", "--config", "other.yaml", "--no-builtin-prices", "--max-monthly", "900 USD")
    assert ran.code == 0, ran.err
    assert "contradict" in llmcost("check", "--config", "other.yaml", "--no-config").err
    assert "cannot be read" in llmcost("check", "--config", "lost.yaml").err


@pytest.mark.parametrize(("variable", "value"), [("LLMCOST_CURRENCY", "EURO"), ("LLMCOST_MAX_PRICE_AGE_DAYS", "x")])
def test_a_slip_in_the_environment_names_its_variable(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """What cannot be read ends with 2 and the name of the variable."""
    monkeypatch.setenv(variable, value)
    ran = llmcost("check", "--no-builtin-prices")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"llmcost: {variable}: ")


# Contracts


def test_a_discount_is_a_step_of_its_own(llmcost_small: Run) -> None:
    """900 less 15% is 765; the explanation goes from the list price to the contracted one."""
    ran = llmcost_small("compare", *ONE, "--discount", "example-ai -15%", "--explain")
    assert "765.00" in ran.out
    assert "contracted: example-ai -15%, on a list price of 0.50 USD / 1M tokens" in ran.out
    assert "some rates are contracted, below or above the list" in ran.err
    row = json.loads(
        llmcost_small("compare", *ONE, "--discount", "example-small input = 0.40 USD / 1M tokens", "-f", "json").out
    )["rows"][0]
    assert row["monthly_cost"] == "800.000000"
    assert row["charges"][0]["list_price"] == "0.50 USD / 1M tokens"


def test_a_supposed_change_comes_on_top_of_a_contract(llmcost_small: Run) -> None:
    """765 and a third more; what it was before is the contracted cost."""
    ran = llmcost_small("compare", *ONE, "--discount", "example-ai -15%", "--adjust", "example-ai +20%", "-f", "json")
    row = rows_of(ran.out)[0]
    assert (row["monthly_cost_before"], row["monthly_cost"]) == ("765.000000", "918.000000")
    assert "on a contracted price of 0.425" in row["charges"][0]["derived"]


def test_two_discounts_are_two_steps(llmcost_small: Run) -> None:
    """10% and then 10% are 19%; the list price stays the first."""
    ran = llmcost_small(
        "compare", *ONE, "--discount", "example-ai -10%", "--discount", "example-small -10%", "-f", "json"
    )
    row = rows_of(ran.out)[0]
    assert row["monthly_cost"] == "729.000000"
    assert (
        row["charges"][0]["derived"]
        == "contracted: example-ai -10%, on a list price of 0.50 USD / 1M tokens, then example-small -10%"
    )


def test_a_discount_that_concerns_nothing_is_refused(llmcost_small: Run) -> None:
    """A slip in a name would silently cost money."""
    ran = llmcost_small("compare", *ONE, "--discount", "night-cloud -15%")
    assert (ran.code, ran.out) == (2, "")
    assert "concerns none of the offers" in ran.err


@pytest.mark.parametrize(
    ("line", "word", "remedy"),
    [
        ("discounts: [exmaple-ai -15%]", "exmaple-ai", "did you mean: example-ai"),
        ("discounts: [example-ai exmaple-small -15%]", "exmaple-small", "did you mean: example-small"),
        ("commitments: [example-a 100 USD / month]", "example-a", "did you mean: example-ai"),
        ("commitments: [zzz 100 USD / month]", "zzz", "see `llmcost models`"),
    ],
)
def test_a_contract_with_somebody_unknown_is_refused(
    llmcost: Run, project: Path, line: str, word: str, remedy: str
) -> None:
    """A slip in the config would judge another bill than the one that comes: no verdict, and no comparison."""
    config = (project / "llmcost.yaml").read_text(encoding="utf-8")
    (project / "llmcost.yaml").write_text(f"{line}\n{config}", encoding="utf-8")
    for command in (("check",), ("compare", "-m", "example-small", *ASK), ("price", "example-small", "--input", "1")):
        ran = llmcost(*command, "--no-builtin-prices")
        assert (ran.code, ran.out) == (2, "")
        assert f'no price sheet knows "{word}"' in ran.err
        assert remedy in ran.err


@pytest.mark.parametrize(
    "name",
    [
        "example-ai",
        "api",
        "example-small",
        "example-*",
        "eu",
        "example-ai/example-small@eu",
        "batch",
        "grid",
        "ax1",
        "self",
    ],
)
def test_a_contract_may_name_whatever_there_is(llmcost: Run, project: Path, name: str) -> None:
    """Sellers, kinds, models, places, terms, hosts and accelerators are known, whether they are compared or not."""
    config = (project / "llmcost.yaml").read_text(encoding="utf-8")
    (project / "llmcost.yaml").write_text(f"discounts: ['{name} -1%']\n{config}", encoding="utf-8")
    assert llmcost("check", "--no-builtin-prices").code in (0, 1)


def test_each_commitment_is_set_against_its_own_seller(llmcost: Run, project: Path) -> None:
    """Of 1,000 owed to each of two sellers, each one's shortfall is its own, in whichever order they are written."""
    (project / "both.yaml").write_text(
        "kind: workload\nclasses:\n  - {name: chat, requests: 1M, input_tokens: 100}\n"
        "  - {name: search, requests: 1M, input_tokens: 100, offer: night-cloud/night-vision}\n",
        encoding="utf-8",
    )
    owed = ["example-ai 1000 USD / month", "night-cloud 1000 USD / month"]
    for commitments in (owed, owed[::-1]):
        (project / "llmcost.yaml").write_text(
            f"version: 1\nworkload: both.yaml\nprices: [{SMALL}]\nmodels: [example-small]\ncurrency: USD\n"
            f"commitments: [{', '.join(commitments)}]\n",
            encoding="utf-8",
        )
        row = rows_of(llmcost("compare", "--no-builtin-prices", "-f", "json").out)[0]
        assert row["monthly_cost"] == "2000.000000"
        assert {each.get("offer") for each in row["charges"] if each["meter"] == "commitment"} == {
            None,
            "night-cloud/night-vision@cn",
        }


def test_a_commitment_is_owed_beyond_its_use(llmcost: Run, project: Path) -> None:
    """900 of 1,500 are used: 600 are owed in any case; above the commitment nothing is added."""
    (project / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nmodels: [example-small, example-large-2026]\n"
        "commitments: [example-ai 1500 USD / month]\n",
        encoding="utf-8",
    )
    rows = rows_of(llmcost("compare", "--no-builtin-prices", "-f", "json").out)
    assert [row["monthly_cost"] for row in rows] == ["1500.000000", "8000.000000"]
    extra = rows[0]["charges"][-1]
    assert (extra["meter"], extra["cost"]) == ("commitment", "600.000000")
    assert extra["condition"] == "1500 USD committed to example-ai, 900.00 of it used"
    refused = llmcost("compare", "--no-builtin-prices", "--currency", "EUR")
    assert (refused.code, refused.out) == (2, "")
    assert "convert the costs to USD" in refused.err


@pytest.mark.parametrize("command", [("models", "example-small"), ("prices", "show", "example-small")])
def test_looking_at_prices_takes_those_of_the_project(llmcost: Run, project: Path, command: tuple[str, ...]) -> None:
    """What `compare` would price is what `models` and `prices show` list; a discount has no place there."""
    ran = llmcost(*command, "--no-builtin-prices")
    assert ran.code == 0
    assert "example-ai/example-small@global" in ran.out
    refused = llmcost(*command, "--no-builtin-prices", "--discount", "example-ai -10%")
    assert (refused.code, refused.out) == (2, "")
    assert "no such option: --discount\n  this shows prices as listed; compare, price," in refused.err


def test_a_table_says_which_prices_it_holds(llmcost_small: Run) -> None:
    """Below a comparison stands that prices are the list's, or that what was negotiated is in them."""
    assert "\nList prices before tax. " in llmcost_small("compare", *ONE).out
    contracted = llmcost_small("compare", *ONE, "--discount", "example-ai -10%").out
    assert "\nPrices before tax, with the discounts and commitments named. " in contracted
    assert "List prices" not in contracted


def test_each_price_sheet_is_shown_with_its_own_place(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Price sheets add up, so each stands on a line with where it is from; the day says flag, variable or lock."""
    monkeypatch.setenv("LLMCOST_PRICES", "extra")
    lines = llmcost("config", "show", "--origin", "--prices", "mine").out.splitlines()
    assert lines[0] == "on = 2026-09-15  (environment: LLMCOST_ON)"
    shown = [line for line in lines if line.startswith("prices = ")]
    assert [line.partition("  (")[2] for line in shown] == [
        f"project: {project}/llmcost.yaml:3)", "environment: LLMCOST_PRICES)", "flag)",
    ]  # fmt: skip
    assert llmcost("config", "show", "--origin", "--on", "2026-09-16").out.startswith("on = 2026-09-16  (flag)")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LLMCOST_ON", "tomorrow", "LLMCOST_ON: "),
        ("LLMCOST_CURRENCY", "XX", "LLMCOST_CURRENCY: "),
        ("LLMCOST_MAX_PRICE_AGE_DAYS", "x", "LLMCOST_MAX_PRICE_AGE_DAYS: "),
    ],
)
def test_a_setting_that_cannot_be_is_not_shown_as_settled(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """What every other command refuses, `config show` refuses as well, with its place."""
    monkeypatch.setenv(name, value)
    ran = llmcost("config", "show")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_price_checked_after_the_day_is_not_old(llmcost_small: Run) -> None:
    """Prices of a day before they were checked have no age."""
    ran = llmcost_small("check", *ONE, "--max-price-age", "0", "--on", "2026-07-01")
    assert ran.code == 0
    assert "has prices up to 0 days old (input, checked 2026-08-20)" in ran.out


def choice(project: Path, models: str, alternatives: str, limit: str) -> None:
    """A project whose one budget is about a choice among sellers that bill in different currencies."""
    (project / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nbudgets:\n  - name: fair\n    models: [{models}]\n"
        f"    alternatives: [{alternatives}]\n    cheapest_within: {limit}\n",
        encoding="utf-8",
    )


def test_a_choice_is_judged_in_one_currency(llmcost: Run, project: Path) -> None:
    """One seller bills in USD, the other in CNY at 7 for 1 USD: 900 USD against 1,000M × 1 + 200M × 2 = 1,400 CNY.

    1,400 CNY are 200 USD, so 900 USD are 350 % more; the other way round it is less.
    """
    night = "night-cloud/night-riddle@cn"
    choice(project, "example-small", night, "349.99%")
    over = llmcost("check", "--no-builtin-prices")
    assert over.code == 1
    assert "costs 350% more than night-cloud/night-riddle@cn, over 349.99%" in over.out
    choice(project, "example-small", night, "350%")
    assert llmcost("check", "--no-builtin-prices").code == 0
    choice(project, night, "example-small", "0%")
    within = llmcost("check", "--no-builtin-prices")
    assert within.code == 0
    assert "costs 77.78% less than example-ai/example-small@global, within 0%" in within.out


@pytest.mark.parametrize(
    ("alternatives", "said"),
    [
        ("example-small, example-retired", "no full price for the alternative example-ai/example-retired@global"),
        ("example-small, night-cloud/night-gift@cn", "the cheapest alternative, night-cloud/night-gift@cn, is free"),
        ("'*-club'", "none of the alternatives has a price"),
    ],
)
def test_an_alternative_without_a_price_gives_no_verdict(
    llmcost: Run, project: Path, alternatives: str, said: str
) -> None:
    """An alternative that was named might be the cheapest: without its price there is no verdict."""
    choice(project, "example-small", alternatives, "10%")
    ran = llmcost("check", "--no-builtin-prices")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_an_alternative_of_a_pattern_is_left_out_and_said(llmcost: Run, project: Path) -> None:
    """Of a pattern those with a price count; the others are named in a note."""
    choice(project, "example-small", "'example-ai/*'", "10%")
    ran = llmcost("check", "--no-builtin-prices")
    assert ran.code == 0
    assert "example-ai/example-retired@global is no alternative: withdrawn on 2026-09-01" in ran.err


@pytest.mark.parametrize("requests", ["1000001", "1000002", "1000003", "999999"])
@pytest.mark.parametrize("limit", ["0%", "0 USD"])
def test_an_unchanged_cost_is_no_increase(llmcost_small: Run, tmp_path: Path, requests: str, limit: str) -> None:
    """At 7 CNY for 1 USD a cost has no last digit: what the result keeps of it is what the next run is held to."""
    ask = ("-m", "night-cloud/night-riddle@cn", "--requests", requests, "--input", "2000", "--output", "500")
    baseline = result(llmcost_small, tmp_path / "base.json", *ask, "--currency", "USD")
    given = ("--currency", "USD", "--max-increase", limit, "--baseline", baseline)
    assert llmcost_small("check", *ask, *given).code == 0


def test_a_doubt_stands_in_the_verdict_and_warns(llmcost: Run, tmp_path: Path) -> None:
    """Within budget, but perhaps no longer sold: a warning in every format, and the code stays 0."""
    sheet = tmp_path / "pair.yaml"
    model = "  - id: {}\n{}    prices: [{{checked_on: 2026-09-01, source: https://a.example, rates: {{input: {} USD / 1M tokens}}}}]\n"
    models = model.format("sure", "", 2) + model.format("gone", "    doubt: perhaps no longer sold\n", 1)
    sheet.write_text(f"kind: api\nseller: pair\nname: Pair\ndefault_place: here\nmodels:\n{models}", encoding="utf-8")
    world = ("--prices", str(sheet), "--no-builtin-prices", "--on", "2026-09-15", "--no-config")
    ask = ("check", "--requests", "1k", "--input", "1k", *world)
    for form in ("text", "json", "junit", "github", "gitlab", "sarif"):
        ran = llmcost(*ask, "-m", "gone", "--max-monthly", "1 USD", "-f", form)
        assert ran.code == 0
        assert "(in doubt: perhaps no longer sold)" in ran.out, form
    config = tmp_path / "llmcost.yaml"
    config.write_text(
        "version: 1\nbudgets: [{name: b, models: [sure], alternatives: [sure, gone], cheapest_within: 0%}]\n",
        encoding="utf-8",
    )
    ran = llmcost(*ask[:-1], "--config", str(config))
    assert ran.code == 0
    assert "warn  b" in ran.out
    assert "(in doubt: pair/gone@here may be cheaper: perhaps no longer sold)" in ran.out


@pytest.mark.parametrize("command", ["check", "compare"])
def test_a_config_of_nothing_but_faults_is_refused(
    command: str, llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More problems than are kept end as few do: those that are kept, that there are more, and no bug."""
    monkeypatch.chdir(tmp_path)
    keys = "".join(f"k{number}: x\n" for number in range(80))
    (tmp_path / "llmcost.yaml").write_text(f"version: 1\n{keys}", encoding="utf-8")
    ran = llmcost_small(command, *ONE)
    assert (ran.code, ran.out) == (2, "")
    assert "llmcost.yaml:2:1: unknown key" in ran.err
    assert "more problems in this file\n  mend these first" in ran.err


def test_a_config_that_names_nothing_there_is_is_refused(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is where the keys are right and none of the many names is known."""
    monkeypatch.chdir(tmp_path)
    budgets = "".join(f"  - {{name: b{n}, max_monthly: 1 USD, models: [nothing{n}]}}\n" for n in range(80))
    (tmp_path / "llmcost.yaml").write_text(f"version: 1\nbudgets:\n{budgets}", encoding="utf-8")
    ran = llmcost_small("check", *ONE)
    assert (ran.code, ran.out) == (2, "")
    assert 'unknown model "nothing0"' in ran.err
    assert "more problems in this file" in ran.err


@pytest.mark.parametrize(
    ("days", "status", "says"),
    [
        ("60 days", "warn", "s/m@here ends on 2026-11-01, in 47 days"),
        ("47", "warn", "in 47 days"),
        ("46", "ok", "is sold until 2026-11-01"),
    ],
)
def test_the_end_of_an_offer_is_a_warning_and_breaks_no_budget(
    llmcost: Run, tmp_path: Path, days: str, status: str, says: str
) -> None:
    """From so many days before an offer ends a check warns, and passes; from 2026-09-15 to 2026-11-01 are 47 days."""
    sheet = tmp_path / "s.yaml"
    sheet.write_text(
        "kind: api\nseller: s\nname: S\ndefault_place: here\nmodels:\n  - id: m\n    prices:\n"
        "      - {checked_on: 2026-09-01, source: https://s.example, withdrawn_on: 2026-11-01,"
        " rates: {input: 1 USD / 1M tokens, output: 1 USD / 1M tokens}}\n",
        encoding="utf-8",
    )
    asked = ("--prices", str(sheet), "--no-builtin-prices", "-m", "s/m", *ASK, "--on", "2026-09-15", "--no-config")
    ran = llmcost("check", *asked, "--warn-before-end", days)
    assert (ran.code, ran.out.split()[0], says in ran.out) == (0, status, True), ran.out + ran.err
