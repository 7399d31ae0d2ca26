"""Values of our own declarations as SQL literals. What users give is bound, never written out."""


def quoted(value: str | int) -> str:
    """A string or whole number as a literal."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return str(int(value))
