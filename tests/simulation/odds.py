"""What may go wrong in one simulation, and how often: each seed draws some kinds of trouble, not all."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Odds:
    """Per request or batch, between 0 and 1.

    refused: the store fails before a step. unanswered: it has done the step, the reply is lost. lost: neither
    came. belated: the client gives up, the store does it later. slow: it takes long.
    """

    refused: float = 0
    unanswered: float = 0
    lost: float = 0
    belated: float = 0
    slow: float = 0
    letters: float = 0
    commit_lost: float = 0
    commit_unanswered: float = 0
    repeated: float = 0
    vanished: float = 0

    @classmethod
    def drawn(cls, random: Random) -> "Odds":
        """Each kind of trouble is there in half of the seeds, at its own rate."""
        rates = {
            "refused": 0.1,
            "unanswered": 0.1,
            "lost": 0.05,
            "belated": 0.08,
            "slow": 0.15,
            "letters": 0.2,
            "commit_lost": 0.3,
            "commit_unanswered": 0.15,
            "repeated": 0.1,
            "vanished": 0.1,
        }
        return cls(
            **{name: most * random.random() if random.random() < 0.5 else 0 for name, most in rates.items()}
        )
