"""Profiles and similarities to ask the pair rule about: few values each, so that they often agree."""

from typing import Final

from hypothesis import strategies as st

from transforms.relation import Profile, Similarity

HOUR: Final = 3600.0
WORD_COUNTS: Final = {"t0": 12, "t1": 39, "t2": 40, "t3": 149, "t4": 150, "t5": 400}
HOURS: Final = (None, 0, 9, 17.9, 18, 18.1, 30, 60, 71.9, 72, 72.1, 90, 144, 200)

SIMILARITIES: Final = st.builds(
    Similarity,
    jaccard=st.sampled_from([0.0, 0.29, 0.3, 0.45, 0.5, 0.79, 0.8, 0.95]),
    containment=st.sampled_from([0.5, 0.89, 0.9, 1.0]),
    smaller_shingle_count=st.sampled_from([39, 40, 100]),
    number_containment=st.sampled_from([0.0, 0.59, 0.6, 1.0]),
    is_wide=st.booleans(),
    is_steep=st.booleans(),
)


def profile(article_id: str, text_id: str, source: str, url: str | None, title: str, hours: float | None) -> Profile:
    """Build a profile whose number of words is that of its text."""
    return Profile(
        article_id, text_id, source, url, title, None if hours is None else hours * HOUR, WORD_COUNTS[text_id]
    )


PROFILES: Final = st.builds(
    profile,
    st.sampled_from("abcdef"),
    st.sampled_from(sorted(WORD_COUNTS)),
    st.sampled_from(["echo", "courier", "unknown"]),
    st.sampled_from([None, None, "https://echo.example/1", "https://echo.example/2"]),
    st.sampled_from(["", "ferry", "harbour"]),
    st.sampled_from(HOURS),
)
