import { Counter } from "../parts/counter";
import { Icon, IconPath } from "../parts/icons";
import { Panel } from "../parts/panel";
import type { Streak } from "../types";
import { useSpeech } from "../words";

const BEANS = 7;

export function StreakPanel({ streaks }: { streaks: Streak[] }) {
  const { words } = useSpeech();
  return (
    <Panel id="streaks" title={words.streak.heading}>
      {streaks.map((streak) => (
        <OneStreak key={streak.streak.key} streak={streak} />
      ))}
    </Panel>
  );
}

function OneStreak({ streak }: { streak: Streak }) {
  const { words, format } = useSpeech();
  const { length, longest, freezesLeft, countedNow, atRiskAt } = streak;
  const period = streak.streak.period;
  const deadline = freezesLeft > 0 ? words.streak.freezing : words.streak.deadline;
  return (
    <article class={length > 0 ? "streak" : "streak streak-cold"}>
      <div class="streak-main">
        <Flame />
        <p class="streak-length">
          <Counter value={length} />
          <span>{words.streak.unit(period, length)}</span>
        </p>
      </div>
      <Beans length={length} countedNow={countedNow} />
      <h3 class="streak-name">{streak.streak.name}</h3>
      <p class="streak-say">
        {length === 0 && words.streak.none}
        {length > 0 && countedNow && words.streak.safe}
        {length > 0 && !countedNow && atRiskAt && deadline(format.until(atRiskAt))}
      </p>
      <p class="streak-facts">
        <span>
          <Icon name="trophy" size={15} />
          {words.streak.longest(format.number(longest))}
        </span>
        {freezesLeft > 0 && (
          <span class="freezes">
            <Icon name="ice" size={15} />
            {words.streak.freezes(freezesLeft)}
          </span>
        )}
      </p>
    </article>
  );
}

/** A coffee bean for each of the last periods; the present one waits, empty, until it counts. */
function Beans({ length, countedNow }: { length: number; countedNow: boolean }) {
  const { words } = useSpeech();
  const done = Math.min(length, countedNow ? BEANS : BEANS - 1);
  const before = BEANS - done - (countedNow ? 0 : 1);
  const beans = [
    ...Array<string>(before).fill("bean-none"),
    ...Array<string>(done).fill("bean-done"),
    ...(countedNow ? [] : ["bean-now"]),
  ];
  return (
    <div class="beans" role="img" aria-label={words.streak.beans(done, BEANS)}>
      {beans.map((kind, place) => (
        <svg key={place} class={`bean ${kind}`} viewBox="0 0 24 24" width="26" height="26" aria-hidden="true">
          <IconPath name="bean" />
        </svg>
      ))}
    </div>
  );
}

function Flame() {
  return (
    <svg class="flame" viewBox="0 0 64 76" width="70" height="83" aria-hidden="true">
      <path class="flame-outer" d="M34 2c3 14 22 22 22 44a24 24 0 0 1-48 4c-1-13 8-18 9-31 6 2 9 6 11 12 5-8 6-18 6-29z" />
      <path class="flame-middle" d="M34 26c2 9 13 14 13 27a15 15 0 0 1-30 1c0-8 5-11 6-18 4 1 6 4 7 8 3-5 4-11 4-18z" />
      <path class="flame-inner" d="M33 46c1 5 7 7 7 14a8 8 0 0 1-16 0c0-5 3-6 3-10 2 1 3 2 4 4 1-2 2-5 2-8z" />
    </svg>
  );
}
