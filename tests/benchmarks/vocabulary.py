"""The made-up language of the benchmark: real common English in front, invented but English-looking words behind."""

from enum import IntEnum
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]

DRAWS: Final = 1 << 16
"""A word is drawn by one 16-bit number: column of the table of its slot."""


class Slot(IntEnum):
    """What kind of word stands at a place of a sentence."""

    NOUN = 0
    NOUNS = 1
    VERB = 2
    PAST = 3
    ADJECTIVE = 4
    ADVERB = 5
    FIRST = 6
    LAST = 7
    PLACE = 8
    ORG = 9
    FIGURE = 10
    DAY = 11
    MONTH = 12
    ROLE = 13


def _listed(block: str) -> list[str]:
    return block.split()


_NOUNS: Final = _listed("""
government year people company market time week month country city state report group member leader minister official
police court case law plan deal bank price rate share investor worker school student hospital doctor patient family
child woman man war force attack troop weapon election vote party campaign president candidate voter parliament council
committee budget tax cost fund project program system service industry firm product sale customer store trade export
import economy growth crisis problem issue question answer decision change policy reform right power energy oil gas
coal plant water river road bridge train airport flight ship port storm flood fire earthquake weather team player coach
season match goal title fan club film music book writer artist show award museum church building house home street
neighbour village farm crop food health disease virus vaccine drug study scientist university teacher computer network
phone data software site account message letter newspaper journalist story interview statement meeting conference
agreement treaty border refugee visa prison prisoner judge lawyer charge trial sentence crime victim witness
investigation inquiry evidence search rescue driver car truck crash injury death life job wage strike union pension debt
loan interest profit loss quarter revenue forecast analyst shareholder director board chairman spokesman critic
supporter protest crowd march speech debate document record figure number level risk effort result effect reason
""")
_VERBS: Final = _listed("""
ask call want need help start turn show play move believe happen include continue add follow support remain open close
offer consider appear serve kill raise pass report require demand claim expect reject accept approve oppose delay cancel
launch end plan order visit attack defend protect destroy damage repair rescue arrest charge question search discover
confirm warn promise urge appeal agree sign announce reveal publish post share sell purchase produce develop design
improve increase reduce limit control manage direct back fund finance cover review examine test treat save hope
fear doubt welcome praise criticise attend watch listen walk return arrive enter cross travel
""")
_ADJECTIVES: Final = _listed("""
new old good great big small large long short high low early late young important public private national local foreign
political social economic financial military legal medical federal regional central main major minor recent current
former final possible likely clear strong weak hard difficult easy free full open whole real true certain serious severe
deadly dangerous safe popular common special particular different similar single several many few other same next last
first second third daily weekly annual senior chief joint common independent official international global northern
southern eastern western rural urban poor rich cheap expensive heavy light dry wet cold hot quiet busy
""")
_ADVERBS: Final = _listed("""
also still already now then later soon often never always again once only even just nearly almost quickly slowly sharply
quietly openly publicly privately officially reportedly widely largely mostly partly fully clearly recently finally
""")
_FIRSTS: Final = _listed("""
James Mary John Patricia Robert Jennifer Michael Linda William Elizabeth David Barbara Richard Susan Joseph Jessica
Thomas Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Betty Mark Margaret Paul Sandra Steven Ashley Andrew Emily
George Donna Kenneth Michelle Kevin Carol Brian Amanda Edward Melissa José André Zoë Renée Jürgen François Søren Chloé
""")
_ROLES: Final = _listed("""
director chairman chairwoman spokesman spokeswoman secretary president treasurer editor professor minister mayor
commissioner economist analyst lawyer engineer manager governor ambassador
""")
_DAYS: Final = _listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTHS: Final = _listed("January February March April May June July August September October November December")

_PREFIXES: Final = _listed("re un over under inter out sub trans counter fore mis co de pre ab con per pro en dis ex")
_ROOTS: Final = _listed("""
band barl brack brand brill cant carv cast chand clar clov cord cran crest crov dalt darn dell dorm drav dress
drift farl fend fern flann flex flint ford form fract fust gland glim gorm grad grant graft hald hamm harl hask
hest hold holt jest join kell kern lamp land larm lect lend lind lint loft lorn mand mark mast melt mend mint
mold morn mort nest norm pact pall part pend pest pict plan plast plend ploit plum port post prend prest quell
quest rand rasp rect rend rift rust sand scand script sect sent sert shall sist skill sold sorb spand spect
spill sport stall stern strand strict struct tact tall tend tent test thorn tort tract trend tuft turb vand vent
verd vern vert vest vict void volt ward warl wend wert wick
""")
_NOUN_ENDS: Final = _listed("er ing ment ness tion ity ship age ance dom al ist ure or")
_VERB_ENDS: Final = _listed("en ate ise ify le er ish")
_ADJECTIVE_ENDS: Final = _listed("able al ful ous ive less ish ant ic ary")
_NAME_HEADS: Final = _listed("""
Abb Ald Ash Bal Bar Beck Ben Black Brad Bran Bur Cal Car Chest Clay Cor Crow Dal Den Dun East Ell Fair Far Gar
Glen Gran Hal Ham Har Hart Hazel Hol Hunt Kel Ken King Lang Law Lin Mar Mel Mill Mor New Nor Oak Pem Pres Rad
Red Rich Ros Sal Sher Stan Stock Sud Thorn Tren Wal War West Whit Win Wood Yar
""")
_NAME_TAILS: Final = _listed("""
acre aby ard beck bell berg born brook bury by combe cott croft dale den don er ett field ford gate ham hart
hurst ing ington land ley lock low man mann mere mond more ney nock ock over ridge row sen shaw side smith son
stead ster stone ton tree vale ville wall ward water way well wick wood worth yard
""")
_PLACE_TAILS: Final = _listed("ton ford ville burg stan port land mouth")
_ORG_TAILS: Final = _listed("Group Bank Holdings Institute Council Energy Partners Industries Foundation Trust Motors")


