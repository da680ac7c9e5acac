"""Recording: activities into the journal, each once, each answered for by itself."""

from collections.abc import Mapping, Sequence

import msgspec

from gamification import journal, members, programme
from gamification.engine.enrolling import enrol_all
from gamification.journal import ActivityKind, Channel, Entry, EntryType, Facts
from gamification.programme import Programme
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import (
    IdempotencyConflict,
    InTheFuture,
    InvalidInput,
    NotFound,
    PialaError,
    Problem,
    TooLate,
)
from kit.settings import settings

SOURCE_MAX = 300
# Whatever is counted from an event time, its days and expiries, must still be in the calendar.
EARLIEST = clock.parse("1000-01-01T00:00:00Z")
LATEST = clock.parse("9000-01-01T00:00:00Z")


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """An activity as it was told: by whom (`member_id` or `external_id`), of what kind, when.

    `amount` is in minor units of `currency`. Without `occurred_at` it happened just now. `source`
    is unique in the whole journal and makes a repetition harmless.
    """

    kind: str
    source: str
    member_id: str = ""
    external_id: str = ""
    occurred_at: Instant | None = None
    amount: int | None = None
    currency: str | None = None
    quantity: int | None = None
    channel: str = ""
    partner: str = ""
    attributes: Mapping[str, object] = {}


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """The entry, and whether the journal had it already."""

    entry: Entry
    replayed: bool


Answer = Recorded | PialaError


async def record(
    recordings: Sequence[Recording],
    *,
    trusted: bool = False,
    enrol: bool = False,
    time_zone: str = "UTC",
) -> list[Answer]:
    """Record activities in one transaction; each is answered with what became of it.

    An answer may be `InvalidInput`, `NotFound` (member), `TooLate`, `InTheFuture` or
    `IdempotencyConflict`; then that activity left no trace in the journal. `trusted` takes any
    event time (imports). `enrol` makes members of unknown external ids, in `time_zone`.
    """
    unreadable = [_unreadable(one) for one in recordings]
    readable = [one for one, error in zip(recordings, unreadable, strict=True) if error is None]
    answers = iter(
        await database.unit_of_work(_record, readable, trusted, enrol, time_zone)
        if readable
        else []
    )
    return [next(answers) if error is None else error for error in unreadable]


async def _record(
    recordings: Sequence[Recording], trusted: bool, enrol: bool, time_zone: str
) -> list[Answer]:
    async with database.transaction():
        published = await programme.in_force()
        now = clock.now()
        kinds = [_kind_of(one, published, now) for one in recordings]
        refusals = [_refusal(one, kind) for one, kind in zip(recordings, kinds, strict=True)]
        heard = await journal.known_sources([one.source for one in recordings])
        if enrol:
            await enrol_all(_newcomers(recordings, refusals, heard), time_zone=time_zone)
        known_ids = await _member_ids(recordings)
        judged = [
            _judged(one, kind, refusal, known_ids, heard, now, trusted=trusted)
            for one, kind, refusal in zip(recordings, kinds, refusals, strict=True)
        ]
        refused = [answer for answer in judged if isinstance(answer, _Refused)]
        kept: dict[str, str] = {}
        for apart in sorted(refused, key=lambda one: one.entry.source):
            reason, source = apart.error.code, apart.entry.source
            kept[source] = await journal.keep_apart(apart.entry, apart.digest, reason=reason)
        accepted: dict[str, tuple[Entry, str]] = {}
        for answer in judged:
            if isinstance(answer, tuple):
                # Of equal sources in one call the first is recorded, the others are compared.
                accepted.setdefault(answer[0].source, answer)
        known = await journal.append(list(accepted.values())) if accepted else {}
        return [_answer(answer, known, accepted, kept) for answer in judged]


def _unreadable(recording: Recording) -> InvalidInput | None:
    """What a database cannot keep: not even a question about it could be asked."""
    values: dict[str, object] = {
        "member": f"{recording.member_id}{recording.external_id}",
        "kind": recording.kind,
        "idempotencyKey": recording.source,
        "amount.minor": recording.amount,
        "amount.currency": recording.currency,
        "quantity": recording.quantity,
        "channel": recording.channel,
        "partner": recording.partner,
    }
    for name, value in recording.attributes.items():
        values[f"attributes.{name}"] = name if "\0" in name or not _is_unicode(name) else value
    problems = [
        Problem(path, reason) for path, value in values.items() if (reason := _unstorable(value))
    ]
    return InvalidInput(problems) if problems else None


def _unstorable(value: object) -> str:
    """Why a database cannot keep a value; empty where it can."""
    if isinstance(value, str):
        is_sound = "\0" not in value and _is_unicode(value)
        return "" if is_sound else "must be without NUL characters and half surrogate pairs"
    if isinstance(value, int):
        return "" if -(1 << 63) <= value < 1 << 63 else "is out of range"
    return "" if value is None or isinstance(value, float) else "must be a text, number or boolean"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _newcomers(
    recordings: Sequence[Recording],
    refusals: Sequence[InvalidInput | None],
    heard: Mapping[str, journal.Known],
) -> list[str]:
    """Whom to enrol: whose activity is refused leaves no trace, not even as a member."""
    tellers: dict[str, str] = {}
    for recording, refusal in zip(recordings, refusals, strict=True):
        if refusal is None and recording.source not in heard:
            tellers.setdefault(recording.source, recording.external_id)
    return sorted(set(tellers.values()) - {""})


