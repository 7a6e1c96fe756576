"""What is declared to live elsewhere."""

from __future__ import annotations

import pytest

from kplan.errors import UsageError
from kplan.kinds.external import NO_EXTERNALS, Externals
from kplan.model import ObjectRef

SECRET = ObjectRef("", "Secret", "payments", "db-main")
DEPLOYMENT = ObjectRef("apps", "Deployment", "shop", "web")
CLASS = ObjectRef("scheduling.k8s.io", "PriorityClass", "", "high")


@pytest.mark.parametrize(
    ("pattern", "ref", "covered"),
    [
        ("Secret/payments/db-*", SECRET, True),
        ("Secret/*/db-main", SECRET, True),
        ("Secret/db-main", SECRET, True),
        ("Secret.v1/payments/*", SECRET, True),
        ("*/payments/*", SECRET, True),
        (" Secret/payments/db-main ", SECRET, True),
        ("Secret/shop/db-*", SECRET, False),
        ("ConfigMap/payments/db-*", SECRET, False),
        ("Secret.apps/payments/db-*", SECRET, False),
        ("secret/payments/db-*", SECRET, False),
        ("Secret/payments/db", SECRET, False),
        ("Deployment.apps/shop/web", DEPLOYMENT, True),
        ("Deployment.v1.apps/shop/web", DEPLOYMENT, True),
        ("Deployment.v1/shop/web", DEPLOYMENT, False),
        ("Deployment/shop/w?b", DEPLOYMENT, True),
        ("PriorityClass/high", CLASS, True),
        ("PriorityClass.scheduling.k8s.io/h[hi]gh", CLASS, True),
        ("PriorityClass/shop/high", CLASS, False),
    ],
)
def test_pattern(pattern: str, ref: ObjectRef, covered: bool) -> None:
    assert Externals([pattern]).has(ref) is covered
    assert bool(Externals([pattern]))


@pytest.mark.parametrize("pattern", ["Secret", "", "a/b/c/d", "Secret//x", "/shop/x"])
def test_another_form_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="is no external object: write kind/namespace/name"):
        Externals([pattern])


def test_inventory_tells_keys() -> None:
    externals = Externals(["Secret/shop/*"], {SECRET: frozenset({"password"}), DEPLOYMENT: None})
    assert externals.has(SECRET)
    assert externals.has(DEPLOYMENT)
    assert externals.keys(SECRET) == frozenset({"password"})
    assert externals.keys(ObjectRef("", "Secret", "shop", "any")) is None


def test_nothing_is_the_default() -> None:
    assert not NO_EXTERNALS
    assert not NO_EXTERNALS.has(SECRET)
