"""What a web page says: its story, and the headline, authors and dates that it prints or declares."""

from transforms.page.page import Page, read_page
from transforms.page.story import Extractor

__all__ = ["Extractor", "Page", "read_page"]
