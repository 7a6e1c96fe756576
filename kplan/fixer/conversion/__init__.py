"""Old versions of the API to new ones, one file per API family, mirroring pkg/apis/*/conversion.go."""

from kplan.fixer.conversion.table import Convert, Successor, conversion, successor

__all__ = ["Convert", "Successor", "conversion", "successor"]
