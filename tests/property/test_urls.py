"""One page, one address: however it was spelled, and spelling it again changes nothing."""

from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from transforms.urls import canonical_url, host, site

SCHEMES = st.sampled_from(["http://", "https://", "HTTP://", "http:/", "https://https://", "http://http://"])
HOSTS = st.sampled_from(
    [
        "harbour.example",
        "www.harbour.example",
        "www.www.harbour.example",
        "m.harbour.example",
        "amp.www.harbour.example",
        "News.Harbour.example",
        "m\u00fcller.example",
        "www.example",
    ]
)
PORTS = st.sampled_from(["", ":80", ":443", ":8080", ":99999", ":x"])
PATHS = st.lists(
    st.sampled_from(
        ["", "a", "B-2", "amp", "a.amp.html", "2017", "x_y.html", "\u00e9", "%41", "a b", "..", ".", "a;b=1", "*"]
    ),
    max_size=4,
).map("/".join)
QUERIES = st.lists(st.sampled_from(["id=3", "p=", "q=a b", "id=4", "x", "z=%C3%A9", "=", "q=\u00e9"]), max_size=3).map(
    "&".join
)
ARCHIVES = st.sampled_from(
    [
        "",
        "https://web.archive.org/web/20170207/",
        "http://archive.is/123/",
        "https://web.archive.org/web/2017im_/https://archive.ph/9/",
    ]
)
ADDRESSES = st.tuples(ARCHIVES, SCHEMES, HOSTS, PORTS, st.just("/"), PATHS, st.just("?"), QUERIES).map("".join)
TRACKERS = (
    "utm_source=feed",
    "utm_medium=rss",
    "utm_campaign=x",
    "fbclid=Iw1",
    "gclid=2",
    "mc_cid=3",
    "mc_eid=4",
    "igshid=5",
    "msclkid=6",
    "yclid=7",
)


@given(
    ADDRESSES
    | st.text(max_size=40)
    | st.text(st.sampled_from("htps:/w.a[]@?#&=%2;\u00e9 "), max_size=40).map("http://{}".format)
)
@example("http://www.www.harbour.example/a?b=1")
@example("https://[harbour.example/a")
def test_the_canonical_address_of_a_canonical_address_is_itself(address: str) -> None:
    found = canonical_url(address)

    assert found is None or found == canonical_url(found)


@given(ADDRESSES)
def test_a_canonical_address_is_secure_and_has_no_fragment_archive_or_trailing_slash(address: str) -> None:
    found = canonical_url(f"{address}#comments")

    assert found is None or (
        found.startswith("https://") and "#" not in found and not found.endswith("/") and "archive." not in found
    )
    assert (
        found is None
        or not (urlsplit(found).hostname or "").startswith("www.")
        or found.startswith("https://www.example")
    )


@given(ADDRESSES, st.lists(st.sampled_from(TRACKERS), min_size=1, max_size=3))
def test_trackers_never_matter(address: str, trackers: list[str]) -> None:
    joint = "" if address.endswith("?") else "&"

    assert canonical_url(address) == canonical_url(address + joint + "&".join(trackers))


@given(HOSTS, PATHS, QUERIES, ARCHIVES, st.sampled_from(["http", "https"]), st.sampled_from(["", "/", "#top", "/#x"]))
def test_scheme_archive_fragment_and_trailing_slash_never_matter(
    name: str, path: str, query: str, archive: str, scheme: str, ending: str
) -> None:
    page = f"{name}/{path}"
    expected = canonical_url(f"https://{page}?{query}" if query else f"https://{page}")
    ending = ending.removeprefix("/") if query else ending

    assert expected == canonical_url(f"{archive}{scheme}://{page}" + (f"?{query}" if query else "") + ending)


@given(
    ADDRESSES,
    st.text(max_size=20)
    | ADDRESSES
    | st.sampled_from(["//[", "/other", "https://other.example/x", "?id=9", "http://"]),
)
def test_a_declared_address_wins_only_within_its_site(address: str, declared: str) -> None:
    own, found = canonical_url(address), canonical_url(address, declared)

    assert found == own or found is not None
    assert own is None or found is None or site(own) == site(found)


@given(st.text(max_size=30) | ADDRESSES)
def test_a_host_is_bare_and_lower_case(text: str) -> None:
    found = host(text)

    assert found is None or ("." in found and found == host(found) and "/" not in found)
