"""Whose numbers a client may see: its agencies with all that lie below them."""

from datetime import date

from schemas.reference.tree import AgencyTree
from web.principal import EVERYTHING, Principal, Role
from web.problem import problem


def scoped(principal: Principal, agency: str | None, tree: AgencyTree, day: date) -> str | None:
    """The agency to ask for: the one named if the client may see it, else the client's own.

    None: all. Raises Problem 403, or 400 when a client of several agencies names none.
    """
    if EVERYTHING in principal.agencies:
        return agency
    if agency is None:
        if len(principal.agencies) == 1:
            return principal.agencies[0]
        raise problem(
            "bad-request" if principal.agencies else "forbidden",
            "Hãy nêu một cơ quan thuộc phạm vi của khoá này (agency=...).",
            "Name an agency within the scope of this key (agency=...).",
        )
    if not may_see(principal, agency, tree, day):
        raise problem(
            "forbidden",
            "Cơ quan này nằm ngoài phạm vi của khoá.",
            "This agency lies outside the scope of the key.",
        )
    return agency


def below(agency: str, above: str, tree: AgencyTree, day: date) -> bool:
    """Whether an agency is another or lies below it."""
    return may_see(Principal("", Role.VIEWER, (), (above,)), agency, tree, day)


def may_see(principal: Principal, agency: str, tree: AgencyTree, day: date) -> bool:
    """Whether the agency is one of the client's or lies below one, by the tree of a day.

    An agency that the tree does not know goes by its code.
    """
    if EVERYTHING in principal.agencies or agency in principal.agencies:
        return True
    if not tree.knows(agency):
        return principal.may_speak_for(agency)
    seen = {agency}
    place = tree.place(agency, day)
    while place is not None and place.parent and place.parent not in seen:
        if place.parent in principal.agencies:
            return True
        seen.add(place.parent)
        place = tree.place(place.parent, day)
    return False
