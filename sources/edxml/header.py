"""The header of an edXML message, read safely: no external entities, no network, no more than the header.

Parsing stops where the header ends, so attachments of any size are never read. A document type declaration is
refused whole: the format has none, and with it go entity expansion and external subsets.
"""

import codecs
from collections.abc import Iterator

from lxml import etree

from schemas.record import has_secret
from schemas.refusal import Reason
from sources.converted import FieldError

LIMIT = 1 << 20
"""Bytes within which the header must end."""

PIECE = 16_384
BODIES = frozenset({"edxmlbody", "body", "manifest", "attachmentencoded", "edxmlattachments"})
STATUS = frozenset({"status", "messagestatus", "edxmlstatus"})
ROOTS = frozenset({"edxmlenvelope", "envelope"})


class Node:
    """An element of the header. Names are compared without namespace and case: both dialects vary them."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    def at(self, *path: str) -> "Node | None":
        """The first element below, step by step."""
        found: Node | None = self
        for name in path:
            found = next(found.all(name), None) if found else None
        return found

    def all(self, name: str) -> "Iterator[Node]":
        """The direct children of a name."""
        return (Node(child) for child in self._element if local(child) == name.lower())

    def deep(self, name: str) -> "Iterator[Node]":
        """All elements of a name, at any depth."""
        return (Node(child) for child in self._element.iter() if local(child) == name.lower())

    @property
    def name(self) -> str:
        """Its name without namespace, in lower case."""
        return local(self._element)

    def text(self, *path: str) -> str:
        """The text of an element below, "" when it is not there."""
        node = self.at(*path)
        return node.own_text if node else ""

    @property
    def own_text(self) -> str:
        """Its own text, without that of elements in it."""
        return (self._element.text or "").strip()

    @property
    def empty(self) -> bool:
        """Whether it has neither text nor children."""
        return len(self._element) == 0 and not self.own_text


def local(element: etree._Element) -> str:
    """An element's name without its namespace, in lower case."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def message_of(payload: bytes) -> Node:
    """The root element with all that comes before the body. Raises FieldError."""
    if not payload.strip():
        raise FieldError(Reason.EMPTY, "")
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for start in range(0, min(len(payload), LIMIT), PIECE):
            parser.feed(payload[start : start + PIECE])
            for event, element in parser.read_events():
                if isinstance(element, etree._Element) and _over(event, element):  # noqa: SLF001 - its public type
                    return _open(element.getroottree().getroot())
    except (etree.LxmlError, ValueError, LookupError):
        raise FieldError(Reason.UNREADABLE, "") from None
    raise FieldError(Reason.TOO_LARGE if len(payload) > LIMIT else Reason.UNREADABLE, "")


def _over(event: str, element: etree._Element) -> bool:
    """Whether the header has been seen whole. Raises FieldError for what is no message."""
    root = element.getparent() is None
    if root and element.getroottree().docinfo.internalDTD is not None:
        raise FieldError(Reason.UNREADABLE, "DOCTYPE")
    if root and local(element) not in ROOTS | STATUS:
        raise FieldError(Reason.UNREADABLE, "edXMLEnvelope")
    return local(element) in BODIES if event == "start" else root


def _open(element: etree._Element) -> Node:
    """The message, unless it carries a secrecy mark, as an element, an attribute or a text."""
    for child in element.iter():
        attributes = {etree.QName(str(name)).localname: str(value) for name, value in child.attrib.items()}
        if has_secret({local(child): child.text or "", **attributes}):
            raise FieldError(Reason.SECRET, "")
    return Node(element)


def edxml_payloads(file: bytes) -> list[bytes]:
    """A file of one message, or of one on each line, as a dump of a topic has them."""
    lines = [line for line in file.removeprefix(codecs.BOM_UTF8).splitlines() if line.strip()]
    whole = len(lines) > 1 and all(
        line.lstrip().startswith(b"<") and b"nvelope>" in line[-40:] for line in lines
    )
    return lines if whole else [file]
