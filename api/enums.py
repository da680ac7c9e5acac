"""The enums of the rooms as the schema shows them: a description for each and for every value."""

from enum import Enum, EnumMeta

import strawberry

from gamification.badges import OnRefund, Visibility
from gamification.challenges import Enrolment, Mode
from gamification.engine import AdjustmentState
from gamification.journal import AttributeType, Channel
from gamification.leaderboards import BoardPeriod, RankStyle
from gamification.ledger import CurrencyKind, EntryKind, ExpiryMode, Shortage
from gamification.metrics import Aggregate
from gamification.programme import DefinitionKind, DefinitionState, Scope
from gamification.rules import CapMode, Rounding, Stacking
from kit.calendar import Period, Unit
from rewards.catalogue import LockReason, RewardKind
from rewards.donations import CampaignState, DonationState
from rewards.redemptions import RedemptionState


def described(enum: EnumMeta, text: str, *, name: str | None = None, **values: str) -> None:
    """Let the schema have this enum. Raises `ValueError` where a value has no description."""
    strawberry.enum(enum, name=name, description=text)
    definition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        if value.name not in values:
            raise ValueError(f"{enum.__name__}.{value.name} needs a description")
        value.description = values[value.name]


described(
    CurrencyKind,
    "What the points of a currency are for.",
    REDEEMABLE="They can be spent on rewards and donations.",
    QUALIFYING="They count toward tiers and are never spent.",
    XP="They make levels and never fall by spending.",
    MONEY="They are money (cash-back), in minor units.",
)
described(
    ExpiryMode,
    "How points expire.",
    NEVER="They do not.",
    ROLLING="So long after they were earned.",
    CALENDAR="On a date.",
    SLIDING="All together, once their owner has been idle for so long.",
)
described(
    Shortage,
    "What happens where a refund takes back points that were spent.",
    ALLOW_NEGATIVE="The member owes them; the next earnings pay.",
    WRITE_OFF="The programme bears it.",
    PREVENT="The refund is refused.",
)
described(
    EntryKind,
    "What a line of a statement does.",
    EARN="Points were earned.",
    SPEND="Points were spent on a reward.",
    EXPIRE="Points ran out of time.",
    ADJUST="Staff corrected the balance.",
    TRANSFER="Points moved between accounts.",
    HOLD="Points were set aside.",
    CAPTURE="Points that were set aside were taken.",
    RELEASE="Points that were set aside came back.",
    REVERSE="An earlier line was undone.",
    CLAWBACK="What a refunded activity had earned was taken back.",
    DONATE="Points were donated.",
    MATCH="A sponsor matched a donation.",
    MERGE="Two members became one.",
)
described(
    Visibility,
    "Who can see what a badge is.",
    VISIBLE="Everybody.",
    HIDDEN="Only who has won it: its name, icon and goals are a surprise.",
)
described(
    OnRefund,
    "What becomes of a badge when what it was won with is refunded.",
    REVOKE="It is taken away.",
    KEEP="The member keeps it.",
)
described(
    Enrolment,
    "How members come to take part in a challenge.",
    AUTOMATIC="Everybody takes part.",
    OPT_IN="Those who join take part, from that moment on.",
)
described(
    Mode,
    "How many of a challenge's tasks complete it.",
    ALL="All of them.",
    ANY="Any one of them.",
)
described(
    AttributeType,
    "What an attribute of an activity holds.",
    STRING="A text of up to 500 characters.",
    INTEGER="A whole number of up to 53 bits.",
    DECIMAL="A number.",
    BOOLEAN="True or false.",
)
described(
    Channel,
    "The touchpoint at which an activity happened.",
    ONLINE="On the web.",
    IN_STORE="In a shop.",
    APP="In an app.",
    PARTNER="At a partner's.",
    IMPORT="It was imported from elsewhere.",
)
described(
    Stacking,
    "How several multipliers of what a rule grants go together.",
    MULTIPLICATIVE="They multiply each other: 2 and 1.5 make 3.",
    ADDITIVE="What each adds is added up: 2 and 1.5 make 2.5; never less than 0.",
    HIGHEST="Only the highest counts: 2 and 1.5 make 2.",
)
described(
    Rounding,
    "How a fraction of a point becomes whole points.",
    DOWN="Down.",
    UP="Up.",
    HALF_EVEN="To the nearest; a half to the even neighbour.",
)
described(
    CapMode,
    "What a cap or a budget does with points that go over it.",
    REDUCE="What still fits is granted.",
    REJECT="Nothing is granted.",
)
described(
    BoardPeriod,
    "How long a score counts on a leaderboard.",
    ALL_TIME="For ever.",
    DAILY="For a day in the board's time zone.",
    WEEKLY="For a week, from Monday, in the board's time zone.",
    MONTHLY="For a calendar month in the board's time zone.",
)
described(
    RankStyle,
    "How equal scores are ranked.",
    ORDINAL="1234: whoever reached the score first stands first.",
    COMPETITION="1224: equal scores share a rank, the next ranks are skipped.",
    DENSE="1223: equal scores share a rank, none is skipped.",
)
described(
    Aggregate,
    "How the values of single activities become one number.",
    COUNT="How many there were.",
    SUM="The sum of a field.",
    DISTINCT="How many different values a field had.",
    MAX="The greatest value of a field.",
)
described(
    Period,
    "A civil period, in the time zone of whoever it is about.",
    name="CivilPeriod",
    DAY="A day.",
    WEEK="A week, from Monday.",
    MONTH="A calendar month.",
)
described(
    Unit,
    "A unit of the calendar.",
    name="CalendarUnit",
    DAY="A day.",
    WEEK="A week, from Monday.",
    MONTH="A month.",
    QUARTER="A quarter of a year, from January, April, July or October.",
    YEAR="A year, from January.",
)
described(
    DefinitionKind,
    "What staff can define.",
    ACTIVITY_KIND="A kind of activity, with its attributes.",
    CURRENCY="A currency of points.",
    EARNING_RULE="A rule by which activities earn points.",
    BADGE="A badge.",
    CHALLENGE="A challenge.",
    STREAK="A streak.",
    TIER_SET="The ladder of tiers.",
    LEADERBOARD="A leaderboard.",
    REWARD="Something that points can be spent on.",
    CHARITY="A charity.",
    CAMPAIGN="A charity's campaign.",
)
described(
    DefinitionState,
    "Whether a version of a definition is in force.",
    DRAFT="It can be changed, and has no effect.",
    PUBLISHED="It stays as it is, and has effect from its time on.",
)
described(
    Scope,
    "Which of what already happened a published version looks back at.",
    name="BackfillScope",
    NONE="Nothing: it counts from when it comes into force.",
    SINCE="What happened since a moment.",
    ALL="All that ever happened.",
)
described(
    RewardKind,
    "What sort of thing a reward is.",
    DISCOUNT="A code that makes something cheaper.",
    FREE_PRODUCT="A code for a product that costs nothing.",
    VOUCHER="A code that is worth something.",
    MERCHANDISE="A thing that is sent.",
    EXPERIENCE="Something to take part in.",
    EARLY_ACCESS="To have something before others do.",
    UPGRADE="More of what the member has.",
    CASH_BACK="Money.",
    DONATION="A gift to a charity.",
)
described(
    LockReason,
    "Why a reward cannot be redeemed by this member now.",
    NOT_OPEN_YET="Its time has not come.",
    CLOSED="Its time is over.",
    SOLD_OUT="None is left.",
    TIER_TOO_LOW="It takes a higher tier.",
    LIMIT_REACHED="The member has had as many as one can have.",
)
described(
    RedemptionState,
    "Where a redemption is in its life.",
    ISSUED="The member holds its voucher.",
    USED="The voucher was used.",
    EXPIRED="The voucher has run out.",
    RETURNED="It was returned, and the points are back.",
)
described(
    CampaignState,
    "Where a campaign is in its life.",
    DRAFT="It is not published yet.",
    SCHEDULED="Its time has not come.",
    COLLECTING="It takes donations.",
    GOAL_REACHED="It has what it asked for, and still takes donations.",
    CLOSED="Its time is over.",
)
described(
    DonationState,
    "Where a donation is in its life.",
    HELD="Its points are set aside.",
    CONFIRMED="Its points are the campaign's.",
    CANCELLED="It was called off, the points are back.",
    EXPIRED="It was not confirmed in time, the points are back.",
)
described(
    AdjustmentState,
    "Where an adjustment by staff is in its life.",
    PENDING="It waits for a second person, and has no effect yet.",
    APPLIED="It took effect.",
    REJECTED="A second person turned it down.",
    REVERSED="It took effect, and was taken back.",
)


class ParkedReason(Enum):
    """Why an activity is not in the journal: the code of the refusal."""

    TOO_LATE = "TOO_LATE"
    IN_THE_FUTURE = "IN_THE_FUTURE"


class ParkedState(Enum):
    """What became of an activity that was set aside."""

    WAITING = "WAITING"
    ADMITTED = "ADMITTED"
    DISMISSED = "DISMISSED"


described(
    ParkedReason,
    "Why an activity is not in the journal.",
    TOO_LATE="It happened longer ago than activities are taken.",
    IN_THE_FUTURE="It was said to happen later than it came.",
)
described(
    ParkedState,
    "What staff made of an activity that was parked.",
    WAITING="Nothing yet.",
    ADMITTED="It counts, at its own time.",
    DISMISSED="It stays out.",
)
