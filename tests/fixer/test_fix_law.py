"""A safe fix removes its finding and adds none, whatever one letter or quote does to a manifest."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from kplan.k8s.version import NEWEST
from kplan.loader import load_text
from kplan.pipeline import fix, lint_manifest

BASE = """\
# the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # its name
  labels: {app: web}
spec:
  # three of them
  replicas: 3
  minReadySeconds: 5   # seconds
  selector: {matchLabels: {app: web}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: default
      terminationGracePeriodSeconds: 30
      containers:
        # the server
        - name: web
          image: "registry.example/web:1.4"
          imagePullPolicy: IfNotPresent
          env:
            - {name: DEBUG, value: "yes"}   # text
            - name: LEVEL
              value: "3"
          ports:
            - {name: http, containerPort: 8080, protocol: TCP}
          readinessProbe:
            httpGet: {path: /ready, port: http}
          resources:
            requests: {cpu: 100m, memory: 64Mi}
            limits: {memory: 64Mi}
"""
KEYS = [match.span(1) for match in re.finditer(r"(?m)(?:^ *(?:- )?|[{,] ?)([A-Za-z]+):", BASE)]
QUOTED = [match.span() for match in re.finditer(r'"(?:yes|3)"', BASE)]
CASED = [match.span() for match in re.finditer(r"IfNotPresent|TCP|RollingUpdate(?=\n)", BASE)]


@st.composite
def broken(draw: st.DrawFn) -> str:
    """The manifest with a few letters of keys changed, quotes left out, words in small letters, and a line twice."""
    text = BASE
    changes = draw(st.lists(st.sampled_from([*KEYS, *QUOTED, *CASED]), max_size=3, unique=True))
    for start, end in sorted(changes, reverse=True):
        word = text[start:end]
        at = draw(st.integers(0, len(word) - 1))
        if (start, end) in QUOTED:
            new = word.strip('"')
        elif (start, end) in CASED:
            new = word.lower()
        else:
            new = draw(st.sampled_from([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word.lower()]))
        text = text[:start] + (new or "x") + text[end:]
    if draw(st.booleans()):
        lines = text.splitlines(keepends=True)
        at = draw(st.sampled_from([n for n, line in enumerate(lines) if re.match(r" +[a-zA-Z]+: \S", line)]))
        text = "".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])
    return text


def _findings(text: str) -> list[tuple[str, str, str]]:
    found = lint_manifest(load_text(text, file="a.yaml"), minor=NEWEST)
    return [(f.rule, f.group, f.message) for f in found]


@given(broken())
@example(BASE)
def test_a_fix_removes_findings_and_adds_none(text: str) -> None:
    result = fix({"a.yaml": text.encode()}, minor=NEWEST)
    after = result.files[0].after.decode()
    before, left = _findings(text), _findings(after)
    hidden = any(group in ("schema", "syntax") for _, group, _ in before)
    assert len(left) + len(result.fixes) <= len(before) or hidden
    assert hidden or {f.rule for f in result.fixes} <= {rule for rule, _, _ in before}
    assert not Counter(found for found in left if found[1] in ("schema", "syntax")) - Counter(before)
    if not result.fixes:
        assert after == text
    else:
        assert re.findall("#.*", text)[0] in after
    again = fix({"a.yaml": after.encode()}, minor=NEWEST)
    assert not again.fixes
    assert again.files[0].after.decode() == after


@given(st.sampled_from(KEYS), st.data())
def test_a_misspelt_key_that_is_fixed_is_as_it_was(span: tuple[int, int], data: st.DataObject) -> None:
    start, end = span
    word = BASE[start:end]
    at = data.draw(st.integers(0, len(word) - 1))
    text = BASE[:start] + word[:at] + word[at + 1 :] + BASE[end:]
    result = fix({"a.yaml": text.encode()}, minor=NEWEST)
    after = result.files[0].after.decode()
    assert after == (BASE if result.fixes else text)
