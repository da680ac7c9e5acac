// The shapes that the documents ask for, written as the answers have them.

export interface Connection<T> {
  edges: { node: T }[];
}

export interface Page<T> extends Connection<T> {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

export interface Named {
  key: string;
  name: string;
}

export interface Progress {
  value: number;
  goal: number;
  percent: number;
}

export interface Points {
  currency: Named;
  balance: number;
  pending: number;
  held: number;
  lifetime: number;
  expiringNext: { amount: number; at: string } | null;
}

export interface TierProgress {
  current: Named & { rank: number; benefits: { name: string }[] };
  next: (Named & { rank: number }) | null;
  progress: { value: number; needed: number; percent: number };
  qualifiedUntil: string | null;
  atRisk: boolean;
}

export interface Badge extends Named {
  description: string | null;
  iconUrl: string | null;
  rarity: number | null;
  hidden: boolean;
  levels: (Named & { goal: number })[];
}

export interface MemberBadge {
  badge: Badge;
  level: string | null;
  awardedAt: string | null;
  progress: Progress | null;
}

export type Prize =
  | { __typename: "PointsPrize"; amount: number; currency: Named }
  | { __typename: "BadgePrize"; badge: Named };

export interface MemberChallenge {
  challenge: {
    key: string;
    title: string;
    description: string | null;
    endsAt: string | null;
    prizes: Prize[];
  };
  progress: Progress;
  enrolled: boolean;
  completedAt: string | null;
}

export interface Streak {
  streak: Named & { period: string };
  length: number;
  longest: number;
  atRiskAt: string | null;
  freezesLeft: number;
  countedNow: boolean;
}

export interface Line {
  id: string;
  amount: number;
  kind: string;
  why: string;
  occurredAt: string;
}

export interface Card {
  displayName: string;
  avatarUrl: string | null;
}

export interface Rank {
  rank: number;
  score: number;
  isMe: boolean;
  member: Card;
}

export interface Leaderboard {
  key: string;
  title: string;
  period: { startsAt: string | null; endsAt: string | null; final: boolean };
  me: { rank: number; score: number } | null;
  around: Rank[];
  top: Connection<Rank>;
}

export interface Member extends Card {
  id: string;
  timeZone: string;
  points: Points;
  tier: TierProgress | null;
  badges: Connection<MemberBadge> & { totalCount: number };
  won: { totalCount: number };
  challenges: Connection<MemberChallenge>;
  streaks: Streak[];
  statement: Page<Line>;
}

export interface Screen {
  me: Member | null;
  leaderboard: Leaderboard | null;
}

export interface House {
  programme: { name: string };
  leaderboards: Connection<{ key: string; title: string }>;
}

export interface Campaign {
  key: string;
  title: string;
  description: string | null;
  goal: number;
  raised: number;
  percent: number;
  matched: number;
  donors: number;
  minimum: number;
  state: string;
  endsAt: string | null;
}

export interface Reward {
  key: string;
  title: string;
  description: string | null;
  kind: string;
  price: { amount: number; currency: Named }[];
  stock: number | null;
  affordable: boolean;
  locked: { why: string } | null;
}

export interface Spending {
  charities: Connection<Named & { campaigns: Connection<Campaign> }>;
  rewards: Connection<Reward>;
}

export type Effect =
  | { __typename: "PointsPosted"; amount: number; why: string; currency: { key: string } }
  | { __typename: "BadgeAwarded"; badge: Named; level: string | null }
  | { __typename: "TierChanged"; from: { key: string } | null; to: Named }
  | { __typename: "ChallengeCompleted"; challenge: { key: string; title: string } };

export type Happening =
  | { __typename: "PointsPosted"; amount: number; why: string; balance: number; currency: { key: string } }
  | { __typename: "BadgeAwarded"; badge: Named; level: string | null }
  | { __typename: "TierChanged"; from: { key: string; rank: number } | null; to: Named & { rank: number } }
  | { __typename: "ChallengeProgressed"; challenge: { key: string }; progress: Progress }
  | { __typename: "ChallengeCompleted"; challenge: { key: string; title: string } }
  | { __typename: "StreakExtended"; streak: Named; length: number }
  | { __typename: "StreakBroken"; streak: Named }
  | {
      __typename: "RankChanged";
      leaderboard: { key: string; title: string };
      rank: number;
      previousRank: number | null;
    }
  | { __typename: "DonationConfirmed" | "RewardRedeemed" };

export interface MemberEvent {
  cursor: string;
  occurredAt: string;
  event: Happening;
}

/** What every expected refusal of a mutation answers. */
export interface Refusal {
  __typename: string;
  code: string;
  message: string;
}

export interface Recorded {
  __typename: "RecordActivityPayload";
  activity: { id: string; kind: string; occurredAt: string };
  replayed: boolean;
  settled: boolean;
  effects: Effect[];
}

export interface Donated {
  __typename: "DonatePayload";
  donation: { id: string; points: number; state: string; matched: number; receipt: { number: string } | null };
  member: { points: { balance: number } };
}

export interface Redeemed {
  __typename: "RedeemRewardPayload";
  redemption: { id: string; state: string; voucher: { code: string; expiresAt: string | null } | null };
  member: { points: { balance: number } };
}
