"""Records what a real helm makes of template functions: tests/conformance/chart-functions/cases.jsonl.gz.

    python scripts/record_chart_functions.py

Needs Go, which fetches helm's engine. A call is `[name, argument, ...]`; an argument is plain data, or
`{"call": [...]}`. What helm makes of it is recorded as JSON, or as `"fails": true` where rendering stops with an error.
What helm makes of input that it hides an error about, and of texts that it takes apart bytewise, is not recorded.
"""

# ruff: noqa: D103, E501
from __future__ import annotations

import gzip
import json
import os
import subprocess
import tempfile
from pathlib import Path

HELM = "v3.22.0"
PROGRAM = """package main

import (
	"encoding/json"
	"os"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

func one(expression string) *string {
	files := []*chart.File{{Name: "templates/a", Data: []byte("{{ toJson (" + expression + ") }}")}}
	c := &chart.Chart{Metadata: &chart.Metadata{Name: "c", Version: "1.0.0"}, Templates: files}
	values := chartutil.Values{"Values": chartutil.Values{}, "Release": chartutil.Values{}, "Capabilities": chartutil.Values{}}
	rendered, err := engine.Render(c, values)
	if err != nil {
		return nil
	}
	text := rendered["c/templates/a"]
	return &text
}

func main() {
	var expressions []string
	if err := json.NewDecoder(os.Stdin).Decode(&expressions); err != nil {
		panic(err)
	}
	results := []*string{}
	for _, expression := range expressions {
		results = append(results, one(expression))
	}
	json.NewEncoder(os.Stdout).Encode(results)
}
"""
TARGET = Path(__file__).parent.parent / "tests" / "conformance" / "chart-functions" / "cases.jsonl.gz"
TEXTS = ["", "a", "hello world", "Hello World", "one_two-three Four", "  spaced out ", "oneTwo3Four", "HTTPServer", "ünï cödé",
         "a,b,,c", "line one\nline two\n", 'quo"te \\ \'s', "1.5", "42", "-7", "0x1F", "010", "true", "2024-02-29"]  # fmt: skip
ONE_TEXT = ["trim", "upper", "lower", "title", "untitle", "nospace", "initials", "swapcase", "snakecase", "camelcase",
            "kebabcase", "quote", "squote", "toString", "b64enc", "b32enc", "sha1sum", "sha256sum", "sha512sum",
            "adler32sum", "atoi", "int", "int64", "float64", "toDecimal", "toYaml", "toJson", "toPrettyJson", "toRawJson",
            "regexQuoteMeta", "empty", "base", "dir", "clean", "ext", "isAbs", "kindOf", "typeOf", "html", "urlquery",
            "duration", "durationRound", "toStrings", "sortAlpha", "len"]  # fmt: skip
VALUES = [
    None,
    True,
    False,
    0,
    1,
    -3,
    1.5,
    0.0,
    1e6,
    123456789.0,
    1e21,
    1e-7,
    [],
    [1, "a", None, 2.5],
    {},
    {"b": 1, "a": [True]},
]
ONE_VALUE = ["toString", "quote", "squote", "int", "float64", "empty", "toYaml", "toJson", "toPrettyJson", "kindOf", "typeOf",
             "toStrings", "ceil", "floor", "print", "default", "toDecimal", "add1", "html"]  # fmt: skip
