"""What a web page says: its story, and the headline, authors and dates that it prints or declares."""

from transforms.outlet import Extractor
from transforms.page.page import Page, read_page

__all__ = ["Extractor", "Page", "read_page"]