def _invent(rng: np.random.Generator, heads: list[str], tails: list[str], count: int) -> list[str]:
    """Return `count` different head-and-tail compounds in an order of their own."""
    words = sorted({head + tail for head, tail in product(heads, tails)})
    return [words[i] for i in rng.permutation(len(words))[:count]]


def _stems() -> list[str]:
    return _ROOTS + [prefix + root for prefix, root in product(_PREFIXES, _ROOTS)]


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _past(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def _figures(rng: np.random.Generator, count: int) -> list[str]:
    """Return figures as papers print them: counts, decimals, money and shares."""
    tens, cents = rng.integers(2, 9_999, count).tolist(), rng.integers(1, 99, count).tolist()
    shapes = ("{0:,}", "{0:,}", "{0:,}.{1}", "${0:,}.{1} million", "{1} percent", "{1}.{0}")
    return sorted({shapes[i % len(shapes)].format(a, b) for i, (a, b) in enumerate(zip(tens, cents, strict=True))})


def _classes() -> dict[Slot, tuple[list[str], float]]:
    """Return each slot's words, commonest first, and how flat its frequencies are: see `_draw_table`."""
    rng = np.random.default_rng(20_240_304)
    nouns = [*_NOUNS, *_invent(rng, _stems(), _NOUN_ENDS, 14_000)]
    verbs = [*_VERBS, *_invent(rng, _stems(), _VERB_ENDS, 5_000)]
    lasts = _invent(rng, _NAME_HEADS, _NAME_TAILS, 3_500)
    return {
        Slot.NOUN: (nouns, 6),
        Slot.NOUNS: ([_plural(n) for n in nouns], 6),
        Slot.VERB: (verbs, 6),
        Slot.PAST: ([_past(v) for v in verbs], 6),
        Slot.ADJECTIVE: ([*_ADJECTIVES, *_invent(rng, _stems(), _ADJECTIVE_ENDS, 7_000)], 6),
        Slot.ADVERB: ([*_ADVERBS, *(a + "ly" for a in _invent(rng, _stems(), ["ive", "ous", "ent"], 1_500))], 6),
        Slot.FIRST: (_FIRSTS, 20),
        Slot.LAST: (lasts, 200),
        Slot.PLACE: (_invent(rng, _NAME_HEADS, _PLACE_TAILS, 500), 20),
        Slot.ORG: ([f"{n} {_ORG_TAILS[i % len(_ORG_TAILS)]}" for i, n in enumerate(lasts)], 200),
        Slot.FIGURE: (rng.permutation(_figures(rng, 12_000)).tolist(), 4_000),
        Slot.DAY: (_DAYS, 100),
        Slot.MONTH: (_MONTHS, 100),
        Slot.ROLE: (_ROLES, 20),
    }


def _draw_table(first_id: int, count: int, flatness: float) -> Ids:
    """Return (DRAWS,) int32 word ids, the word of rank r as often as 1 / (r + flatness) ** 1.1 says."""
    reached: npt.NDArray[np.float64] = np.cumsum((np.arange(count) + 1 + flatness) ** -1.1)
    asked = (np.arange(DRAWS) + 0.5) / DRAWS * reached[-1]
    ids: Ids = (first_id + np.searchsorted(reached, asked)).astype(np.int32)
    return ids


class Vocabulary:
    """Every word form with an id, and for each slot a table that turns a 16-bit number into a word."""

    def __init__(self, literals: list[str]) -> None:
        """Give ids to the slots' words, then to `literals`: the function words and marks that sentences spell out."""
        self.words: list[str] = []
        tables = []
        for words, flatness in _classes().values():
            tables.append(_draw_table(len(self.words), len(words), flatness))
            self.words += words
        self.table: Ids = np.stack(tables)
        self.literal_ids = {word: len(self.words) + i for i, word in enumerate(literals)}
        self.words += literals

    def draw(self, rng: np.random.Generator, slot: Slot, count: int) -> list[str]:
        """Return `count` words of one slot."""
        return [self.words[i] for i in self.table[slot, rng.integers(0, DRAWS, count)].tolist()]
