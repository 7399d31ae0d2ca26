"""The measures that the simulation counts: some of the built-in catalogue, one or two of each sort.

Plain counts, a condition on a register that is overwritten, a maximum, two times compared, a cohort, a sum.
All of the catalogue would say no more about the order of writes, and take three times as long.
"""

from schemas.catalogue import Catalogue, load
from tests.simulation.oracle import MEASURES

_ALL = load().measures
CATALOGUE = Catalogue(measures={name: _ALL[name] for name in MEASURES}, kpis=(), stocks=())
