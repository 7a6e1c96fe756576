"""Which pods a ReplicaSet gives up first."""

from __future__ import annotations

from typing import Any

import pytest

from kplan.controllers.pod_rank import DELETION_COST, first_to_go
from kplan.controllers.state import PENDING, READY, UNREADY, UNSCHEDULED, Cohort, Pod

NOW = 1000.0


def pod(
    uid: int, state: int = READY, node: str | None = "a", ready: float = 0, made: float = 0, cost: Any = None
) -> Pod:
    annotations = {} if cost is None else {DELETION_COST: cost}
    cohort = Cohort("default", None, {}, {})
    ready_s = ready if state == READY else None
    return Pod(uid, f"p{uid}", cohort, 0, made, state, node, ready_s, annotations=annotations)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(pod(1, UNSCHEDULED, None), pod(2, PENDING, made=990), id="not bound before bound"),
        pytest.param(pod(1, PENDING, cost="9"), pod(2, UNREADY, cost="1"), id="pending before running"),
        pytest.param(pod(1, UNREADY, cost="9"), pod(2, READY), id="not ready before ready"),
        pytest.param(pod(1, cost="-5"), pod(2, ready=999), id="lower deletion cost"),
        pytest.param(pod(1, cost="none"), pod(2, cost="1"), id="a cost that is no number is 0"),
        pytest.param(pod(1, ready=990), pod(2, ready=1), id="ready later"),
        pytest.param(pod(1, ready=5, made=999), pod(2, ready=5, made=1), id="made later"),
        pytest.param(pod(2, made=700), pod(1, made=690), id="of about one age, the youngest"),
    ],
)
def test_first_to_go(first: Pod, second: Pod) -> None:
    for pods in ([first, second], [second, first]):
        assert first_to_go(pods, pods, 1, NOW) == [first]


def test_crowded_node_goes_first() -> None:
    alone, crowded = pod(1, node="a", ready=999), pod(2, node="b")
    other_set = pod(3, node="b")
    assert first_to_go([alone, crowded], [alone, crowded, other_set], 1, NOW) == [crowded]


def test_all_are_given_up_unranked() -> None:
    pods = [pod(1), pod(2)]
    assert first_to_go(pods, pods, 2, NOW) == pods
