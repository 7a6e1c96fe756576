"""A certificate of an Ingress for a host that it does not serve, while one that it serves has none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kplan.model import FieldPath, Problem, Resource, Severity
from kplan.rules.context import Context
from kplan.rules.pod import dicts
from kplan.rules.rule import rule

_HOST = re.compile(r"[a-z0-9.*-]+", re.ASCII)


@rule(severity=Severity.WARNING, kinds=("networking.k8s.io/Ingress",), since="0.1")
def check(ingress: Resource, _context: Context) -> Iterator[Problem]:
    rules = list(dicts(ingress.get("spec", "rules")))
    served = [host for one in rules if isinstance(host := one.get("host"), str) and host]
    hosts = list(_tls_hosts(ingress))
    if len(served) < len(rules) or not all(map(_HOST.fullmatch, (*served, *(host for host, _ in hosts)))):
        return  # one rule is for every host, or a host is a variable or no host at all
    bare = [host for host in served if not any(_covers(one, host) for one, _ in hosts)]
    for host, path in hosts if bare else ():
        if not any(_covers(host, one) or _covers(one, host) for one in served):
            yield Problem(
                path,
                f"there is a certificate for `{host}`, which no rule serves, and none for `{bare[0]}`",
                help=f"write `{bare[0]}`" if len(bare) == 1 else None,
                related=((ingress, ("spec", "rules", served.index(bare[0]), "host"), "this one is served without"),),
            )


def _tls_hosts(ingress: Resource) -> Iterator[tuple[str, FieldPath]]:
    tls = ingress.get("spec", "tls")
    for index, one in enumerate(tls if isinstance(tls, list) else ()):
        hosts = one.get("hosts") if isinstance(one, dict) else None
        for number, host in enumerate(hosts if isinstance(hosts, list) else ()):
            if isinstance(host, str):
                yield host, ("spec", "tls", index, "hosts", number)


def _covers(pattern: str, host: str) -> bool:
    """Whether a certificate for `pattern` is one for `host`: a wildcard stands for one label."""
    return pattern == host or (pattern.startswith("*.") and host.partition(".")[2] == pattern[2:])
