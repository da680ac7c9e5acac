import { Bar } from "../parts/bar";
import { Icon } from "../parts/icons";
import { Panel } from "../parts/panel";
import { reached } from "../parts/reached";
import type { MemberChallenge, Prize } from "../types";
import { useSpeech } from "../words";

interface Props {
  challenges: MemberChallenge[];
  onJoin: (key: string) => void;
}

export function ChallengePanel({ challenges, onJoin }: Props) {
  const { words } = useSpeech();
  return (
    <Panel id="challenges" title={words.challenges.heading}>
      {challenges.length === 0 && <p class="empty">{words.challenges.none}</p>}
      <ul class="challenge-list">
        {[...challenges].sort(mineFirst).map((one) => (
          <OneChallenge key={one.challenge.key} of={one} onJoin={onJoin} />
        ))}
      </ul>
    </Panel>
  );
}

/** Those that the member takes part in, the soonest to end first: an order that events leave alone. */
function mineFirst(a: MemberChallenge, b: MemberChallenge): number {
  if (a.enrolled !== b.enrolled) return a.enrolled ? -1 : 1;
  return (a.challenge.endsAt ?? "9").localeCompare(b.challenge.endsAt ?? "9");
}

function OneChallenge({ of, onJoin }: { of: MemberChallenge; onJoin: (key: string) => void }) {
  const speech = useSpeech();
  const { words, format } = speech;
  const { challenge, progress, completedAt, enrolled } = of;
  const done = completedAt !== null;
  return (
    <li class={done ? "challenge challenge-done" : "challenge"} data-challenge={challenge.key}>
      <div class="challenge-head">
        <h3>{challenge.title}</h3>
        {done && (
          <span class="stamp">
            <Icon name="check" size={14} />
            {words.challenges.done}
          </span>
        )}
        {!done && challenge.endsAt && <span class="quiet">{words.challenges.ends(format.until(challenge.endsAt))}</span>}
      </div>
      {challenge.description && <p class="quiet">{challenge.description}</p>}
      <div class="challenge-way">
        <Bar percent={progress.percent} label={challenge.title} tone={done ? "won" : "accent"} />
        <span class="challenge-count">
          {reached(progress, speech)}
        </span>
      </div>
      <div class="challenge-foot">
        <ul class="prizes" aria-label={words.challenges.prizes}>
          {challenge.prizes.map((prize, place) => (
            <PrizeChip key={place} prize={prize} />
          ))}
        </ul>
        {!enrolled && !done && (
          <button type="button" class="small" onClick={() => onJoin(challenge.key)}>
            {words.challenges.join}
          </button>
        )}
      </div>
    </li>
  );
}

function PrizeChip({ prize }: { prize: Prize }) {
  const { words, format } = useSpeech();
  return prize.__typename === "PointsPrize" ? (
    <li class="prize">
      <Icon name="gift" size={15} />
      {words.challenges.pointsPrize(format.signed(prize.amount))}
    </li>
  ) : (
    <li class="prize">
      <Icon name="star" size={15} />
      {prize.badge.name}
    </li>
  );
}
