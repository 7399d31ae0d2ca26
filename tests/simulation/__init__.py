"""Deterministic simulation: the real engine in one process, everything around it simulated, one seed.

The engine, owner, tenure, ledgers, recovery, decoder, and the offset logic of the transport are the product's
own. Time, threads, network, broker, group, store, and what goes wrong with them come from here; every choice
is drawn from the seed. See docs/simulation.md.

    python -m tests.simulation --seeds 1000
"""