BYTEWISE = ("nospace", "initials")
YAML_TEXTS = ["", "y", "Yes", "on", "null", "~", "1", "1.0", "1e3", "0x10", "0o7", "010", "1_000", ".5", "+1", "-", "- a", "a: b",
              "a:b", "a:", ": a", "#a", "a #b", "a#b", " a", "a ", "*a", "&a", "!a", "%a", "@a", "`a", "'a", '"a', "[a", "{a", "a]",
              ">a", "|a", "?", "? a", "?a", "---", "--- a", "...", "12:30", "12:30:45", "1:2", "2024-01-01", "2024-13-01",
              "2024-01-01T10:00:00Z", "<<", "=", ".inf", ".nan", "a\nb", "a\nb\n", "a\n\n", "\na", " a\nb", "a \nb", "a\n b",
              "tab\there", "\t", "é", "\u2028", "\ufeff", "\x00", "a\rb", "0b11", "0.", "1.e5", "e5", "_1", "0_", "true ",
              "TRUE", "tRue", "N", "n", "NO", "off", "NaN", ".NAN", "inf", "-.inf", "1,2", "a,b", "a{b", "x" * 130, "key: |", "@",
              "1.2.3", "v1.2", "10.0.0.1", "::1", "1:", "-1", "--", "-a", "a-", "\\", "a\\nb", "😀", "08", "0.0.0", "1e400"]  # fmt: skip
MAPS = [{"b": 1, "a": {"d": [1, {"e": "f", "g": []}], "c": None}}, {"a10": 1, "a9": 2, "a1": 3, "A": 4, "_": 5, "b-1": 6, "b1": 7},
        {"list": [[1, 2], [], [[3]], {"a": 1, "b": [1]}], "text": "a\nb"}, {"x" * 140: 1, "a\nb": 2, "": 3, "yes": 4, "1": 5},
        [{"a": 1}, "b", [{"c": "d"}]], {"script": "#!/bin/sh\nset -e\n\necho  hi\n", "n": -0.5, "e": 1e-9, "big": 12345678901234}]  # fmt: skip
PATTERNS = [("a+", "caaandaa"), ("(a)(b)?", "ab a"), ("^x", "xx\nx"), ("(?m)^x$", "x\nx\ny"), ("[^a-c]+", "abcdefabc"), ("", "abc"),
            ("a*", "baaac"), ("\\d{2,3}", "1 12 123 1234"), ("(?i)hello", "HeLLo"), ("(?P<first>\\w+) (?P<last>\\w+)", "ann lee"),
            ("a|ab", "ab"), ("(a|ab)(c|bcd)", "abcd"), ("a+?", "aaa"), ("(?s).", "a\n"), (".", "a\nb"), ("\\bfoo\\b", "foo food"),
            ("[[:alpha:]]+", "ab1c"), ("x*?y", "xxy"), ("\\.", "a.b.c"), ("$", "ab\n"), ("\\z", "ab"), ("[\\]a]", "]a"), ("[a\\-z]", "-"),
            ("(", "a"), ("a{,2}", "a{,2}"), ("a**", "a"), ("[z-a]", "z"), ("\\pL+", "éa1"), ("(?U)a+", "aaa"), ("é", "caféé"),
            ("(a*)*", "aab"), ("(a|b)*c|(a|ab)*c", "abc"), ("\\Qa.b\\E", "a.b"), ("x{2}", "xxxx"), ("(?:ab)+", "ababa"), ("\\x41", "A")]  # fmt: skip
TIMES = ["2006-01-02", "2006-01-02T15:04:05Z07:00", "Mon Jan _2 15:04:05 2006", "02 Jan 06 03:04 PM", "3:04pm", "2006.002", "15h04",
         "January 2, 2006", "20060102150405", "05.000", "05.999", "Z0700 MST -07", "1/2/06"]  # fmt: skip


