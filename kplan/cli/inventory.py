"""`kplan inventory`: what a dump of a cluster has, for references that leave the manifests."""

from __future__ import annotations

import click

from kplan.cli.exit import CLEAN


@click.command(name="inventory", short_help="Say what is in a dump of a cluster.")
@click.argument("dumps", nargs=-1, required=True, metavar="DUMP...")
@click.option("-o", "--output", metavar="FILE", help="Write it to this file instead of standard output.")
def command(dumps: tuple[str, ...], output: str | None) -> int:
    """Write an inventory of DUMPs: kind, namespace and name of each object, and the keys of ConfigMaps and Secrets.

    A dump is what kubectl prints, YAML or JSON; - is standard input. No value of any object is in the inventory. The
    configuration names it as `inventory`, or `kplan lint --inventory FILE`: what is in it is known to exist.

    \b
    Example:
      kubectl get configmaps,secrets,services,serviceaccounts -A -o json | kplan inventory - -o cluster.json
    """
    from kplan.cli.write import write, write_file
    from kplan.errors import InputError
    from kplan.kinds.inventory import inventory_of, inventory_text
    from kplan.loader import load
    from kplan.model import Severity

    manifest = load(dumps)
    for finding in manifest.findings:
        if finding.severity == Severity.ERROR:
            raise InputError(f"{finding.span}: {finding.message}")
    if not manifest.resources:
        raise InputError("there is no object in the dump")
    text = inventory_text(inventory_of(manifest.resources))
    if output is None:
        write(text)
    else:
        write_file(output, text)
    return CLEAN
