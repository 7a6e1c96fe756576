"""Linux capabilities of containers."""

from __future__ import annotations

from kplan.rules.container import Container

AS_GOOD_AS_ROOT = {
    "ALL": "everything that root may do",
    "BPF": "load programs into the kernel",
    "DAC_READ_SEARCH": "read every file",
    "MAC_ADMIN": "change the access policy of the kernel",
    "MAC_OVERRIDE": "pass over the access policy of the kernel",
    "NET_ADMIN": "change the network of the node or the pod",
    "PERFMON": "watch the whole kernel",
    "SYS_ADMIN": "mount, and most of what root may do",
    "SYS_BOOT": "restart the node",
    "SYS_MODULE": "load modules into the kernel",
    "SYS_PTRACE": "read and change other processes",
    "SYS_RAWIO": "reach the hardware",
    "SYS_TIME": "set the clock of the node",
}
"""Capabilities that lead out of the container, with what they let it do."""


def capabilities(container: Container, field: str) -> list[str]:
    """What a container adds or drops, by the names that Kubernetes uses: `NET_RAW`."""
    written = container.get("securityContext", "capabilities", field)
    names = written if isinstance(written, list) else []
    return [name.upper().removeprefix("CAP_") if isinstance(name, str) else "" for name in names]
