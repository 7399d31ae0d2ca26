"""The arguments of a macro."""


class MacroError(ValueError):
    """A macro with the wrong number of arguments or without its closing bracket."""


def brackets(text: str, start: int, *, quotes: bool) -> tuple[list[str], int]:
    """The arguments in the brackets that open at `start`, and where they end.

    quotes: brackets and commas in quotes do not count (in the browser they do).
    """
    depth, quote, arguments, begin = 0, "", [], start + 1
    for at in range(start, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote and text[at - 1] != "\\" else quote
        elif quotes and sign in "'`\"":
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        if not quote and ((sign == "," and depth == 1) or depth == 0):
            arguments.append(text[begin:at])
            begin = at + 1
        if depth == 0:
            return ([] if arguments == [""] else arguments), at + 1
    raise MacroError("a macro without its closing bracket")
