"""Which news format a file of tags is in, by its root element."""

from typing import Final

from transforms.parse import feed, newsml
from transforms.parse.record import Data, Format
from transforms.parse.xml_source import HEAD_BYTES, head_of, root_name

_BY_ROOT: Final = {
    **dict.fromkeys(feed.ROOTS, Format.FEED),
    **dict.fromkeys(newsml.ROOTS, Format.NEWSML),
    "nitf": Format.NITF,
}
_FEEDS_IN_RDF: Final = (b"purl.org/rss/", b"netscape.com/rdf/")
"""Much is written in RDF; a feed names its kind."""
_SGML_TYPE: Final = b"<!doctype lewis"
_SGML_ROOT: Final = "REUTERS"


def markup_format(data: Data, encoding: str) -> Format | None:
    """Return the format of a file that begins with a tag, null for one of no news format."""
    head = head_of(data, encoding)
    if head.lstrip()[: len(_SGML_TYPE)].lower() == _SGML_TYPE:
        return Format.SGML
    root = (root_name(head) or "").rpartition(":")[2]
    if root.lower() == "rdf" and not any(kind in head for kind in _FEEDS_IN_RDF):
        return None
    return Format.SGML if root == _SGML_ROOT else _BY_ROOT.get(root.lower())


def xml_root(data: Data) -> str | None:
    """Return the name of the root element of a file that begins with a tag."""
    return root_name(data[:HEAD_BYTES])
