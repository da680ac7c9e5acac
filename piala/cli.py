"""The command `piala`: what can be said to it. What is done stands in `piala/commands/`.

Each command's module is imported only when it is called, so that `piala import` knows nothing of
GraphQL and every `--help` is quick.
"""

import importlib
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Points, badges, tiers, streaks, challenges, leaderboards, rewards and donations.\n\n"
    "Settings are PIALA_… variables, or lines of .env: PIALA_DATABASE_URL "
    "(sqlite://piala.db), PIALA_REDIS_URL (none), PIALA_HOST, PIALA_PORT, …",
)
programme = typer.Typer(
    no_args_is_help=True, help="The programme as a file that people review (YAML)."
)
app.add_typer(programme, name="programme")
report = typer.Typer(no_args_is_help=True, help="Reports for those who keep the books.")
app.add_typer(report, name="report")

File = Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file.")]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Up to this instant (ISO 8601), instead of now."),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
OfCurrency = Annotated[
    str | None, typer.Option(metavar="KEY", help="Which currency, instead of the main one.")
]


@app.command()
def serve(
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", help="Migrate, load the demo once, and print tokens to look around with."
        ),
    ] = False,
    host: Annotated[str | None, typer.Option(help="Address; default PIALA_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default PIALA_PORT.")] = None,
) -> None:
    """Serve the API, the progress screen and, without PIALA_REDIS_URL, all work in one process."""
    _do("serving", demo=demo, host=host, port=port)


@app.command()
def worker() -> None:
    """Settle, relay and keep the schedule beside `piala serve` (needs PIALA_REDIS_URL)."""
    _do("working")


@app.command()
def migrate() -> None:
    """Create the database's tables, or bring them up to date."""
    _do("migrating")


@app.command()
def demo() -> None:
    """Load the demo, a chain of coffee shops: 200 members, six months. Once; then it stays."""
    _do("demonstrating")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or JSON Lines, plain or gzipped.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="YAML: which columns make an activity. Without it, FILE is JSON Lines: "
            '{"source", "member", "kind", "occurred_at", "amount": {"minor", "currency"}, '
            '"quantity", "channel", "partner", "attributes"}.'
        ),
    ] = None,
    rejected: Annotated[
        Path | None,
        typer.Option(help="Write refused lines there, as JSON Lines: line, reason, text."),
    ] = None,
) -> None:
    """Record a file's activities and settle them. Safe to run again: what is known is skipped.

    Members are enrolled as they appear. Lines that cannot be taken are reported with their number
    and reason while the rest proceeds; the exit status is then 1.
    """
    _do("importing", file=file, mapping=mapping, rejected=rejected)


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Default: standard output.")
    ] = None,
) -> None:
    """Write everybody's activities as JSON Lines, as `piala import` reads them."""
    _do("exporting", file=file)


@app.command()
def audit(
    *,
    as_of: AsOf = None,
    digest: Annotated[
        bool,
        typer.Option("--digest", help="Print a SHA-256 over all standings and effects."),
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Look at so many members, chosen by the seed.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Choose the same members again: see `sample:`.")
    ] = None,
    member: Annotated[
        str | None, typer.Option(metavar="EXTERNAL_ID", help="Look at this member alone.")
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER:HASH",
            help="The chain must go on from this head, which an earlier audit printed.",
        ),
    ] = None,
) -> None:
    """Fold every journal from nothing, follow the chain, and compare it all with what is stored.

    One line a check, named with its first difference; the exit status is 1 if one fails. With
    --sample or --member, what needs everybody is left out, and said so.
    """
    _do(
        "auditing",
        as_of=as_of,
        digest=digest,
        sample=sample,
        seed=seed,
        member=member,
        head=head,
    )


@app.command()
def stats(
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Count members, activities, points, and who has reached what."""
    _do("counting", as_of=as_of, as_json=json)


@report.command("liability")
def report_liability(currency: OfCurrency = None, as_of: AsOf = None, json: AsJson = False) -> None:
    """Print the points that are owed to members, by the month in which they expire, and their cost.

    For a moment in the past every journal is folded up to it.
    """
    _do("reporting", "liability", currency=currency, as_of=as_of, as_json=json)


@report.command("breakage")
def report_breakage(currency: OfCurrency = None, as_of: AsOf = None, json: AsJson = False) -> None:
    """Print what became of points, by the month in which members got them. Folds every journal."""
    _do("reporting", "breakage", currency=currency, as_of=as_of, as_json=json)


@app.command()
def token(
    member: Annotated[str | None, typer.Option(help="For this member (external id).")] = None,
    service: Annotated[str | None, typer.Option(help="For a service of this name.")] = None,
    role: Annotated[str | None, typer.Option(help="For staff: admin, support, analyst.")] = None,
    name: Annotated[
        str | None, typer.Option(help="Who of the staff; the role's name if left out.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.001, max=8760, help="How long it is good.")] = 24,
) -> None:
    """Print a bearer token for a member, a service or staff."""
    _do("admitting", member=member, service=service, role=role, hours=hours, name=name)


@app.command()
def schema() -> None:
    """Print the GraphQL schema, sorted."""
    _do("describing")


@programme.command("apply")
def programme_apply(file: File) -> None:
    """Define and publish what differs in FILE, as one revision for each of its documents."""
    _do("programming", "apply", file=file)


@programme.command("export")
def programme_export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Default: standard output.")
    ] = None,
) -> None:
    """Write the published programme as a file; applying that changes nothing."""
    _do("programming", "export", file=file)


@programme.command("diff")
def programme_diff(file: File) -> None:
    """Print what `apply` would change. The exit status is 1 if anything."""
    _do("programming", "diff", file=file)


def _do(module: str, verb: str = "run", **said: Any) -> None:
    """Call the command's verb; it answers with the exit status."""
    running = importlib.import_module("piala.running")
    raise typer.Exit(running.run(f"piala.commands.{module}", verb, said))
