"""`reform-pulse rebuild`: states and counts again, under a new epoch."""

from typing import Annotated

import typer

from streams.cli.options import (
    CatalogueFile,
    ClickHouseUrl,
    Kafka,
    StoreDirectory,
    UsageError,
    catalogue_of,
    fail,
    kafka_settings,
    one_line_errors,
    place_of,
)

FromTopics = Annotated[
    bool,
    typer.Option(
        "--from-topics", help="Read the Kafka topics from their start again instead of the event table."
    ),
]


def rebuild(
    *,
    store: StoreDirectory = None,
    clickhouse: ClickHouseUrl = None,
    from_topics: FromTopics = False,
    kafka: Kafka = None,
    catalogue: CatalogueFile = None,
) -> None:
    """Make states and counts again from the original events. Stop the workers first.

    From the event table: readers see the old numbers until the new ones are complete. --from-topics: the
    group's offsets go back to the start of the topics, and the next worker folds them; the event table stays.
    """
    with one_line_errors():
        from sinks.clickhouse.store import ClickHouseStore
        from streams.cli.progress import progress
        from streams.domain import Domain
        from streams.group import reset, working
        from streams.rebuilding import rebuild as make

        settings = kafka_settings(kafka)
        if store is None and clickhouse is None:
            raise UsageError("say what to rebuild: --store DIR or --clickhouse URL")
        held = ClickHouseStore.at(**place_of(settings, store, clickhouse))
        domain = Domain(catalogue_of(catalogue))
        if (clickhouse or from_topics) and working(settings):
            fail(f"workers of the group `{settings.group}` are running: stop them first, then try again")
        if from_topics:
            reset(settings)
        with progress("rebuild", held.event_count(), "events") as advance:
            folded = make(held, domain, lambda _, events: advance(events))
        held.close()
    typer.echo(f"{folded:,} events folded again")
    if from_topics:
        typer.echo("the group's offsets are at the start of the topics: start a worker")