def text_calls() -> list[list[object]]:
    calls: list[list[object]] = [[n, t] for n in ONE_TEXT for t in TEXTS if t.isascii() or n not in BYTEWISE]
    calls += [[name, value] for name in ONE_VALUE for value in VALUES]
    calls += [["toYaml", text] for text in YAML_TEXTS] + [["toYaml", {"k": text}] for text in YAML_TEXTS]
    calls += [["toYaml", {text: 1}] for text in YAML_TEXTS if text] + [["toYaml", [text]] for text in YAML_TEXTS]
    calls += [[name, each] for each in MAPS for name in ("toYaml", "toJson", "toPrettyJson", "toRawJson", "toToml")]
    for count in (-100, -3, 0, 1, 4, 5, 8, 63):
        calls += [["trunc", count, text] for text in ("", "abc", "hello world")]
        calls += [["abbrev", count, "hello wide world"], ["repeat", max(count, 0) % 9, "ab"]]
    calls += [["abbrevboth", a, b, "1234 5678 9123"] for a in (0, 3, 5, 9) for b in (3, 5, 8, 10, 20)]
    calls += [["substr", a, b, "hello world"] for a in (-1, 0, 3) for b in (-1, 5, 50)]
    calls += [["wrap", n, "the quick brown extraordinarily fox"] for n in (0, 5, 9, 20, 80)]
    calls += [["wrapWith", n, "\t", "the quick brown extraordinarily fox"] for n in (1, 5, 9, 20)]
    calls += [["indent", n, text] for n in (0, 2) for text in ("a", "a\nb\n", "")] + [["nindent", 2, "a\n\nb"]]
    calls += [[name, part, text] for name in ("trimAll", "trimSuffix", "trimPrefix", "contains", "hasPrefix", "hasSuffix", "splitList",
              "split") for part in ("", "a", "ab", "-") for text in ("abab-a", "", "-")]  # fmt: skip
    calls += [["splitn", "-", n, "a-b-c-d"] for n in (-1, 0, 1, 2, 3, 9)]
    calls += [["replace", a, b, "banana"] for a in ("a", "", "an", "x") for b in ("", "o")]
    calls += [["plural", "one", "many", n] for n in (0, 1, 2)] + [["cat", "a", None, 1, [1], " b "], ["cat"]]
    calls += [
        ["print", "a", 1, 2, "b", 3.5, True, None],
        ["println", "a", 1],
        ["join", "-", [1, None, "a", 2.5]],
        ["join", "-", "x"],
    ]
    calls += [["b64dec", text] for text in ("aGk=", "", "aG\nk=")] + [["b32dec", "NBUQ===="]]
    return calls


def printf_calls() -> list[list[object]]:
    values: list[object] = ["text", 42, -7, 3.14159, True, None, [1, "a"], {"k": "v"}]
    verbs = ["%s", "%d", "%v", "%q", "%t", "%f", "%.2f", "%5d", "%-5d|", "%05d", "%x", "%X", "%o", "%b", "%c", "%U", "%e", "%g", "%G",
             "%6.2f", "%+d", "% d", "%10s|", "%-10s|", "%.3s", "%T", "%#x", "%z", "%08.3f", "%+v", "%x"]  # fmt: skip
    calls: list[list[object]] = [["printf", verb, value] for verb in verbs for value in values]
    calls += [
        ["printf", "%d%%"],
        ["printf", "100%"],
        ["printf", "%s %s", "a"],
        ["printf", "%s", "a", "b", 1],
        ["printf", "%*d", 5, 1],
    ]
    return calls


