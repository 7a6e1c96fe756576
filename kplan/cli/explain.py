"""`kplan explain`: what a rule is about, or what a field is for."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from kplan.cli.option import crds, kube_version


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules and kinds that begin so."""
    from kplan.kinds.name import names
    from kplan.rules.catalog import groups_by_rule

    return [CompletionItem(name) for name in (*groups_by_rule(), *sorted(names())) if name.startswith(incomplete)]


@click.command(name="explain", short_help="Say what a rule is about, or what a field is for.")
@click.argument("topic", metavar="RULE|FIELD", shell_complete=_complete)
@kube_version
@crds
@click.option("--recursive", is_flag=True, help="All fields below, as a tree.")
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    help="Colours; auto is on a terminal where NO_COLOR is not set, and anywhere where FORCE_COLOR is.",
)
def command(topic: str, minor: int, crds: tuple[str, ...], recursive: bool, color: str) -> None:
    """Print the page of a rule (what it is about, why, a bad example with its report, and a good one), or the
    documentation of a kind or field: type, default, values, whether it is required, since when it is there.

    A field is written as its kind and the way to it. The kind may be a plural or a short name, and may stand behind
    its version. What is the name of both a rule and a kind is the rule.

    \b
    Examples:
      kplan explain removed-api
      kplan explain deployment.spec.strategy
      kplan explain deploy.spec.template.spec.containers --kube-version 1.30
      kplan explain networking.k8s.io/v1/Ingress.spec.rules --recursive
      kplan explain certificate.spec.issuerRef --crds crds/
    \b
    Exit codes: 0 fine, 2 there is no such rule, kind or field.
    """
    from kplan.cli.write import shown, write
    from kplan.rules.catalog import find_head, find_page, find_rule, groups_by_rule

    if topic in groups_by_rule() or ("-" in topic and "." not in topic):
        from kplan.report.rule_text import report as report_rule

        found, page = find_rule(topic), find_page(topic)
        write(report_rule(found, find_head(topic), page))
        return
    from kplan.loader import load
    from kplan.report.explain_field import report
    from kplan.report.explain_topic import subject_of
    from kplan.report.paint import paint_for

    subject = subject_of(topic, minor, load(crds) if crds else None, groups_by_rule())
    write(shown(report(subject, recursive=recursive, paint=paint_for(color))))
