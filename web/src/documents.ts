// What the screen says to the schema. The bases are the project's acceptance documents.

export const HOUSE = `
query House {
  programme { name }
  leaderboards(first: 6) { edges { node { key title } } }
}`;

export const PROGRESS_SCREEN = `
query ProgressScreen($board: String!) {
  me {
    id
    displayName
    avatarUrl
    timeZone
    points {
      currency { key name }
      balance
      pending
      held
      lifetime
      expiringNext { amount at }
    }
    tier {
      current { key name rank benefits { name } }
      next { key name rank }
      progress { value needed percent }
      qualifiedUntil
      atRisk
    }
    badges(first: 40, state: ALL) {
      totalCount
      edges {
        node {
          badge { key name description iconUrl rarity hidden levels { key name goal } }
          level
          awardedAt
          progress { value goal percent }
        }
      }
    }
    won: badges(first: 1) { totalCount }
    challenges(first: 10, state: ACTIVE) {
      edges {
        node {
          challenge {
            key
            title
            description
            endsAt
            prizes {
              __typename
              ... on PointsPrize { amount currency { key name } }
              ... on BadgePrize { badge { key name } }
            }
          }
          progress { value goal percent }
          enrolled
          completedAt
        }
      }
    }
    streaks { streak { key name period } length longest atRiskAt freezesLeft countedNow }
    statement(first: 8) {
      edges { node { id amount kind why occurredAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
  leaderboard(key: $board) {
    key
    title
    period { startsAt endsAt final }
    me { rank score }
    around(radius: 3) { rank score isMe member { displayName avatarUrl } }
    top: standings(first: 3) { edges { node { rank score isMe member { displayName avatarUrl } } } }
  }
}`;

export const STATEMENT = `
query Statement($after: String) {
  me {
    statement(first: 20, after: $after) {
      edges { node { id amount kind why occurredAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

export const SPENDING = `
query Spending {
  charities(first: 6) {
    edges {
      node {
        key
        name
        campaigns(first: 3) {
          edges {
            node { key title description goal raised percent matched donors minimum state endsAt }
          }
        }
      }
    }
  }
  rewards(first: 12) {
    edges {
      node {
        key title description kind price { amount currency { key name } } stock affordable locked { why }
      }
    }
  }
}`;

export const MY_EVENTS = `
subscription MyEvents($after: String) {
  myEvents(after: $after) {
    cursor
    occurredAt
    event {
      __typename
      ... on PointsPosted { amount why balance currency { key } }
      ... on BadgeAwarded { badge { key name iconUrl } level }
      ... on TierChanged { from { key rank } to { key name rank } }
      ... on ChallengeProgressed { challenge { key } progress { value goal percent } }
      ... on ChallengeCompleted { challenge { key title } }
      ... on StreakExtended { streak { key name } length }
      ... on StreakBroken { streak { key name } }
      ... on RankChanged { leaderboard { key title } rank previousRank }
    }
  }
}`;

export const RECORD = `
mutation Record($input: RecordActivityInput!) {
  recordActivity(input: $input) {
    __typename
    ... on RecordActivityPayload {
      activity { id kind occurredAt }
      replayed
      settled
      effects {
        __typename
        ... on PointsPosted { currency { key } amount why }
        ... on BadgeAwarded { badge { key name } level }
        ... on TierChanged { from { key } to { key name } }
        ... on ChallengeCompleted { challenge { key title } }
      }
    }
    ... on Error { code message }
  }
}`;

export const DONATE = `
mutation Donate($input: DonateInput!) {
  donate(input: $input) {
    __typename
    ... on DonatePayload {
      donation { id points state matched receipt { number } }
      member { points { balance } }
      replayed
    }
    ... on InsufficientPoints { code message needed available }
    ... on Error { code message }
  }
}`;

export const REDEEM = `
mutation Redeem($input: RedeemRewardInput!) {
  redeemReward(input: $input) {
    __typename
    ... on RedeemRewardPayload {
      redemption { id state voucher { code expiresAt } }
      member { points { balance } }
      replayed
    }
    ... on InsufficientPoints { code message needed available }
    ... on SoldOut { code message }
    ... on Error { code message }
  }
}`;

export const JOIN = `
mutation Join($input: JoinChallengeInput!) {
  joinChallenge(input: $input) {
    __typename
    ... on Error { code message }
  }
}`;
