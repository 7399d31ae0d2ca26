"""Which numbers to hide so that nobody can work out a small one: suppression in a tree of sums.

A total below the minimum is hidden. It would come back as the difference of its parent and its siblings, so
in every such sum nothing is hidden or at least two numbers are, and together they are not below the minimum
either. What an agency counts itself, without those below it, is never shown; a reader may know it otherwise
unless it is small, so only then it hides something. A tree has no other sums, and where each of its sums has
two unknowns or none, no unknown can be solved for: no sum is an end of the graph of sums and unknowns.

What a shown total says of everybody below it (none, or all of them) it says of the small ones, too.
"""

from collections.abc import Mapping

Parents = Mapping[str, str]
"""By agency the one above it; '' above those at the top."""


def totals(parents: Parents, own: Mapping[str, int]) -> dict[str, int]:
    """Of each agency what it and those below it count. parents: without cycles."""
    found = dict.fromkeys(parents, 0)
    for code, number in own.items():
        place = code
        while place in found:
            found[place] += number
            place = parents[place]
    return found


def hidden(parents: Parents, own: Mapping[str, int], minimum: int) -> frozenset[str]:
    """The agencies whose total must not be shown. own: what each counts without those below it."""
    total = totals(parents, own)
    below: dict[str, list[str]] = {code: [] for code in parents}
    for code, above in parents.items():
        if above in below and total[code]:
            below[above].append(code)
    found = {code for code, number in total.items() if 0 < number < minimum}
    changed = True
    while changed:
        changed = False
        for parent, children in below.items():
            more = _one_more(parent, children, total, own.get(parent, 0), found, minimum) if children else ""
            if more:
                found.add(more)
                changed = True
    return frozenset(found)


def _one_more(
    parent: str, children: list[str], total: Mapping[str, int], own: int, found: set[str], minimum: int
) -> str:
    """What else to hide in a parent's sum; '' for nothing."""
    parts = [total[code] for code in children if code in found]
    if 0 < own < minimum:
        parts.append(own)
    unknown = len(parts) + (parent in found)
    if unknown == 0 or (unknown > 1 and (parent in found or sum(parts) >= minimum)):
        return ""
    shown = [code for code in children if code not in found]
    return min(shown, key=lambda code: (total[code], code)) if shown else parent
