"""What objects make under a name that their manifest tells: claims of a StatefulSet, the Secret of a Certificate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kplan.kinds.reference import has_hole
from kplan.model import ObjectRef, Resource

Map = dict[str, Any]


class Made(NamedTuple):
    """An object that another one makes; `keys` are those of a ConfigMap or Secret, None where they are not known."""

    target: ObjectRef
    keys: frozenset[str] | None = None


_CERTIFICATE = ("ca.crt", "tls.crt", "tls.key")
_ISSUER_NOTES = ("cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme")

_BY_NAME = {
    "bitnami.com/SealedSecret": "Secret",
    "onepassword.com/OnePasswordItem": "Secret",
    "ricoberger.de/VaultSecret": "Secret",
}
"""Kinds of which an object makes one of the same name."""

_BY_FIELD = {
    "cert-manager.io/Certificate": ("spec.secretName",),
    "cert-manager.io/ClusterIssuer": ("spec.acme.privateKeySecretRef.name",),
    "cert-manager.io/Issuer": ("spec.acme.privateKeySecretRef.name",),
    "external-secrets.io/ClusterExternalSecret": ("spec.externalSecretSpec.target.name", "spec.externalSecretName"),
    "external-secrets.io/ExternalSecret": ("spec.target.name", "metadata.name"),
    "external-secrets.io/PushSecret": ("spec.selector.secret.name",),
    "isindir.github.com/SopsSecret": ("spec.secretTemplates[].name",),
    "k8s.bitwarden.com/BitwardenSecret": ("spec.secretName",),
    "secrets-store.csi.x-k8s.io/SecretProviderClass": ("spec.secretObjects[].secretName",),
    "secrets.doppler.com/DopplerSecret": ("spec.managedSecret.name",),
    "secrets.hashicorp.com/VaultDynamicSecret": ("spec.destination.name",),
    "secrets.hashicorp.com/VaultPKISecret": ("spec.destination.name",),
    "secrets.hashicorp.com/VaultStaticSecret": ("spec.destination.name",),
    "secrets.infisical.com/InfisicalSecret": ("spec.managedSecretReference.secretName",),
}
"""Kinds whose objects name the Secret that they make; the first field that is there counts."""


def made(resource: Resource) -> Iterator[Made]:
    """The Secrets, and the claims of a generic ephemeral volume, that an object makes under a name that it tells.

    The claims of a StatefulSet have numbers, and are told by `makes_claim`.
    """
    ref = resource.ref
    kind = f"{ref.group}/{ref.kind}"
    if kind in _BY_NAME:
        yield Made(ObjectRef("", _BY_NAME[kind], ref.namespace, ref.name), _sealed(resource))
    for field in _BY_FIELD.get(kind, ()):
        names = [name for name in _texts(resource.data, field) if not has_hole(name)]
        keys = frozenset(_CERTIFICATE) if ref.kind == "Certificate" and not _has_more(resource) else None
        yield from (Made(ObjectRef("", "Secret", ref.namespace, name), keys) for name in names)
        if names:
            break
    if kind in ("networking.k8s.io/Ingress", "gateway.networking.k8s.io/Gateway") and _asks_for_certificate(resource):
        for field in ("spec.tls[].secretName", "spec.listeners[].tls.certificateRefs[].name"):
            for name in _texts(resource.data, field):
                yield Made(ObjectRef("", "Secret", ref.namespace, name), frozenset(_CERTIFICATE))


def makes_claim(stateful_set: Resource, claim: str) -> bool:
    """Whether a claim of this name is one that a StatefulSet makes: template, set and number.

    Source: kubernetes v1.36 pkg/controller/statefulset getPersistentVolumeClaimName.
    """
    templates = stateful_set.get("spec", "volumeClaimTemplates")
    for template in templates if isinstance(templates, list) else ():
        metadata = template.get("metadata") if isinstance(template, dict) else None
        name = metadata.get("name") if isinstance(metadata, dict) else None
        start = f"{name}-{stateful_set.ref.name}-"
        if claim.startswith(start) and claim[len(start) :].isdigit():
            return True
    return False


def _sealed(resource: Resource) -> frozenset[str] | None:
    keys = resource.get("spec", "encryptedData")
    more = resource.get("spec", "template", "data")
    return frozenset((*keys, *(more if isinstance(more, dict) else ()))) if isinstance(keys, dict) and keys else None


def _has_more(certificate: Resource) -> bool:
    """Whether the Secret of a Certificate has more keys than the three of every one."""
    return any(certificate.get("spec", field) for field in ("keystores", "additionalOutputFormats"))


def _asks_for_certificate(resource: Resource) -> bool:
    notes = resource.get("metadata", "annotations")
    return isinstance(notes, dict) and any(note in notes for note in _ISSUER_NOTES)


def _texts(value: Any, way: str) -> Iterator[str]:
    """The texts at a way such as `spec.tls[].secretName`."""
    field, dot, rest = way.partition(".")
    inner = value.get(field.removesuffix("[]")) if isinstance(value, dict) else None
    for item in (inner if isinstance(inner, list) else ()) if field.endswith("[]") else (inner,):
        if dot:
            yield from _texts(item, rest)
        elif isinstance(item, str) and item:
            yield item