def data_calls() -> list[list[object]]:
    a, b = {"x": 1, "y": {"p": 1, "q": ""}, "z": [1]}, {"x": 2, "y": {"q": 2, "r": 3}, "z": [2, 3], "w": None}
    calls: list[list[object]] = [
        ["merge", a, b],
        ["merge", b, a],
        ["mergeOverwrite", a, b],
        ["mergeOverwrite", b, a],
        ["merge", {}, a, b],
    ]
    calls += [
        ["mergeOverwrite", {}, a, b],
        ["get", a, "x"],
        ["get", a, "no"],
        ["hasKey", a, "y"],
        ["hasKey", a, "no"],
        ["keys", {"k": 1}],
    ]
    calls += [
        ["pick", a, "x", "no"],
        ["omit", a, "x"],
        ["pluck", "x", a, b, {}],
        ["values", {"k": 1}],
        ["dict", "a", 1, "b"],
        ["dict"],
    ]
    calls += [
        ["dig", "y", "p", "d", a],
        ["dig", "y", "no", "d", a],
        ["dig", "no", "d", a],
        ["dig", "x", "y", "d", a],
        ["deepCopy", a],
    ]
    calls += [["set", a, "n", 1], ["unset", a, "x"], ["merge", a, "x"], ["mergeOverwrite", {"a": True}, {"a": False}]]
    items = [3, "b", None, "", "a", 3, 0, [1], {"k": 1}, True]
    for name in ("first", "last", "rest", "initial", "reverse", "compact", "uniq", "sortAlpha", "toStrings"):
        calls += [[name, items], [name, ["b", "a"]]]
    calls += [[name, []] for name in ("first", "last", "reverse", "compact", "uniq", "sortAlpha", "toStrings")]
    calls += [
        ["append", items, "n"],
        ["prepend", items, "n"],
        ["concat", [1], [], ["a"]],
        ["without", items, 3, "a"],
        ["has", 3, items],
    ]
    calls += [
        ["has", "3", items],
        ["has", [1], items],
        ["has", 1, None],
        ["slice", [1, 2, 3], 1],
        ["slice", [1, 2, 3], 1, 2],
        ["chunk", 2, [1, 2, 3]],
    ]
    calls += [
        ["slice", [1, 2, 3]],
        ["slice", [1], 2],
        ["chunk", 3, [1, 2, 3]],
        ["list"],
        ["list", 1, "a"],
        ["list", [1]],
    ]
    calls += [["until", n] for n in (0, 3, -3)] + [
        ["untilStep", *each] for each in ((0, 10, 3), (5, 0, -2), (0, 5, -1), (3, 3, 1), (0, 3, 0))
    ]
    calls += [
        ["seq", *each] for each in ((), (5,), (-2,), (2, 5), (5, 2), (0, 2, 5), (5, -2, 0), (0, -1, 5), (5, 2, 0), (1,))
    ]
    calls += [
        ["index", a, "y", "p"],
        ["index", a, "no"],
        ["index", [1, 2], 1],
        ["index", [1], 5],
        ["index", a],
        ["index", a, "x", "y"],
    ]
    calls += [["len", each] for each in (a, [1, 2], 5)]
    calls += [["coalesce", *each] for each in ((), (None, 0, "", "a"), (0, False), ([], {}, [0]))]
    calls += [["default", "d", each] for each in (None, "", 0, 0.0, False, [], {}, "a", 1, True, [0])] + [
        ["default", "d"]
    ]
    calls += [[name, *each] for name in ("all", "any") for each in ((), (1, "a"), (1, 0), (0, ""), (None,))]
    calls += [["ternary", "y", "n", each] for each in (True, False, 1)] + [
        ["required", "msg", each] for each in (None, "", 0, "a", False, [])
    ]
    calls += [
        ["fail", "stop"],
        ["deepEqual", a, a],
        ["deepEqual", a, b],
        ["deepEqual", 1, "1"],
        ["kindIs", "map", a],
        ["kindIs", "slice", [1]],
    ]
    calls += [
        ["typeIs", "string", "a"],
        ["typeIsLike", "string", "a"],
        ["lookup", "v1", "Pod", "", ""],
        ["getHostByName", "localhost"],
        ["hello"],
    ]
    calls += (
        [["fromJson", t] for t in ('{"a": [1, 2.5, null]}', "{}")]
        + [["mustFromJson", t] for t in ("[1]", '"x"', "12")]
        + [["fromJsonArray", "[1, 2]"]]
    )
    calls += [
        ["fromYaml", t]
        for t in ("a: 1\nb: [x, yes]\n", "", "a: 0x10\nb: 1e3\nc: 010\nd: 2024-01-01\n", "a: &x {b: 1}\nc: *x")
    ]
    calls += [
        ["fromYamlArray", "- 1\n- a: b"],
        ["fromToml", 'a = 1\n[b]\nc = [1, 2]\nd = "x"\n'],
        ["toToml", {"a": 1, "b": {"c": "d"}, "e": [{"f": 1}]}],
    ]
    return calls


