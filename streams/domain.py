"""What all shards of a worker share: the catalogue, the dictionaries, and the derivations made of both."""

from schemas.catalogue import Catalogue
from schemas.contract import ENTITIES
from streams.derive import Derivation
from streams.vocabulary import Vocabulary


class Domain:
    """Catalogue, vocabulary, and a derivation per entity."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.vocabulary = Vocabulary()
        self.derivations = {
            name: Derivation(entity, catalogue, self.vocabulary) for name, entity in ENTITIES.items()
        }