class _Refused(msgspec.Struct, frozen=True):
    """An activity from outside the trust window: kept apart, and told so."""

    entry: Entry
    error: PialaError
    digest: str


_Judged = tuple[Entry, str] | Recorded | _Refused | PialaError


async def _member_ids(recordings: Sequence[Recording]) -> dict[str, str]:
    """Member ids by id and by external id, told apart by a mark in front."""
    by_external = await members.by_external_ids(
        sorted({one.external_id for one in recordings if one.external_id})
    )
    by_id = await members.existing(sorted({one.member_id for one in recordings if one.member_id}))
    return {f"x{one}": member_id for one, member_id in by_external.items()} | {
        f"i{one}": one for one in by_id
    }


def _kind_of(recording: Recording, published: Programme, now: Instant) -> ActivityKind | None:
    at = now if recording.occurred_at is None else recording.occurred_at
    found = published.at(at).kinds.get(recording.kind)
    # What happened before its kind was defined is still of that kind.
    return found or published.at(now).kinds.get(recording.kind)


def _refusal(recording: Recording, kind: ActivityKind | None) -> InvalidInput | None:
    if kind is None:
        return InvalidInput.at("kind", f"there is no activity kind '{recording.kind}'")
    problems = _problems(recording, kind)
    return InvalidInput(problems) if problems else None


def _judged(  # noqa: PLR0917 - all that an activity is judged by
    recording: Recording,
    kind: ActivityKind | None,
    refusal: InvalidInput | None,
    known_ids: Mapping[str, str],
    heard: Mapping[str, journal.Known],
    now: Instant,
    *,
    trusted: bool,
) -> _Judged:
    member_id = known_ids.get(
        f"i{recording.member_id}" if recording.member_id else f"x{recording.external_id}", ""
    )
    digest = digest_of(recording, member_id)
    known = heard.get(recording.source)
    if known is not None and member_id:
        # A repetition is answered as it was the first time, whatever has changed since.
        return _repeated(known, digest)
    if kind is None or refusal is not None:
        return refusal or InvalidInput.at("kind", "is required")
    if not member_id:
        return NotFound("member", recording.member_id or recording.external_id)
    at = now if recording.occurred_at is None else recording.occurred_at
    entry = _entry(recording, kind, member_id, at)
    error = None if trusted else _window_error(at, now)
    return (entry, digest) if error is None else _Refused(entry, error, digest)


def digest_of(recording: Recording, member_id: str) -> str:
    """What the caller said, not what became of it: without a time, a repetition says the same."""
    return journal.digest_of(
        member_id, msgspec.structs.replace(recording, source="", member_id="", external_id="")
    )


def _repeated(known: journal.Known, digest: str) -> Recorded | PialaError:
    if known.digest != digest:
        return IdempotencyConflict(known.entry.source)
    return Recorded(entry=known.entry, replayed=True)


def _entry(recording: Recording, kind: ActivityKind, member_id: str, at: Instant) -> Entry:
    facts = Facts(
        amount=recording.amount,
        currency=recording.currency or "",
        quantity=recording.quantity,
        channel=recording.channel,
        partner=recording.partner,
        attributes=journal.typed(kind, recording.attributes),
    )
    return Entry(
        id=ids.new(),
        member_id=member_id,
        type=EntryType.ACTIVITY,
        kind=recording.kind,
        source=recording.source,
        at=at,
        facts=facts,
    )


def _problems(recording: Recording, kind: ActivityKind) -> list[Problem]:
    problems = journal.problems_of(
        kind,
        amount=recording.amount,
        currency=recording.currency,
        quantity=recording.quantity,
        attributes=recording.attributes,
    )
    if not 1 <= len(recording.source) <= SOURCE_MAX:
        problems.append(Problem("idempotencyKey", f"must be from 1 to {SOURCE_MAX} characters"))
    if recording.channel and recording.channel not in set(Channel):
        problems.append(Problem("channel", f"must be one of {', '.join(Channel)}"))
    if len(recording.external_id) > 200:
        problems.append(Problem("member", "must be at most 200 characters"))
    if len(recording.partner) > 200:
        problems.append(Problem("partner", "must be at most 200 characters"))
    if recording.occurred_at is not None and not EARLIEST <= recording.occurred_at < LATEST:
        problems.append(Problem("occurredAt", "must be in the years 1000 to 8999"))
    return problems


def is_ahead(at: Instant, now: Instant) -> bool:
    """Whether an event time lies further ahead of the clock than clocks differ."""
    return at > now + settings().future_seconds * clock.SECOND


def _window_error(at: Instant, now: Instant) -> PialaError | None:
    earliest = now - settings().lateness_days * clock.DAY
    if at < earliest:
        return TooLate(at, earliest)
    if is_ahead(at, now):
        return InTheFuture(at, now + settings().future_seconds * clock.SECOND)
    return None


def _answer(
    judged: _Judged,
    known: Mapping[str, journal.Known],
    accepted: Mapping[str, tuple[Entry, str]],
    kept: Mapping[str, str],
) -> Answer:
    if isinstance(judged, PialaError | Recorded):
        return judged
    if isinstance(judged, _Refused):
        # Of other words under a key that is kept apart nothing is kept: say so.
        is_kept = kept[judged.entry.source] == judged.digest
        return judged.error if is_kept else IdempotencyConflict(judged.entry.source)
    entry, digest = judged
    if accepted[entry.source][0] is entry and known[entry.source].entry.id == entry.id:
        return Recorded(entry=entry, replayed=False)
    return _repeated(known[entry.source], digest)
