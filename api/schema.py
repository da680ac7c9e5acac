"""The schema: every page put together, and every field guarded as the table says."""

from typing import Final

import strawberry
from graphql import build_schema, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from api import classification, enums, http, permissions  # noqa: F401  enums: described there
from api.activities import ActivityQueries
from api.adjusting import AdjustingMutations
from api.adjustments import AdjustmentQueries
from api.admitting import AdmittingMutations
from api.badges import BadgeQueries
from api.budget import Limits
from api.challenges import ChallengeQueries
from api.defining import DefiningMutations
from api.donating import DonatingMutations
from api.donations import DonationQueries
from api.enrolling import EnrollingMutations
from api.errors import HANDLERS
from api.joining import JoiningMutations
from api.leaderboards import LeaderboardQueries
from api.ledger_head import ChainQueries
from api.live import LiveEvents
from api.masking import Schema
from api.members import MemberQueries
from api.parked import ParkedQueries
from api.paying import PayingMutations
from api.programme import ProgrammeQueries
from api.publishing import PublishingMutations
from api.recording import RecordingMutations
from api.redeeming import RedeemingMutations
from api.reports import ReportQueries
from api.returning import ReturningMutations
from api.rewards import RewardQueries
from api.scalars import SCALARS
from api.transferring import TransferringMutations
from kit.settings import Settings

MONEY: Final = frozenset(
    {
        "adjustPoints",
        "approveAdjustment",
        "cancelDonation",
        "captureHold",
        "confirmDonation",
        "donate",
        "holdPoints",
        "redeemReward",
        "returnRedemption",
        "refundPayment",
        "releaseHold",
        "reverseAdjustment",
        "spendPoints",
        "transferPoints",
    }
)
"""The mutations that move a member's points at somebody's word."""


@strawberry.type(description="What can be asked.")
class Query(
    MemberQueries,
    ActivityQueries,
    LeaderboardQueries,
    BadgeQueries,
    ChallengeQueries,
    RewardQueries,
    DonationQueries,
    ProgrammeQueries,
    ReportQueries,
    ChainQueries,
    AdjustmentQueries,
    ParkedQueries,
):
    pass


@strawberry.type(description="What can be done. Every answer is a payload, or says why not.")
class Mutation(
    EnrollingMutations,
    RecordingMutations,
    DonatingMutations,
    RedeemingMutations,
    ReturningMutations,
    PayingMutations,
    TransferringMutations,
    JoiningMutations,
    AdjustingMutations,
    AdmittingMutations,
    DefiningMutations,
    PublishingMutations,
):
    pass


@strawberry.type(description="What can be listened to.")
class Subscription(LiveEvents):
    pass


def limits(own: Settings) -> Limits:
    """What one request may ask for, as the settings say."""
    return Limits.of(own, money=MONEY)


def build(own: Settings, *, introspection: bool = True) -> Schema:
    """The guarded schema. Raises `Unclassified` where a field has no row in the table."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not introspection),
        extensions=http.extensions(limits(own), introspection=introspection),
        exception_handlers=HANDLERS,
    )
    permissions.enforce(schema._schema, classification.table())
    return schema


def sdl() -> str:
    """The schema as text, sorted: the committed `schema.graphql`."""
    # By way of its text: sorting the schema itself breaks its enums.
    return print_schema(lexicographic_sort_schema(build_schema(build(Settings()).as_str()))) + "\n"
