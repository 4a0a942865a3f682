"""XML from strangers: cut into its records by their tags, each read on its own, so that a broken one costs itself only.

No document type ever reaches the XML parser: what it declares is skipped unread. So there is no entity to expand, in
memory or from a file or the network; a name that HTML does not know either stays as it is written.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from lxml import etree

from transforms.article import Reason
from transforms.errors import DumpRefused
from transforms.parse.decoding import decode
from transforms.parse.mending import mended
from transforms.parse.nodes import Element, escaped, local
from transforms.parse.record import KEPT_BYTES, NO_TEXT, Data, Fault, Malformed, Record, Span, malformed, too_long
from transforms.parse.xml_source import HEAD_BYTES, find_root, source_of

_MAX_NAMESPACES: Final = 64
_MAX_NAMESPACE_CHARS: Final = 200
_RESCANS: Final = 16
"""How often, on average, a byte is read again after an element that did not end where it should: keeps it linear."""
_SKIPPED: Final = rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
_ATTRIBUTES: Final = rb"(?:[^<>\"'/]|\"[^\"<]*+\"|'[^'<]*+'|/(?!>))*+"
_USUAL: Final = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "atom": "http://www.w3.org/2005/Atom",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "yandex": "http://news.yandex.ru",
}
"""Prefixes that feeds use without saying what they stand for."""
_WHAT: Final = {
    "ERR_TAG_NAME_MISMATCH": "a tag is closed that was not opened last",
    "ERR_TAG_NOT_FINISHED": "a tag is not closed",
    "ERR_CDATA_NOT_FINISHED": "a CDATA section does not end",
    "ERR_COMMENT_NOT_FINISHED": "a comment does not end",
    "ERR_MISPLACED_CDATA_END": "]]> outside a CDATA section",
    "ERR_ATTRIBUTE_REDEFINED": "an attribute is given twice",
    "ERR_RESOURCE_LIMIT": "nested deeper than 256 levels, or a text of over 10 million bytes",
}


class Elements:
    """The elements of one name, or of several: `names` is a pattern of names as written, prefixes included.

    Raises DumpRefused when no XML element begins the file.
    """

    def __init__(self, data: Data, encoding: str, names: bytes, max_record_bytes: int) -> None:
        self._data, self._encoding, self._is_original = source_of(data, encoding)
        self._max_record_bytes = max_record_bytes
        opening = rb"(?P<name>" + names + rb")(?=[\s/>])"
        self._opening = re.compile(rb"<" + opening)
        self._tags = re.compile(_SKIPPED + rb"|<(?P<close>/?)" + opening + _ATTRIBUTES + rb"(?P<empty>/?)>", re.DOTALL)
        self._parser = _new_parser()
        self._rescans_left = _RESCANS * len(self._data)
        self._root = find_root(self._data)
        if self._root is None:
            raise DumpRefused("the file does not begin as XML does; look at what was delivered")
        self.frame = self._open_elements(self._root.start())
        self._declared = _declarations(self.frame)

    def _open_elements(self, begin: int) -> list[Element]:
        """Read what stands before the first record: the root and a channel in it, outermost first."""
        first = next((tag.start() for tag in self._tags.finditer(self._data, begin) if tag["name"]), len(self._data))
        head = self._data[begin : min(first, begin + HEAD_BYTES)]
        try:
            text = decode(head, self._encoding)
        except UnicodeDecodeError:
            text = head.decode("latin-1")
        tree = etree.fromstring(mended(text).encode(), _new_parser()) if text else None
        return (
            [] if tree is None else [tree, *(child for child in tree.iterchildren(etree.Element) if _is_channel(child))]
        )

    def records(self, fields: Callable[[Element], dict[str, Any]]) -> Iterator[Record | Malformed]:
        """Yield a record for each element, with what `fields` reads in it, and Malformed in place of broken ones."""
        for number, (span, found) in enumerate(self._found()):
            record: Record | Malformed
            if isinstance(found, Fault):
                record = malformed(number, self._data, span, found)
            else:
                record = Record(number, span[0], self._data[slice(*span)], NO_TEXT | fields(found))
            if not self._is_original:
                record.offset = None
            yield record

    def _found(self) -> Iterator[tuple[Span, Element | Fault]]:
        at: int | None = 0
        end, is_whole = 0, True
        while at is not None:
            pieces, at = self._pieces(at), None
            for (begin, piece_end), is_whole in pieces:
                found = self._element(begin, piece_end, is_whole)
                at = self._next_opening(begin + 1, piece_end) if isinstance(found, Fault) else None
                end = piece_end if at is None else at
                yield (begin, end), found
                if at is not None:
                    break
        if is_whole:
            yield from self._missing(end)

    def _pieces(self, start: int) -> Iterator[tuple[Span, bool]]:
        """Yield spans from tag to closing tag, or to the next opening one, and whether they are closed."""
        begin: int | None = None
        for tag in self._tags.finditer(self._data, start):
            if tag["name"] is None:
                continue
            if begin is not None:
                yield (begin, tag.end() if tag["close"] else tag.start()), bool(tag["close"])
            begin = None if tag["close"] or tag["empty"] else tag.start()
            if tag["empty"] and not tag["close"]:
                yield tag.span(), True
        if begin is not None:
            yield (begin, len(self._data)), False

    def _next_opening(self, begin: int, end: int) -> int | None:
        """Find where another record opens inside a broken one: a CDATA section without end hides its neighbours."""
        found = self._opening.search(self._data, begin, end)
        if found is None or self._rescans_left < end - found.start():
            return None
        self._rescans_left -= end - found.start()
        return found.start()

    def _element(self, begin: int, end: int, is_whole: bool) -> Element | Fault:
        if end - begin > self._max_record_bytes:
            return too_long(end - begin, self._max_record_bytes)
        if not is_whole:
            return Fault(Reason.MALFORMED, "the element is not closed before the next begins or the file ends")
        raw = self._data[begin:end]
        if raw.count(b"<![CDATA[") > raw.count(b"]]>") and self._opening.search(raw, 1):
            return Fault(Reason.MALFORMED, "a CDATA section that goes on into the next element")
        try:
            text = decode(raw, self._encoding)
        except UnicodeDecodeError as error:
            return Fault(Reason.MALFORMED, f"byte {error.start:,} of the record is in no encoding we know")
        tree = etree.fromstring(f"<_{self._declared}>{mended(text)}</_>".encode(), self._parser)
        fatal = next((error for error in self._parser.error_log if error.level == etree.ErrorLevels.FATAL), None)
        if fatal is None and tree is not None and len(tree) == 1:
            return tree[0]
        what = "more than one element" if fatal is None else _WHAT.get(fatal.type_name, "not XML")
        where = "" if fatal is None else f" on line {fatal.line:,}"
        return Fault(Reason.MALFORMED, f"broken XML{where} of the record ({what})")

    def _missing(self, end: int) -> Iterator[tuple[Span, Fault]]:
        """Report what was to follow the last record when the file ends without closing its root."""
        if self._root is None or not self.frame:
            return
        root = self._root[1]
        if self._data.rfind(b"</" + root, end) >= 0 or self._is_empty_root():
            return
        closing = f"its </{root.decode()[:50]}>"
        if end == 0:
            raise DumpRefused(f"the XML ends before {closing} and holds no record; have it delivered again")
        fault = Fault(Reason.MALFORMED, f"the file ends before {closing}; have it delivered again to get what follows")
        yield (end, min(len(self._data), end + KEPT_BYTES)), fault

    def _is_empty_root(self) -> bool:
        return self._data[-HEAD_BYTES:].rstrip().endswith(b"/>")


def _new_parser() -> Any:
    """Make a parser that only reads. `recover` lets undeclared prefixes pass; worse errors are found in its log."""
    return etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _is_channel(element: Element) -> bool:
    return local(element) == "channel"


def _declarations(frame: list[Element]) -> str:
    """Write the namespaces in force where the records stand."""
    declared: dict[str | None, str] = {}
    declared.update(_USUAL)
    for element in frame:
        if len(element.nsmap) <= _MAX_NAMESPACES:
            declared |= {k: v for k, v in element.nsmap.items() if len(v) + len(k or "") <= _MAX_NAMESPACE_CHARS}
    quoted = {prefix: escaped(uri).replace('"', "&quot;") for prefix, uri in declared.items()}
    return "".join(f' xmlns:{prefix}="{uri}"' if prefix else f' xmlns="{uri}"' for prefix, uri in quoted.items())
