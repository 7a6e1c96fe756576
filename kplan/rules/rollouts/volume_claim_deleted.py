"""Claims that go, and the data with them."""

from __future__ import annotations

from collections.abc import Iterator

from kplan.model import ObjectRef, Severity
from kplan.model.change import Verb
from kplan.rules.outlook import Hazard, Outlook, plural
from kplan.rules.rule import risk
from kplan.rules.stateful_set import claims_of


@risk(severity=Severity.WARNING, kinds=("apps/StatefulSet", "PersistentVolumeClaim"), since="0.1")
def check(ref: ObjectRef, outlook: Outlook) -> Iterator[Hazard]:
    if ref.kind == "PersistentVolumeClaim":
        if outlook.verb(ref) in (Verb.DELETE, Verb.REPLACE):
            yield Hazard(f"the claim is deleted, and its volume with it{_UNLESS}", step=1, help=_KEEP)
        return
    scene = outlook.scene(ref)
    if not scene.states:
        return
    lost = [claim for claim, _ in claims_of(ref, outlook, 0) if _goes(claim, scene.shown("pvcs", claim))]
    if lost:
        names = ", ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
        yield Hazard(
            f"{plural(len(lost), 'claim')} {'is' if len(lost) == 1 else 'are'} deleted, and the data with it: {names}",
            step=min(_first(scene.shown("pvcs", claim)) for claim in lost),
            help="set persistentVolumeClaimRetentionPolicy to Retain first, in an apply of its own",
            path=("spec", "persistentVolumeClaimRetentionPolicy"),
            at="key",
        )


_UNLESS = " unless its StorageClass or PersistentVolume has reclaimPolicy Retain"
_KEEP = "set reclaimPolicy Retain on its PersistentVolume first, or make a snapshot"


def _goes(claim: str, shown: list[dict[str, object] | None]) -> bool:
    return any(one is None or one.get("terminating") for one in shown[1:])


def _first(shown: list[dict[str, object] | None]) -> int:
    return next(step for step, one in enumerate(shown) if one is None or one.get("terminating"))
