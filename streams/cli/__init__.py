"""The command line, one module per command: the one place where engine, sinks, sources and views meet."""

from streams.cli.main import main

__all__ = ["main"]
