"""`python -m streams` is `reform-pulse`."""

from streams.cli import main

main()
