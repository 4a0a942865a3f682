"""The formats that are read, as a table: what their names look like, what one record is, and how they are told."""

from typing import Final, NamedTuple

from transforms.parse.record import Format


class Kind(NamedTuple):
    """One format: usual suffixes of names, what it is called, what one record of it is, and what tells it."""

    format: Format
    suffixes: tuple[str, ...]
    name: str
    record: str
    told_by: str


FORMATS: Final = (
    Kind(Format.TXT, (".txt", ".text"), "text", "the file: an article", "name"),
    Kind(Format.LINES, (), "lines of text", "a line: an article", "settings"),
    Kind(Format.JSONL, (".jsonl", ".ndjson", ".jsonlines", ".jl"), "JSON Lines", "a line", "content"),
    Kind(Format.JSON, (".json",), "JSON", "an object: alone, in an array, or inside an answer", "content"),
    Kind(Format.CSV, (".csv",), "CSV", "a row", "name, or a header that names a text"),
    Kind(Format.TSV, (".tsv", ".tab"), "TSV", "a row", "name, or a header that names a text"),
    Kind(Format.PARQUET, (".parquet", ".pq"), "Parquet", "a row", "content"),
    Kind(Format.HTML, (".html", ".htm", ".xhtml"), "web page", "the file: a page", "content or name"),
    Kind(Format.WARC, (".warc", ".arc"), "WARC and ARC", "a response that is a web page", "content"),
    Kind(Format.FEED, (".xml", ".rss", ".atom", ".rdf"), "RSS, RDF and Atom", "an item", "content"),
    Kind(Format.NITF, (".nitf",), "NITF", "the document", "content"),
    Kind(Format.NEWSML, (".newsml",), "NewsML-G2 and NewsML 1", "a news item", "content"),
    Kind(Format.SGML, (".sgm", ".sgml"), "SGML as of Reuters-21578", "a REUTERS element", "content"),
    Kind(Format.EML, (".eml",), "mail", "the message", "content and name"),
    Kind(Format.MBOX, (".mbox",), "mailbox", "a message", "content and name"),
)
BY_SUFFIX: Final = {suffix: kind.format for kind in FORMATS for suffix in kind.suffixes}


def formats_table() -> str:
    """Give the table as Markdown."""
    head = "| format | names | one record | told by |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(
        f"| {kind.name} | {' '.join(f'`{s}`' for s in kind.suffixes) or 'any'} | {kind.record} | {kind.told_by} |"
        for kind in FORMATS
    )
