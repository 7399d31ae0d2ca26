"""`reform-pulse`: the commands. Exit codes: 0 done, 1 a check failed, 2 wrong use."""

import typer

from streams.cli.clickhouse import clickhouse
from streams.cli.convert import convert
from streams.cli.dead_letters import dead_letters
from streams.cli.digest import digest
from streams.cli.doctor import doctor
from streams.cli.drill import drill
from streams.cli.explain import explain
from streams.cli.ingest import ingest
from streams.cli.kafka import kafka
from streams.cli.keys import keys
from streams.cli.kpis import kpis
from streams.cli.migrate import migrate
from streams.cli.rebuild import rebuild
from streams.cli.reconcile import reconcile
from streams.cli.reference import reference
from streams.cli.replay import replay
from streams.cli.report import report
from streams.cli.schema import schema
from streams.cli.send import send
from streams.cli.serve import serve
from streams.cli.simulate import simulate
from streams.cli.up import up
from streams.cli.verify import verify
from streams.cli.worker import worker

app = typer.Typer(
    name="reform-pulse",
    help="Live monitoring of a province's administrative reform.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(worker)
app.command()(serve)
app.command()(send)
app.command()(simulate)
app.command()(convert)
app.command()(ingest)
app.command()(reconcile)
app.command()(replay)
app.command()(kpis)
app.command()(explain)
app.command()(digest)
app.command()(report)
app.command()(verify)
app.command()(rebuild)
app.command()(migrate)
app.command()(drill)
app.command()(doctor)
app.command()(schema)
app.add_typer(reference)
app.add_typer(keys)
app.add_typer(dead_letters)
app.add_typer(kafka)
app.add_typer(clickhouse)


def main() -> None:
    """Run the command line."""
    app()
