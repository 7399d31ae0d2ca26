"""What must never come in: personal data and secret papers (domain, section 8; Laws 91/2025 and 117/2025).

The patterns are plain enough for Python and for Polars (no look-around), so that both decoders use them;
texts outside ASCII are to be normalised (NFKC) first.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_EDGE = r"[^\dA-Za-z]"
_GAP = r"[\s.()\u00ad\u200b-]{0,2}"
_NUMBER = r"(?:\d{9}|\d{12}|\d{3}(?:[\s.-]\d{3}){2,3}|\d{4}(?:[\s.-]\d{4}){2})"
_PHONE = rf"(?:(?:\+|00)?84{_GAP}0?|0){_GAP}[235789](?:{_GAP}\d){{8,9}}"

IDENTITY = rf"(?:^|\D){_NUMBER}(?:$|\D)"
PHONE = rf"(?:^|\D){_PHONE}(?:$|\D)"
EMAIL = r"[^\s@]+@[^\s@]+[.][A-Za-z]{2,}"

IN_TEXT = f"{IDENTITY}|{PHONE}|{EMAIL}"
"""Personal data anywhere in a text."""

_CITIZEN = r"0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}"  # province 001 to 096, century and sex, year, number
_MOBILE = r"(?:\+84|0)[35789]\d{8}"

AS_KEY = rf"^[\s(]*(?:{_NUMBER}|{_PHONE})$|(?:^|{_EDGE})(?:{_CITIZEN}|{_MOBILE})(?:$|{_EDGE})|{EMAIL}"
"""A key that is itself a number of a person, or holds one that is surely a citizen's or a mobile phone's.

Codes with long running numbers stay allowed, and so does a keyed hash in hexadecimal.
"""

IN_ID = EMAIL
"""Event ids may well be bare running numbers."""

_SECRET = re.compile(
    r"^(?:mat(?: [abc]| khan| thuong khan| hoa toc)*|secret|confidential|state secret)$"
    r"|\b(?:toi ?mat|tuyet ?mat|top ?secret|bi mat nha nuoc|(?:do|muc|van ban|tai lieu|ho so|cong van) mat)\b"
)
_SECRET_NAME = re.compile(
    "secre|confidential|classif|securitylevel|(?:do|bao|bi|toi|tuyet|muc|loai|cap)mat"  # as one word
)
_HUMP = re.compile(r"(?<=[^\W\d_A-ZÀ-Ý])(?=[A-ZÀ-ÝĐ])")
LOOKED_AT = 1000
"""Longer texts are refused for their length; no more of them needs reading."""


def plain(text: str) -> str:
    """Lower case, without Vietnamese marks and unseen signs; runs of other signs become one blank."""
    bare = unicodedata.normalize("NFKD", text).lower().replace("đ", "d")
    letters = "".join(c for c in bare if unicodedata.category(c) not in ("Mn", "Cf"))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


@lru_cache(maxsize=1024)
def secret_field(name: str) -> bool:
    """Whether a field's name is a secrecy mark: `secrecy`, `do_mat`, `isMat`, `Độ mật`, ..."""
    words = plain(_HUMP.sub(" ", name[:LOOKED_AT]))
    return "mat" in words.split() or bool(_SECRET_NAME.search(words.replace(" ", "")))


def secret_value(value: object) -> bool:
    """Whether a value is or holds a secrecy mark: `Mật`, `TỐI MẬT`, `top_secret`, `Văn bản mật`, ...

    Only texts with `mat`, `secre`, `confiden` or a sign outside ASCII can be one.
    """
    if not isinstance(value, str) or (value.isascii() and not _hinted(value.lower())):
        return False
    return bool(_SECRET.search(plain(value[:LOOKED_AT])))


def _hinted(lower: str) -> bool:
    return "mat" in lower or "secre" in lower or "confiden" in lower


def secret_possible(text: bytes) -> bool:
    """Whether a value in a JSON text may hold a secrecy mark; if not, `secret_value` need not look at any."""
    return not text.isascii() or b"\\" in text or _hinted(text.decode("ascii").lower())


def holds(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds personal data by one of the patterns above, which all end with `EMAIL`.

    It is only looked for where there is an "@": in a long text without one it takes quadratic time.
    """
    numbers, address = re.compile(pattern.removesuffix(EMAIL).removesuffix("|") or "(?!)"), re.compile(EMAIL)

    def found(value: str) -> bool:
        text = value if value.isascii() else unicodedata.normalize("NFKC", value)
        return bool(numbers.search(text) or ("@" in text and address.search(text)))

    return found


_in_text = holds(IN_TEXT)


def personal(value: object) -> bool:
    """Whether a value of an unknown field looks like personal data."""
    return isinstance(value, str) and _in_text(value[:LOOKED_AT])
