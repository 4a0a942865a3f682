"""News agencies: the name each goes by here, and the ways in which it is printed."""

import re
from typing import Final

AGENCIES: Final = {
    "AA": ("AA", "Anadolu Agency", "Anadolu"),
    "AAP": ("AAP",),
    "Adnkronos": ("Adnkronos", "ADNKRONOS"),
    "AFP": ("AFP", "afp", "Agence France-Presse", "Agence France Presse"),
    "AGI": ("AGI",),
    "ANI": ("ANI",),
    "ANP": ("ANP",),
    "ANSA": ("ANSA", "Ansa"),
    "Antara": ("Antara", "ANTARA"),
    "AP": ("AP", "The Associated Press", "the Associated Press", "Associated Press"),
    "APA": ("APA", "apa"),
    "Belga": ("Belga", "BELGA"),
    "Bernama": ("Bernama", "BERNAMA"),
    "Bloomberg": ("Bloomberg News", "Bloomberg", "BLOOMBERG"),
    "Business Wire": ("BUSINESS WIRE", "Business Wire"),
    "CP": ("CP", "The Canadian Press", "Canadian Press"),
    "CTK": ("CTK", "\u010cTK"),
    "Dow Jones": ("Dow Jones",),
    "dpa": ("dpa-AFX", "dpa-afx", "dpa", "DPA", "Deutsche Presse-Agentur"),
    "EFE": ("EFE", "Efe"),
    "epd": ("epd",),
    "Europa Press": ("EUROPA PRESS", "Europa Press"),
    "HealthDay": ("HealthDay News", "HealthDay"),
    "IANS": ("IANS",),
    "Interfax": ("Interfax", "INTERFAX"),
    "KNA": ("KNA",),
    "Kyodo": ("Kyodo News", "Kyodo", "KYODO"),
    "Lusa": ("Lusa", "LUSA"),
    "MTI": ("MTI",),
    "Notimex": ("Notimex", "NOTIMEX"),
    "NTB": ("NTB",),
    "PA": ("PA Media", "PA", "Press Association"),
    "PAP": ("PAP",),
    "PR Newswire": ("PRNewswire", "PR Newswire"),
    "PTI": ("PTI",),
    "Reuters": ("Thomson Reuters Foundation", "Reuters Health", "Reuters", "REUTERS", "Reuter", "REUTER"),
    "RIA Novosti": ("RIA Novosti",),
    "Ritzau": ("Ritzau",),
    "SDA": ("Keystone-SDA", "SDA", "sda"),
    "SID": ("SID",),
    "STT": ("STT",),
    "Tanjug": ("Tanjug", "TANJUG"),
    "TASS": ("ITAR-TASS", "Itar-Tass", "TASS"),
    "TT": ("TT",),
    "UPI": ("UPI", "United Press International"),
    "Xinhua": ("Xinhua News Agency", "Xinhua", "XINHUA"),
    "Yonhap": ("Yonhap", "YONHAP"),
}
_CANONICAL: Final = {spelling: name for name, spellings in AGENCIES.items() for spelling in spellings}
ANY: Final = "(?:" + "|".join(sorted(map(re.escape, _CANONICAL), key=len, reverse=True)) + ")"
"""A pattern for any spelling, the longest first."""
_FIND: Final = re.compile(rf"(?<![\w.]){ANY}(?![\w-])")


def agency_in(text: str) -> str | None:
    """Give the name of the first agency that a short credit names; None for none that we know."""
    found = _FIND.search(text)
    return _CANONICAL[found[0]] if found else None
