"""A busy machine is no bug: properties run without a deadline."""

from hypothesis import settings

settings.register_profile("broadsheet", deadline=None)
settings.load_profile("broadsheet")
