"""Changes that no replacement helps: the new form of the object would be refused of a new object, too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from kplan.differ import Storage, by_ref, field_changes
from kplan.differ.refused import Refused
from kplan.errors import InputError
from kplan.model import Finding, Manifest, ObjectRef, Problem, Resource
from kplan.model.change import Change, FieldChange, Verb
from kplan.planner.model import Plan
from kplan.rules.engine import finding

NOTE = "its new form has errors"
_HELP = "a new object of this form is refused, too: correct the manifest"


def hopeless(before: Manifest, after: Manifest, storage: Storage, broken: Collection[ObjectRef]) -> Iterator[Finding]:
    """All that is refused of changes to objects whose new form is no good by itself.

    Objects in `broken` are left out: what cannot be read is not compared.
    """
    old = by_ref(before)
    for ref, resource in by_ref(after).items():
        known = old.get(ref)
        if known is None or ref in broken:
            continue
        try:
            found = storage.refused(known, resource)
        except InputError:
            continue
        if not all(each.anew for each in found):
            yield from _findings(resource, found, field_changes(known, resource, storage))


def _findings(resource: Resource, found: Iterable[Refused], fields: tuple[FieldChange, ...]) -> Iterator[Finding]:
    for each in found:
        refusal = each.refusal
        path = next((field.path for field in fields if refusal.covers(field.path)), refusal.fault.path)
        path = path if each.anew else refusal.fault.path
        yield finding(refusal.rule, resource, Problem(path, f"{refusal.fault.field}: {refusal.detail}", _HELP))


def with_hopeless(plan: Plan, before: Manifest, after: Manifest, storage: Storage) -> Plan:
    """The plan, with the fields of the changes that `hopeless` found, in place of nothing at all.

    In the simulation these objects stay as they are.
    """
    faulty = {found.ref for found in plan.findings if found.group == "updates"}
    old, new = by_ref(before), by_ref(after)

    def shown(change: Change) -> Change:
        ref = change.ref
        if change.verb != Verb.KEEP or ref not in faulty or ref not in old or ref not in new:
            return change
        return Change(Verb.REPLACE, ref, field_changes(old[ref], new[ref], storage), note=NOTE)

    return replace(plan, changes=tuple(map(shown, plan.changes)))
