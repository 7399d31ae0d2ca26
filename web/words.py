"""Texts in Vietnamese and English, and which of them a client asked for."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same said twice."""

    vi: str
    en: str

    def said(self, language: str) -> str:
        """In one language, or Vietnamese first and English second for ''."""
        return {"vi": self.vi, "en": self.en}.get(language, f"{self.vi} / {self.en}")


def language(accepted: str) -> str:
    """`vi` or `en`, whichever an Accept-Language header prefers (RFC 9110, 12.5.4); '' for neither."""
    ranked = [_ranked(part) for part in accepted.split(",")]
    wanted = [(quality, tag) for quality, tag in ranked if tag in ("vi", "en") and quality > 0]
    return max(wanted, key=lambda each: each[0])[1] if wanted else ""


def _ranked(part: str) -> tuple[float, str]:
    tag, _, parameter = part.partition(";")
    try:
        quality = float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        quality = 0.0
    return quality, tag.strip().lower().partition("-")[0]
