"""What ``llmcost init --ci`` writes beside a workload: budgets that pass, and a job that judges them."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import NamedTuple

CI_CONFIG = """\
# What llmcost takes in this folder and below when nothing else is named. `llmcost schema config` prints every key.
version: 1
workload: workload.yaml
models: [qwen3.6-plus]              # the model that is used, by its exact name
budgets:                            # what `llmcost check` judges; these pass with the workload as it was written
  - name: app
    max_monthly: 500 USD
    warn_at: 80%
  - name: prices
    warn_before_end: 60 days        # warns when the model is about to be withdrawn
# currency: EUR
# discounts: [alibaba -10%]         # negotiated, by seller, model or meter; shown as a step of its own
"""

GITHUB = """\
# Judges the budgets of llmcost.yaml on a pull request, and says in one comment what it changes. It needs no secret.
name: llmcost
on: pull_request
permissions: {contents: read, pull-requests: write}
jobs:
  budget:
    runs-on: ubuntu-latest
    env:
      BASE: origin/${{ github.base_ref }}
      NUMBER: ${{ github.event.number }}
      GH_TOKEN: ${{ github.token }}
    steps:
      - uses: actions/checkout@v5
        with: {fetch-depth: 0}      # the base too, for what changed
      - uses: actions/setup-python@v6
        with: {python-version: "3.12"}
      - run: pip install --quiet '@PACKAGE@'
      - name: What changes
        run: |
          llmcost diff "git:$BASE:workload.yaml" workload.yaml -f markdown -o comment.md \\
            || echo '### llmcost: there is no workload.yaml to compare with yet' > comment.md
          cat comment.md >> "$GITHUB_STEP_SUMMARY"
      - name: Comment
        continue-on-error: true     # a fork's pull request may not write
        run: gh pr comment "$NUMBER" --edit-last --create-if-none --body-file comment.md
      - name: Check budgets
        run: llmcost check -f github
"""

GITLAB = """\
# Judges the budgets of llmcost.yaml on a merge request; what it changes stands in the job's log. It needs no token.
llmcost:
  image: python:3.12
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0"                  # the base too, for what changed
  script:
    - pip install --quiet '@PACKAGE@'
    - git fetch --quiet origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - llmcost diff git:FETCH_HEAD:workload.yaml workload.yaml || true    # there may be none to compare with yet
    - llmcost check --exit-zero -f gitlab -o gl-code-quality-report.json || true
    - llmcost check --exit-zero -f junit -o llmcost-junit.xml || true
    - llmcost check
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: llmcost-junit.xml
"""


class CiTemplate(NamedTuple):
    """A job of a service: the file it stands in, and its text."""

    path: str
    text: str


SERVICES = {
    "github": CiTemplate(".github/workflows/llmcost.yml", GITHUB),
    "gitlab": CiTemplate(".gitlab-ci.yml", GITLAB),
}
UNKNOWN = "git+https://HOST/OWNER/llmcost@COMMIT"
"""Where pip finds llmcost, to be filled in where the installation does not say it."""


def job_of(service: str) -> str:
    """The text of a service's job, which installs llmcost as it is installed here."""
    return SERVICES[service].text.replace("@PACKAGE@", package())


def package() -> str:
    """What pip installs to have this llmcost again: the repository and commit it came from, where pip wrote it down."""
    try:
        found = distribution("llmcost-cli").read_text("direct_url.json")
        origin = json.loads(found) if found else {}
        version = origin["vcs_info"]
        return f"{version['vcs']}+{origin['url']}@{version['commit_id']}"
    except (PackageNotFoundError, KeyError, TypeError, ValueError):
        return UNKNOWN
