"""docs/chart-functions.md lists every function there is, and every one of Helm's that there is not."""

from pathlib import Path

from kplan.render.function import GROUPS, LEFT_OUT, functions
from kplan.render.function.table import signature

PAGE = Path(__file__).parents[2] / "docs" / "chart-functions.md"
TITLES = {
    "flow": "Choices, errors and other templates",
    "loop": "Loops",
    "string": "Texts",
    "mapping": "Mappings",
    "list": "Lists",
    "number": "Numbers",
    "encoding": "Encodings and checksums",
    "pattern": "Regular expressions",
    "kind": "Kinds, versions, paths, addresses",
    "date": "Dates",
    "chance": "Chance",
    "certificate": "Certificates",
}
HELM_NAMES = (Path(__file__).parent.parent / "conformance" / "chart-functions" / "names.txt").read_text().split()
OWN = {"raw", "range", "each", "entries", "optional"}


def _escaped(call) -> str:
    return (call.__doc__ or "").splitlines()[0].replace("|", "\\|")


def tables() -> str:
    lines: list[str] = []
    for group, title in TITLES.items():
        lines += [f"### {title}", "", "| function | result |", "|---|---|"]
        by_call: dict[object, list[str]] = {}
        for function in functions().values():
            if function.group == group:
                by_call.setdefault(function.call, []).append(function.name)
        for call, names in by_call.items():
            arguments, _, least, rest = signature(functions()[names[0]])
            shown = [name if number < least else f"[{name}]" for number, name in enumerate(arguments)]
            written = ", ".join([*shown, *(["..."] if rest else [])])
            others = "".join(f", `{name}`" for name in names[1:])
            lines.append(f"| `{names[0]}({written})`{others} | {_escaped(call)} |".replace("|`", "| `"))
        lines.append("")
    lines += ["## Left out", "", "| function | why |", "|---|---|"]
    reasons: dict[str, list[str]] = {}
    for name, reason in LEFT_OUT.items():
        reasons.setdefault(reason, []).append(name)
    lines += [f"| {', '.join(f'`{name}`' for name in names)} | {reason} |" for reason, names in reasons.items()]
    return "\n".join(lines) + "\n"


def test_page_is_up_to_date(request):
    head, heading, _ = PAGE.read_text(encoding="utf-8").partition("## All functions\n\n")
    made = head + heading + tables()
    if request.config.getoption("--update"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made


def test_every_function_of_helm_is_there_or_left_out_with_a_reason():
    assert set(functions()) | set(LEFT_OUT) == set(HELM_NAMES) | OWN
    assert not set(functions()) & set(LEFT_OUT)


def test_every_group_has_a_title():
    assert {function.group for function in functions().values()} == set(TITLES)
    assert len(GROUPS) == len(TITLES)


def test_every_function_says_what_it_gives():
    assert all(function.call.__doc__ for function in functions().values())
