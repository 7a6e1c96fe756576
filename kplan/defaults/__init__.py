"""Resource -> Resource as stored, one file per API family, mirroring pkg/apis/*/defaults."""

from kplan.defaults.stored import stored
from kplan.defaults.template import held_template, revision_hash, same_template, template_hash

__all__ = ["held_template", "revision_hash", "same_template", "stored", "template_hash"]
