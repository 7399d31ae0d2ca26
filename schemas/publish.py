"""`python -m schemas.publish` writes what is generated from the declarations and checked in.

Only for a checkout: it needs PyYAML, which the running system does not.
"""

from pathlib import Path

from schemas import asyncapi, docs, kpi_docs
from schemas.catalogue import load

DOCS = Path(__file__).parents[1] / "docs" / "contract.md"
KPIS = DOCS.with_name("kpis.md")


def artefacts() -> dict[Path, str]:
    """What each generated file should contain."""
    import yaml

    class Plain(yaml.SafeDumper):
        """Without anchors: every message is to be read where it stands."""

        def ignore_aliases(self, _: object) -> bool:
            return True

    document = yaml.dump(asyncapi.document(), Dumper=Plain, sort_keys=False, allow_unicode=True, width=110)
    return {asyncapi.PUBLISHED: document, DOCS: docs.contract(), KPIS: kpi_docs.kpis(load())}


def main() -> None:
    """Write the files."""
    for path, text in artefacts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
