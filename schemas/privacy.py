"""What must never come in: personal data and secret papers (domain, section 8; Laws 91/2025 and 117/2025).

The patterns are plain enough for Python and for Polars (no look-around), so that both decoders use them.
"""

import re
import unicodedata

_EDGE = "[^0-9A-Za-z]"
IDENTITY = f"(?:^|{_EDGE})(?:[0-9]{{9}}|[0-9]{{12}})(?:$|{_EDGE})"
PHONE = f"(?:^|{_EDGE})(?:[+]?84|0)[ .-]?[235789](?:[ .-]?[0-9]){{8,9}}(?:$|{_EDGE})"
EMAIL = "[^\\s@]+@[^\\s@]+[.][A-Za-z]{2,}"

IN_TEXT = f"{IDENTITY}|{PHONE}|{EMAIL}"
"""Personal data anywhere in a text."""

AS_KEY = f"^(?:[0-9]{{9}}|[0-9]{{12}}|(?:[+]?84|0)[235789][0-9]{{8,9}})$|{EMAIL}"
"""A key that is itself an identity or phone number; codes with long running numbers stay allowed."""

IN_ID = EMAIL
"""Event ids may well be bare running numbers."""

SECRET_WORDS = frozenset({"mat", "toi mat", "tuyet mat", "secret", "top secret", "confidential"})
SECRET_FIELDS = frozenset(
    {"secrecy", "secret", "secretlevel", "confidentiality", "confidential", "classification"}
    | {"classified", "domat", "mucdomat", "mucmat", "dmat"}
)


def plain(text: str) -> str:
    """Lower case, without Vietnamese marks; runs of other signs become one blank."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


def secret_field(name: str) -> bool:
    """Whether a field's name is a secrecy mark: `secrecy`, `do_mat`, `Độ mật`, ..."""
    return plain(name).replace(" ", "") in SECRET_FIELDS


def secret_value(value: object) -> bool:
    """Whether a value is a secrecy mark: `Mật`, `TỐI MẬT`, `top_secret`, ..."""
    return isinstance(value, str) and len(value) < 40 and plain(value) in SECRET_WORDS
