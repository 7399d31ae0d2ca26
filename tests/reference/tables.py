"""Tables of a test: written as CSV text, read and checked as a user's are."""

from pathlib import Path

from schemas.catalogue import load
from schemas.reference.check import mistakes
from schemas.reference.mistake import Mistake
from schemas.reference.tables import Reference, gather

CATALOGUE = load()

AGENCIES = """code,name,level,parent,valid_from,valid_to
P1,Tỉnh cũ,province,,,2025-07-01
P2,Tỉnh mới,province,,,
P1.D,Huyện,district,P1,,2025-07-01
P1.D.A,Xã A,commune,P1.D,,2025-07-01
P1.D.B,Xã B,commune,P1.D,,2025-07-01
P2.K,Xã K,commune,P2,,
P2.N,Xã mới,commune,P2,2025-07-01,
"""
SUCCESSORS = """code,successor,share
P1,P2,1
P1.D,P2.N,0.6
P1.D,P2.K,0.4
P1.D.A,P2.N,1
P1.D.B,P2.N,0.5
P1.D.B,P2.K,0.5
"""


def read(folder: Path, **tables: str) -> tuple[Reference, list[Mistake]]:
    """Write the tables as files, read them and check them."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    reference, wrong = gather([folder])
    return reference, wrong + mistakes(reference, CATALOGUE)


def good(folder: Path, **tables: str) -> Reference:
    """A reference without mistakes."""
    reference, wrong = read(folder, **tables)
    assert wrong == []
    return reference
