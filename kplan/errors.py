"""What stops a run. Everything a manifest can get wrong is a finding, not an error."""

from __future__ import annotations


class KplanError(Exception):
    """A run cannot go on; the message is for the user, in one or a few lines."""


class UsageError(KplanError):
    """The request makes no sense: an unknown option value, a path that does not exist, a bad scenario file."""


class OutputError(KplanError):
    """What was found cannot be written: the disk is full."""


class InputError(KplanError):
    """Input is there and cannot be read: no permission, no such git revision."""
