"""What a misspelt name may have meant: every message about an unknown name ends with it."""

from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 12


def hint(name: str, known: Iterable[str]) -> str:
    """`did you mean ...?`, or a list of what there is if nothing is near; '' where there is nothing."""
    names = list(dict.fromkeys(known))
    near = get_close_matches(name, names, 1)
    if near:
        return f"did you mean `{near[0]}`?"
    if not names:
        return "there are none"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"there are: {', '.join(names[:LISTED])}{more}"
