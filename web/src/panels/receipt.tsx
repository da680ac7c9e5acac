import type { Effect, Recorded } from "../types";
import { useSpeech } from "../words";

interface Props {
  recorded: Recorded;
  title: string;
  minor: number | null;
  currency: string;
}

/** What the till prints: the activity, and what it has just won. */
export function Receipt({ recorded, title, minor, currency }: Props) {
  const { words, format } = useSpeech();
  const { activity, settled, replayed, effects } = recorded;
  return (
    <div class="receipt" role="status">
      <div class="receipt-paper">
        <p class="receipt-head">
          <strong>{words.till.receipt}</strong>
          <time dateTime={activity.occurredAt}>{format.moment(activity.occurredAt)}</time>
        </p>
        <p class="receipt-line">
          <span>{title}</span>
          <span>{minor === null ? words.till.recorded : format.money(minor, currency)}</span>
        </p>
        <hr />
        {effects.map((effect, place) => (
          <EffectLine key={place} effect={effect} />
        ))}
        {settled && effects.length === 0 && <p>{words.till.nothing}</p>}
        {!settled && <p>{words.till.settling}</p>}
        {replayed && <p>{words.till.again}</p>}
      </div>
    </div>
  );
}

function EffectLine({ effect }: { effect: Effect }) {
  const { words, format } = useSpeech();
  const [name, value] = ((): [string, string] => {
    switch (effect.__typename) {
      case "PointsPosted":
        return [effect.why || words.till.points, format.signed(effect.amount)];
      case "BadgeAwarded":
        return [words.till.badge, effect.badge.name];
      case "TierChanged":
        return [words.till.tier, effect.to.name];
      case "ChallengeCompleted":
        return [words.till.challenge, effect.challenge.title];
      default:
        return ["", ""]; // a newer server may know more effects than this page
    }
  })();
  if (!name) return null;
  return (
    <p class="receipt-line receipt-won">
      <span>{name}</span>
      <span>{value}</span>
    </p>
  );
}
