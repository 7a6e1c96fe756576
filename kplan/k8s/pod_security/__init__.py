"""The Pod Security Standards: what `baseline` and `restricted` forbid a pod.

    >>> pod = {"spec": {"hostNetwork": True, "containers": [{"name": "web"}]}}
    >>> describe(violations(pod, Policy("baseline"), 36))
    'host namespaces (hostNetwork=true)'

Source: kubernetes v1.37 staging/src/k8s.io/pod-security-admission.
"""

from kplan.k8s.pod_security.policy import MODES, Policy, describe, policy_of, violations
from kplan.k8s.pod_security.violation import Violation

__all__ = ["MODES", "Policy", "Violation", "describe", "policy_of", "violations"]
