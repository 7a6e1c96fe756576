"""A plan for people, on one page: what changes, what rolls and how far availability falls, what can go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kplan.k8s.version import format_version
from kplan.model import ObjectRef
from kplan.model.change import Verb
from kplan.planner.build import headline
from kplan.planner.model import Effect, Plan, Rollout, RolloutStep, ServicePlan
from kplan.planner.sentence import plural
from kplan.report.colour import Paint, plain
from kplan.report.diff_text import WIDTH, Namer, change_lines, cut, kept_lines, wrap
from kplan.report.plan_risk import error_lines, risk_lines
from kplan.report.plan_undo import undo_lines
from kplan.report.plan_what_if import stuck_lines, what_if_lines

_LONGEST = 14
"""A table of more steps is folded in its middle."""
_HEAD, _TAIL = 6, 4
_MOVING = (Effect.ROLL, Effect.SCALE, Effect.DELETE, Effect.REPLACE)


def report(plan: Plan, *, paint: Paint = plain) -> str:
    """The plan, lines that end in newlines."""
    name = Namer(change.ref for change in plan.changes)
    sections = [
        list(undo_lines(plan.undo, name, paint)) if plan.undo else [],
        _section("Errors", error_lines(plan.findings, paint), paint),
        _section("Changes", _changes(plan, name, paint), paint),
        *(_section("", _rollout(each, name, plan, paint), paint) for each in plan.rollouts if _has_table(each)),
        _section("Services", _services(plan, name, paint), paint),
        _section("Stuck", stuck_lines(plan, name, paint), paint),
        *(_section("", what_if_lines(each, name, paint), paint) for each in plan.what_ifs),
        _section("Risks", risk_lines(plan, name, paint), paint),
        _section("Not predicted", (line for text in plan.unknown for line in wrap(text, "  ")), paint),
        _closing(plan, paint),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _section(title: str, lines: Iterable[str], paint: Paint) -> list[str]:
    found = list(lines)
    return [paint("strong", title), *found] if found and title else found


def _changes(plan: Plan, name: Namer, paint: Paint) -> Iterator[str]:
    effects = {each.ref: each for each in plan.rollouts}
    for change in plan.changes:
        if change.verb != Verb.KEEP:
            found = effects.get(change.ref)
            yield from change_lines(change, name, paint, _effect(found) if found else "")
            yield from _notes(plan, change.ref)
    yield from kept_lines(plan.changes, name, paint)
    kept = [change.ref for change in plan.changes if change.verb == Verb.KEEP]
    noted = [note for note in plan.notes if note.ref in set(kept)]
    for note in noted[:_LONGEST]:
        yield from wrap(f"{name(note.ref)} {note.text}", "      ", paint, "dim")
    if len(noted) > _LONGEST:
        yield paint("dim", f"      and so do {len(noted) - _LONGEST} more")


def _effect(found: Rollout) -> str:
    if found.effect == Effect.CREATE or not _has_table(found):
        return found.summary
    return ""


def _notes(plan: Plan, ref: ObjectRef) -> Iterator[str]:
    for note in plan.notes:
        if note.ref == ref:
            yield from wrap(note.text, "      ")


def _has_table(found: Rollout) -> bool:
    return found.effect in _MOVING and len(found.steps) > 1


def _rollout(found: Rollout, name: Namer, plan: Plan, paint: Paint) -> Iterator[str]:
    first, *more = wrap(f"{name(found.ref)} {found.summary}", "")
    yield paint("strong", name(found.ref)) + first.removeprefix(name(found.ref))
    yield from more
    for text in found.because[:5]:
        yield from wrap(f"because   {text} changes", "  ")
    if len(found.because) > 5:
        yield f"            and {len(found.because) - 5} more fields of its pod template"
    yield from _names(found)
    if found.strategy and found.effect == Effect.ROLL:
        yield from _limits(found)
    yield ""
    yield from _table(found, plan, paint)
    yield ""
    yield from _outcome(found, paint)


def _names(found: Rollout) -> Iterator[str]:
    if found.effect == Effect.SCALE or not (found.new_name or found.old_names):
        return
    kind = "ReplicaSet" if found.ref.kind == "Deployment" else "revision"
    if found.old_names:
        yield from wrap(f"from      {kind} {', '.join(found.old_names)}", "  ")
    if found.new_name:
        pods = f", pods {found.new_name}-?" if kind == "ReplicaSet" else ""
        yield from wrap(f"to        {kind} {found.new_name}{pods}", "  ")
    if found.removed:
        text = f"removes   {kind} {', '.join(found.removed)} (revisionHistoryLimit): no way back to it"
        yield from wrap(text, "  ")


def _limits(found: Rollout) -> Iterator[str]:
    if found.strategy == "Recreate":
        yield "  strategy  Recreate: every old pod stops before the first new one starts"
        return
    yield f"  strategy  {found.strategy}" + (":" if found.most_pods is not None else "")
    if found.most_pods is not None:
        least = f"at least {found.least_available} available"
        yield f"            at most {plural(found.most_pods, 'pod')} beside those that are stopping, {least}"


def _table(found: Rollout, plan: Plan, paint: Paint) -> Iterator[str]:
    two = bool(found.old_names) and found.effect in (Effect.ROLL, Effect.REPLACE)
    columns = ("old", "new", "available", "pods") if two else ("ready", "available", "pods")
    word = "wave" if plan.policy == "batch" else "step"
    shown_steps = _fold(found.steps)
    what = [_what(step) if isinstance(step, RolloutStep) else step for step in shown_steps]
    wide = min(max(24, *(len(text) for text in what)), WIDTH - 12 - 10 * len(columns))
    heads = [f"{c} ready" if c in ("old", "new") and found.ref.kind != "StatefulSet" else c for c in columns]
    yield paint("dim", f"  {word:>5}  {'what happens':<{wide}}" + "".join(f"{head:>10}" for head in heads))
    for step, text in zip(shown_steps, what, strict=True):
        if isinstance(step, str):
            yield paint("dim", f"      :  {text}")
            continue
        ready = (step.old, step.new) if two else (step.old + step.new,)
        low = (
            found.least_available is not None and found.effect == Effect.ROLL and step.available < found.least_available
        )
        numbers = [f"{number:>10}" for number in (*ready, step.available, step.pods)]
        if low:
            numbers[-2] = paint("error", numbers[-2])
        yield f"  {step.number:>5}  {cut(text, wide):<{wide}}" + "".join(numbers)


def _what(step: RolloutStep) -> str:
    return "before" if step.number == 0 else step.what or "apply"


def _fold(steps: Sequence[RolloutStep]) -> list[RolloutStep | str]:
    """The steps, those in the middle of many as one line that says what they come to."""
    if len(steps) <= _LONGEST:
        return list(steps)
    middle = steps[_HEAD:-_TAIL]
    first, last = steps[_HEAD - 1], middle[-1]
    parts = [
        f"{abs(n)} {word}" for n, word in ((last.new - first.new, "new ready"), (first.old - last.old, "old gone")) if n
    ]
    low = min(step.available for step in middle)
    text = f"steps {middle[0].number} to {last.number}: {', '.join(parts) or 'the same'}; never below {low} available"
    return [*steps[:_HEAD], text, *steps[-_TAIL:]]


def _outcome(found: Rollout, paint: Paint) -> Iterator[str]:
    peak = found.peak
    asked = [text for text in (_cpu(peak.cpu_m), _memory(peak.memory_b)) if text]
    requests = f", which request {' and '.join(asked)}" if asked else ""
    yield f"  at most   {plural(peak.pods, 'pod')} at one moment{requests}"
    counted = found.fewest_available is not None and found.replicas_after is not None
    if counted and found.effect in (Effect.ROLL, Effect.REPLACE):
        text = f"  at least  {found.fewest_available} of {found.replicas_after} available"
        falls = found.fewest_available == 0 and bool(found.replicas_after)
        yield paint("error", text + ": an outage") if falls else text
    if not found.finished:
        yield paint("error", "  It does not come to an end by itself.")


def _cpu(millicores: int) -> str:
    """Millicores as a quantity with its unit; "" for none.

    >>> _cpu(500), _cpu(2000), _cpu(0)
    ('500m cpu', '2 cpu', '')
    """
    if not millicores:
        return ""
    return f"{millicores // 1000} cpu" if millicores % 1000 == 0 else f"{millicores}m cpu"


def _memory(size_b: int) -> str:
    """Bytes in the largest binary unit that keeps them exact enough; "" for none.

    >>> _memory(335544320), _memory(3 * 2**30), _memory(1000)
    ('320Mi memory', '3Gi memory', '1000 bytes memory')
    """
    if not size_b:
        return ""
    for unit, shift in (("Gi", 30), ("Mi", 20), ("Ki", 10)):
        if size_b >= 1 << shift and size_b % (1 << shift) == 0:
            return f"{size_b >> shift}{unit} memory"
    return f"{size_b / 2**20:.1f}Mi memory" if size_b >= 1 << 20 else f"{size_b} bytes memory"


def _services(plan: Plan, name: Namer, paint: Paint) -> Iterator[str]:
    for service in plan.services:
        text = f"  {name(service.ref)}  {_endpoints(service)}"
        yield from wrap(text.strip(), "  ", paint, "error" if service.at_zero else "")


def _endpoints(service: ServicePlan) -> str:
    first, last = service.endpoints[0], service.endpoints[-1]
    shares = ""
    if len(service.shares) > 1:
        shares = ", of " + ", ".join(f"{owner} {count}" for owner, count in service.shares)
    if set(service.endpoints) == {first}:
        return f"{plural(first, 'endpoint')} throughout{shares}"
    fewest = min(service.endpoints) if first else last
    text = f"{plural(first, 'endpoint')} before, {last} after{shares}"
    if first and fewest < min(first, last):
        text += f", at fewest {fewest}"
    if service.at_zero:
        text += f"; none at {_ranges(service.at_zero)}: nothing answers"
    return text


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers as steps: `step 3`, `steps 2 to 4 and 7`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return f"step{'s' if len(numbers) > 1 else ''} {listed}"


def _closing(plan: Plan, paint: Paint) -> list[str]:
    lines = []
    if any(each.old_names for each in plan.rollouts if each.ref.kind == "Deployment"):
        version = format_version(plan.minor)
        lines += list(wrap(_OLD_NAMES.format(version=version), "", paint, "dim"))
    nodes = {each.replicas_after for each in plan.rollouts if each.ref.kind == "DaemonSet" and each.replicas_after}
    if nodes:
        lines.append(paint("dim", f"DaemonSets are planned for {plural(max(nodes), 'node')} (--nodes)."))
    lines += (paint("error", text) for text in _faults(plan))
    return [*lines, paint("strong", headline(plan))]


def _faults(plan: Plan) -> Iterator[str]:
    replaced = {change.ref for change in plan.changes if change.verb == Verb.REPLACE and not change.note}
    refused = sum(finding.group == "updates" and finding.ref in replaced for finding in plan.findings)
    if wrong := len(plan.findings) - refused:
        yield f"{plural(wrong, 'error')} in the manifests: objects that the API server refuses are not in this plan."
    if refused:
        yield f"{plural(refused, 'change')} that the API server refuses: this plan deletes and makes anew."


_OLD_NAMES = "Old ReplicaSets are named as made at {version}; made at another minor, their names may differ."
