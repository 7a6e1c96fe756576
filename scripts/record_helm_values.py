"""Record what a real helm makes of values, for the tests: `python scripts/record_helm_values.py HELM`.

The charts in tests/conformance/helm_values/charts print the values that their templates see. The cases are drawn with
a fixed seed: values files with nulls, tables over scalars and the like, and texts for the `--set` family, well-formed
and not. Written: tests/conformance/helm_values/more.json.gz.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent.parent / "tests/conformance/helm_values"
KEYS = {
    "probe": ["name", "replicas", "list", "hosts", "nested", "a", "b", "image", "tag", "kid", "extra", "q", "global"],
    "umbrella": [
        "web", "main", "spare", "lib", "old", "loose", "global", "tags", "database", "top", "cache", "port", "enabled",
        "conn", "back", "front", "extra", "exports", "shared", "deep", "a", "host", "true", "opts", "seen", "stats",
    ],
}  # fmt: skip
SCALARS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    80,
    1.5,
    12345678901234567890,
    "",
    "x",
    "1.10",
    "null",
    [],
    {},
    [1, None],
]
TEXTS = [
    "1",
    "007",
    "null",
    "true",
    "1.5",
    "x",
    "",
    "a b",
    "{a,b}",
    "{}",
    r"a\,b",
    "{1,{x}",
    "-4",
    "+3",
    "9" * 20,
    "é",
    "=",
]
JSONS = [
    "1",
    "null",
    '"x"',
    "[1,2]",
    '{"a":{"b":null}}',
    "1.50",
    "{",
    "",
    "NaN",
    '{"a":1,"a":2}',
    "12345678901234567890",
]
OPTIONS = ["--set", "--set", "--set", "--set-string", "--set-json", "--set-literal"]


def table(random: random.Random, keys: list[str], depth: int) -> dict[str, Any]:
    """A mapping of some of the keys, with values of all kinds."""
    chosen = random.sample(keys, random.randint(1, 3))
    return {key: value(random, keys, depth - 1) for key in chosen}


def value(random: random.Random, keys: list[str], depth: int) -> Any:
    """A scalar, a list or a mapping."""
    if depth > 0 and random.random() < 0.65:
        return table(random, keys, depth)
    return random.choice(SCALARS)


def key(random: random.Random, keys: list[str]) -> str:
    """The left side of an assignment."""
    parts = [random.choice(keys) for _ in range(random.randint(1, 4))]
    text = parts[0]
    for part in parts[1:]:
        text += random.choice([".", ".", ".", "[0].", "[1].", "[0][1].", "..", "[x].", r"\."]) + part
    return text + random.choice(["", "", "", "[0]", "[2]", "[-1]", "["])


def option(random: random.Random, keys: list[str]) -> list[str]:
    """One option with its text."""
    name = random.choice(OPTIONS)
    texts = JSONS if name == "--set-json" else TEXTS
    pairs = [f"{key(random, keys)}={random.choice(texts)}" for _ in range(random.choice([1, 1, 2]))]
    return [name, ",".join(pairs) + random.choice(["", "", "", ",", "\\"])]


def seen(helm: str, case: dict[str, Any]) -> dict[str, Any]:
    """The case with what helm says to it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [helm, "template", "rel", str(HERE / "charts" / case["chart"]), "--kube-version", "1.33.0"]
        for number, text in enumerate(case["files"]):
            Path(folder, f"{number}.yaml").write_text(text)
            command += ["-f", f"{folder}/{number}.yaml"]
        done = subprocess.run(command + case["args"], capture_output=True, text=True, check=False)
    documents = [d for d in yaml.safe_load_all(done.stdout) if d] if done.returncode == 0 else []
    values = {d["metadata"]["name"]: json.loads(d["data"]["values"]) for d in documents}
    return {**case, "rc": done.returncode, "seen": values}


def main() -> None:
    """Draw the cases, ask helm, write the answers."""
    draw = random.Random(7)
    cases = []
    for number in range(700):
        chart = draw.choice(["probe", "umbrella", "umbrella"])
        keys = KEYS[chart]
        files = [yaml.safe_dump(table(draw, keys, 4)) for _ in range(draw.choice([0, 1, 1, 2]))]
        args = [text for _ in range(draw.choice([0, 1, 1, 2])) for text in option(draw, keys)]
        cases.append({"id": number, "chart": chart, "files": files, "args": args})
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: seen(sys.argv[1], case), cases))
    text = json.dumps(answers, indent=0, ensure_ascii=False).encode()
    (HERE / "more.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    print(len(answers), "cases,", sum(a["rc"] != 0 for a in answers), "refused")


if __name__ == "__main__":
    main()
