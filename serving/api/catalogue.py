"""The catalogue as the API shows it: every figure with its texts, basis, rule and dates."""

from typing import Any

from schemas.catalogue import AnyFigure, Catalogue, Score
from serving.side import sides


def figure(catalogue: Catalogue, found: AnyFigure) -> dict[str, Any]:
    """One figure; `rule`: the measures of its sides with their conditions."""
    made: dict[str, Any] = {
        "name": found.name,
        "version": found.version,
        "kind": type(found).__name__.lower(),
        "vi": found.vi,
        "en": found.en,
        "note_vi": found.note_vi,
        "note_en": found.note_en,
        "basis": found.basis,
        "unit": found.unit.value,
        "unit_vi": found.unit.vi,
        "better": found.better,
        "target": found.target,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
    }
    if isinstance(found, Score):
        return made | {"groups": [group.model_dump() for group in found.groups]}
    names = ("numerator", "denominator")
    rule = {
        name: [_term(catalogue, t.measure, t.sign) for t in side.terms]
        for name, side in zip(names, sides(found), strict=False)
    }
    return made | {"rule": rule}


def _term(catalogue: Catalogue, name: str, sign: int) -> dict[str, Any]:
    measure = catalogue.measures[name]
    return {
        "measure": name,
        "sign": sign,
        "entity": measure.entity,
        "counted_at": measure.at,
        "where": measure.where,
        "sum": measure.sum,
        "cohort": measure.cohort,
    }
