"""Rewrites that keep comments and layout: what `kplan fix` does to manifests."""

from kplan.fixer.fixable import fixable, may_be_fixed

__all__ = ["fixable", "may_be_fixed"]
