"""Which numbers to hide so that nobody can work out a small one: suppression in a tree of sums.

A total below the minimum is hidden. It would come back as the difference of a shown total and what is shown
nearest below it, at whatever depth. So under every shown total nothing is hidden or at least two numbers
are, and together they are not below the minimum either: one that is hidden for the sake of others brings
with it what is hidden below it. What an agency counts itself, without those below it, is never shown; a
reader may know it otherwise unless it is small, so only then it hides something. A tree has no other sums,
and each hidden number lies under one nearest shown total: where those have two unknowns or none, none can
be solved for.

What a shown total says of everybody below it (none, or all of them) it says of the small ones, too.
"""

from collections.abc import Iterable, Mapping

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
        for top in below:
            if top in found or not below[top]:
                continue
            parts, shown = _under(top, below, total, own, found, minimum)
            if parts and (len(parts) == 1 or sum(parts) < minimum):
                changed = True
                found.add(choice := _smallest(shown, total) if shown else top)
                while below[choice] and not _under(choice, below, total, own, found, minimum)[0]:
                    found.add(
                        choice := _smallest(below[choice], total)
                    )  # else it is the sum of what is shown
    return frozenset(found)


def _under(
    top: str,
    below: Mapping[str, list[str]],
    total: Mapping[str, int],
    own: Mapping[str, int],
    found: set[str],
    minimum: int,
) -> tuple[list[int], list[str]]:
    """The numbers hidden under a total that are no sums themselves, and what is shown nearest below it."""
    parts: list[int] = []
    shown: list[str] = []
    waiting = [top]
    while waiting:
        code = waiting.pop()
        if not below[code]:
            parts.append(total[code])
            continue
        if 0 < own.get(code, 0) < minimum:
            parts.append(own[code])
        for child in below[code]:
            (waiting if child in found else shown).append(child)
    return parts, shown


def _smallest(codes: Iterable[str], total: Mapping[str, int]) -> str:
    return min(codes, key=lambda code: (total[code], code))
