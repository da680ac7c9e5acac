"""What a line was found to say: an activity, or that one is taken back; sound enough to be kept."""

from typing import Final, NamedTuple

from gamification import engine
from piala.importing.rows import Bad, Line, unreadable

SOURCE_MAX: Final = 300
MEMBER_MAX: Final = 200

_ESCAPE: Final = "\\"
"""A line is sound itself; only what it escapes may come out as something else."""


class Read(NamedTuple):
    """An activity, and the line on which it stands."""

    line: Line
    recording: engine.Recording


class TakenBack(NamedTuple):
    """A retraction, and the line on which it stands."""

    line: Line
    retracting: engine.Retracting


def activity(line: Line, recording: engine.Recording) -> Read | Bad:
    """The activity, unless a text of it cannot be kept."""
    source, member = recording.source, recording.external_id
    reason = _misfit("source", source, SOURCE_MAX) or _misfit("member", member, MEMBER_MAX)
    if not reason and _ESCAPE in line.text:
        texts = (source, member, recording.channel, recording.partner)
        reason = _unkept(*texts, *recording.attributes.values())
    return Bad(line, reason) if reason else Read(line, recording)


def retraction(line: Line, retracting: engine.Retracting) -> TakenBack | Bad:
    """The retraction, unless a text of it cannot be kept."""
    source, target = retracting.source, retracting.target_source
    reason = _misfit("source", source, SOURCE_MAX) or _misfit("retract.source", target, SOURCE_MAX)
    if not reason and _ESCAPE in line.text:
        reason = _unkept(source, target, retracting.reason)
    return Bad(line, reason) if reason else TakenBack(line, retracting)


def _misfit(name: str, text: str, most: int) -> str:
    if not text:
        return f"there is no {name}"
    return f"the {name} is longer than {most} characters" if len(text) > most else ""


def _unkept(*values: object) -> str:
    reasons = (unreadable(value) for value in values if isinstance(value, str))
    return next(filter(None, reasons), "")
