"""What a key allows: the `source` its events may have, and the agencies they may speak for."""

from schemas.batch import Item
from schemas.event import Event
from sources.gateway.refused import OUT_OF_SCOPE, Refused
from web.principal import Principal


def held_against(principal: Principal, item: Item) -> Item | Refused:
    """The item, unless the principal may not send it.

    An event that names no agency is judged by its source alone: which agency its dossier belongs to is
    known only downstream.
    """
    field = _outside(principal, item.event)
    return Refused(OUT_OF_SCOPE, field) if field else item


def _outside(principal: Principal, event: Event) -> str:
    if not principal.may_send_as(event.source):
        return "source"
    agency = event.registers.get("agency")
    if agency and not principal.may_speak_for(str(agency)):
        return "data.agency"
    return ""
