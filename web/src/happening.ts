// What one event of mine does to the screen at once, and what is said about it.
// The next answer of the schema corrects every guess made here.

import type { Notice } from "./parts/notices";
import type { Happening, Screen } from "./types";
import type { Speech } from "./words";

/** The screen as it is after the event, as far as the event itself tells. */
export function after(screen: Screen, event: Happening): Screen {
  const { me } = screen;
  if (!me) return screen;
  switch (event.__typename) {
    case "PointsPosted":
      if (event.currency.key !== me.points.currency.key) return screen;
      return { ...screen, me: { ...me, points: { ...me.points, balance: event.balance } } };
    case "ChallengeProgressed": {
      const edges = me.challenges.edges.map((edge) =>
        edge.node.challenge.key === event.challenge.key
          ? { node: { ...edge.node, progress: event.progress } }
          : edge,
      );
      return { ...screen, me: { ...me, challenges: { edges } } };
    }
    default:
      return screen;
  }
}

/** What to tell the member, or null where the moving screen says enough. */
export function noticeOf(event: Happening, screen: Screen | null, speech: Speech): Notice | null {
  const { words, format } = speech;
  switch (event.__typename) {
    case "PointsPosted":
      return { tone: "points", title: words.notice.points(format.signed(event.amount)), text: event.why };
    case "BadgeAwarded": {
      // The screen knows the badge in the viewer's language; an event may be in another one.
      const mine = screen?.me?.badges.edges.find(({ node }) => node.badge.key === event.badge.key)?.node.badge;
      const level = mine?.levels.find((one) => one.key === event.level)?.name;
      const name = mine?.name ?? event.badge.name;
      return {
        tone: "badge",
        title: level ? `${name} · ${level}` : name,
        text: words.notice.badge,
        badgeKey: event.badge.key,
      };
    }
    case "TierChanged":
      if (event.from && event.from.rank > event.to.rank) return null; // no party for a step down
      return { tone: "tier", title: event.to.name, text: words.notice.tier };
    case "ChallengeCompleted": {
      const mine = screen?.me?.challenges.edges.find(({ node }) => node.challenge.key === event.challenge.key);
      return {
        tone: "challenge",
        title: mine?.node.challenge.title ?? event.challenge.title,
        text: words.notice.challenge,
      };
    }
    case "StreakExtended": {
      const mine = screen?.me?.streaks.find((one) => one.streak.key === event.streak.key)?.streak;
      const unit = words.streak.unit(mine?.period ?? "", event.length);
      return {
        tone: "streak",
        title: words.notice.streak(format.number(event.length), unit),
        text: mine?.name ?? event.streak.name,
      };
    }
    case "StreakBroken":
      return { tone: "streak", title: words.notice.streakBroken };
    case "RankChanged": {
      if (event.previousRank !== null && event.previousRank <= event.rank) return null;
      const { leaderboard } = event;
      const seen = screen?.leaderboard;
      const title = seen?.key === leaderboard.key ? seen.title : leaderboard.title;
      if (event.rank === 1) {
        return { tone: "first", title: words.notice.first(title), text: words.notice.leading };
      }
      return { tone: "rank", title: words.notice.rank(format.number(event.rank), title) };
    }
    default:
      return null;
  }
}
