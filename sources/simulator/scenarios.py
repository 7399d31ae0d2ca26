"""What may go wrong, as data: shares that change for one agency from a day on.

Scenario applied to ("H51.21", 2026-03-01): before that day, and elsewhere, nothing differs.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scenario:
    """shares: new values by name (sources.simulator.shares); silent: whether its events stop coming."""

    about: str
    shares: dict[str, float] = field(default_factory=dict)
    silent: bool = False


SCENARIOS = {
    "online-rate-falls": Scenario("people stop handing in online", {"online": 0.10}),
    "overdue-rises": Scenario("dossiers lie about", {"late": 0.30, "stuck": 0.15, "extended": 0.0}),
    "source-silent": Scenario("no event comes any more", silent=True),
    "signing-low": Scenario("documents go out unsigned", {"signed_person": 0.15, "signed_report": 0.15}),
    "payments-drop": Scenario(
        "fees are paid at the counter", {"paid_online": 0.05, "paid_online_at_counter": 0.0}
    ),
    "supplements-repeated": Scenario(
        "applicants are sent home again and again", {"supplement": 0.70, "second_supplement": 0.80}
    ),
    "returned-rises": Scenario("dossiers are sent back unresolved", {"granted": 0.55}),
    "no-apologies": Scenario("nobody apologises for what is late", {"late": 0.20, "apologised": 0.0}),
    "nobody-answers": Scenario(
        "what comes from the portal is not accepted", {"ignored": 0.20, "accepted_late": 0.30}
    ),
    "dead-letters": Scenario("its system sends records that nobody can read", {"malformed": 0.25}),
}


@dataclass(frozen=True)
class Happening:
    """A scenario, where (an agency's code), and from which day of the run on, counted from 0."""

    scenario: Scenario
    agency: str
    day: int = 0
