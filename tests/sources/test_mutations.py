"""Whatever comes in, an adapter gives events of the contract or refusals, and never raises.

`python -m tests.sources.fuzz` does the same with as many payloads as it is told.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.adapters import ADAPTERS
from tests.sources.fuzz import hold
from tests.sources.mutations import files_of, payload

FEW = settings(max_examples=100, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_mutated_payload_gives_events_or_a_refusal(adapter):
    @FEW
    @given(st.randoms(use_true_random=False))
    def holds(random):
        hold(*payload(random, adapter))

    holds()


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_any_bytes_give_events_or_a_refusal(adapter):
    @FEW
    @given(st.sampled_from(files_of(adapter)), st.binary(max_size=200))
    def holds(file, content):
        hold(file, content)

    holds()
