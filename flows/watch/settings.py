"""The settings of watching: when a lake counts as unhealthy, and who is told."""

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Frozen):
    """Past what `broadsheet health` complains.

    max_age_hours: how long ago the last run may have been published, in hours.
    max_data_age_hours: how old the newest article may be by its own date, in hours; 0 does not look at it.
    min_free_gb: least room on the disk of the lake, in GB; what a week takes is asked for in any case.
    max_quarantine_share: share of the last seven runs' records in quarantine, 0 to 1.
    """

    max_age_hours: float = Field(default=30, gt=0)
    max_data_age_hours: float = Field(default=72, ge=0)
    min_free_gb: float = Field(default=5, ge=0)
    max_quarantine_share: float = Field(default=0.2, ge=0, le=1)


class Alerts(_Frozen):
    """Who is told.

    urls: where alerts go, as Apprise writes it: mailto://, slack://, json://, ...
    heartbeat_url: what is asked for, by GET, at the end of every run that went well: a service that misses it tells.
    """

    urls: tuple[str, ...] = ()
    heartbeat_url: str | None = None

    @field_validator("heartbeat_url")
    @classmethod
    def _of_the_web(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("heartbeat_url must begin with http:// or https://")
        return url