def number_calls() -> list[list[object]]:
    calls: list[list[object]] = []
    for name in ("add", "sub", "mul", "div", "mod", "max", "min", "addf", "subf", "mulf", "divf", "maxf", "minf"):
        calls += [
            [name, *each]
            for each in ((7, 3), (-7, 3), (7.9, "2"), ("x", 5), (1.1, 2.2), (0.1, 0.2), (9223372036854775807, 1))
        ]
    calls += [
        ["div", 1, 0],
        ["mod", 1, 0],
        ["add"],
        ["add", 1, 2, 3],
        ["add1", "4"],
        ["add1f", 1.25],
        ["biggest", 1, 5, 3],
        ["divf", 10, 3, 7],
    ]
    calls += [["round", each, n] for each in (123.5555, -1.5, 2.5, 0.049, 1e15, "3.14159") for n in (0, 1, 3)] + [
        ["round", 1.2, 0, 0.1]
    ]
    calls += [[name, each] for name in ("floor", "ceil") for each in (1.1, -1.1, "2.5", 3)]
    calls += [
        ["int", each]
        for each in ("1e3", "1_000", " 1", "0b11", "9223372036854775808", "1.9", "-0", "007", "08", "abc", 1e18)
    ]
    calls += [["float64", each] for each in ("1e3", "1_0", " 1", "inf", "nan", "0x1p4", ".5")]
    calls += [
        ["printf", "%v", each] for each in (1e5, 1e6, 123456.0, 1234567.0, 0.0001, 0.00001, 1e20, 1e21, 100000.5, 1 / 3)
    ]
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        calls += [[name, 1, 2], [name, "a", "b"], [name, 2, 2], [name, 1, "a"]]
    calls += [["eq", "a", "b", "a"], ["eq", True, True]]
    return calls


