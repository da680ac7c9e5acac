"""What a line was found to say: an activity, or that one is taken back; sound enough to be kept."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from gamification import engine
from piala.importing.rows import Bad, Line, unreadable

SOURCE_MAX: Final = 300
MEMBER_MAX: Final = 200


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
    texts = (recording.channel, recording.partner, *recording.attributes.values())
    reason = (
        _unsound("source", recording.source, SOURCE_MAX)
        or _unsound("member", recording.external_id, MEMBER_MAX)
        or _unkept(text for text in texts if isinstance(text, str))
    )
    return Bad(line, reason) if reason else Read(line, recording)


def retraction(line: Line, retracting: engine.Retracting) -> TakenBack | Bad:
    """The retraction, unless a text of it cannot be kept."""
    reason = (
        _unsound("source", retracting.source, SOURCE_MAX)
        or _unsound("retract.source", retracting.target_source, SOURCE_MAX)
        or unreadable(retracting.reason)
    )
    return Bad(line, reason) if reason else TakenBack(line, retracting)


def _unsound(name: str, text: str, most: int) -> str:
    if not text:
        return f"there is no {name}"
    if len(text) > most:
        return f"the {name} is longer than {most} characters"
    return unreadable(text)


def _unkept(texts: Iterable[str]) -> str:
    return next((reason for text in texts if (reason := unreadable(text))), "")