def other_calls() -> list[list[object]]:
    calls: list[list[object]] = []
    for source, value in PATTERNS:
        calls += [
            ["mustRegexMatch", source, value],
            ["mustRegexFind", source, value],
            ["mustRegexFindAll", source, value, -1],
        ]
        calls += [
            ["mustRegexFindAll", source, value, 2],
            ["mustRegexSplit", source, value, -1],
            ["mustRegexSplit", source, value, 2],
        ]
        calls += [["mustRegexReplaceAll", source, value, new] for new in ("<$0>", "[${1}]", "$1x", "$$", "$")]
        calls += [["mustRegexReplaceAllLiteral", source, value, "$1"]]
    moments = [0, 1706976306, 951782400, -1]
    calls += [
        ["dateInZone", layout, moment, zone]
        for layout in TIMES
        for moment in moments
        for zone in ("UTC", "America/New_York")
    ]
    calls += [["dateInZone", "2006-01-02 15:04 MST", 0, "No/Where"], ["htmlDateInZone", 1706976306, "UTC"]]
    calls += [["dateInZone", "2006-01-02T15:04:05.000Z07:00", {"call": ["toDate", layout, text]}, "UTC"] for layout, text in
              (("2006-01-02", "2024-02-29"), ("2006-01-02 15:04:05", "2024-01-01 10:11:12"), ("Jan 2 2006 3:04PM", "Mar 5 2021 7:08PM"),
               ("2006-01-02T15:04:05Z07:00", "2024-01-01T00:00:00+02:00"), ("02/01/06", "05/03/99"))]  # fmt: skip
    calls += [["unixEpoch", {"call": ["toDate", "2006-01-02", "2024-02-29"]}], ["mustToDate", "2006-01-02", "x"]]
    calls += [["dateInZone", "2006-01-02T15:04:05", {"call": ["dateModify", shift, {"call": ["toDate", "2006-01-02", "2024-02-29"]}]}, "UTC"]
              for shift in ("1h", "-1.5h", "90m10s", "24h")]  # fmt: skip
    calls += [["duration", each] for each in ("95", "3600", "0", "x", "86400")]
    calls += [["durationRound", each] for each in ("2h10m5s", "400h", "9000h", "1ms", "61s", 1, "-3h", "x")]
    for constraint in (
        "^1.2.3",
        "~1.2",
        ">=1.2.0-0",
        "1.x",
        "<2 || >3",
        "!=1.2.3",
        "bad",
        ">= 1.0, < 2.0",
        "*",
        "1.2.3 - 2",
    ):
        calls += [
            ["semverCompare", constraint, version]
            for version in ("1.2.3", "v1.9.0", "2.0.0", "1.3.0-beta.1", "1.2", "x")
        ]
    calls += [
        ["urlParse", url]
        for url in (
            "http://user:pw@Host.com:80/a%20b/?q=1&r=a%20b#frag%20x",
            "mailto:a@b.c",
            "/only/path?x",
            "//h/p",
            "a b",
            "",
        )
    ]
    calls += [
        ["urlJoin", {"scheme": "https", "host": "h:1", "path": "/p q", "query": "a=1", "fragment": "f"}],
        ["urlJoin", {"host": "h", "path": "p"}],
    ]
    calls += [
        ["urlJoin", {"scheme": "http", "host": "h", "userinfo": "me"}],
        ["urlJoin", {"path": "/p"}],
        ["urlJoin", {"scheme": "s", "opaque": "o"}],
    ]
    for path in ("/a/b.txt", "a/b/", "/", "a//b/../c", "./x", "..", "a.tar.gz", ".hidden", "/a/"):
        calls += [
            [name, path]
            for name in ("base", "dir", "clean", "ext", "isAbs", "osBase", "osDir", "osClean", "osExt", "osIsAbs")
        ]
    return calls


def go(value: object) -> str:
    """An argument as Go's templates write it."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if "." in repr(value) or "e" in repr(value) else f"{value!r}.0"
    if isinstance(value, list):
        return "(list" + "".join(f" {go(each)}" for each in value) + ")"
    assert isinstance(value, dict)
    if set(value) == {"call"}:
        name, *arguments = value["call"]
        return f"({name}" + "".join(f" {go(each)}" for each in arguments) + ")"
    return "(dict" + "".join(f" {go(key)} {go(each)}" for key, each in value.items()) + ")"


def record(calls: list[list[object]]) -> list[dict[str, object]]:
    """What helm's engine makes of the calls."""
    expressions = []
    for name, *arguments in calls:
        expressions.append(f"{name}" + "".join(f" {go(each)}" for each in arguments))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.go").write_text(PROGRAM)
        Path(folder, "go.mod").write_text(f"module record\n\ngo 1.24\n\nrequire helm.sh/helm/v3 {HELM}\n")
        environment = {**os.environ, "GOFLAGS": "-mod=mod", "TZ": "UTC"}
        run = subprocess.run(
            ["go", "run", "."],
            cwd=folder,
            input=json.dumps(expressions),
            capture_output=True,
            text=True,
            env=environment,
        )
    if run.returncode:
        raise SystemExit(run.stderr)
    made = json.loads(run.stdout)
    return [
        {"call": call, "result": json.loads(result)} if result else {"call": call, "fails": True}
        for call, result in zip(calls, made, strict=True)
    ]


def main() -> None:
    calls = [*text_calls(), *printf_calls(), *data_calls(), *number_calls(), *other_calls()]
    unique = list({json.dumps(call): call for call in calls}.values())
    rows = record(unique)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    TARGET.write_bytes(gzip.compress(body.encode(), 9, mtime=0))
    print(len(rows), "calls,", sum("fails" in row for row in rows), "fail")


if __name__ == "__main__":
    main()
