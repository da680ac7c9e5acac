import { useEffect, useRef, useState } from "preact/hooks";
import { Counter } from "../parts/counter";
import { Icon } from "../parts/icons";
import { hourIn } from "../format";
import type { Member } from "../types";
import { useSpeech } from "../words";

export function PointsPanel({ me }: { me: Member }) {
  const { words, format } = useSpeech();
  const { balance, pending, held, lifetime, expiringNext, currency } = me.points;
  const gain = useGain(balance);
  return (
    <div class="points" id="points">
      <h1 class="greeting" id="member-name">
        {greeting(me, words.greeting)}
      </h1>
      <p class="balance">
        <Counter value={balance} id="balance" />
        {gain && (
          <span class={gain.change > 0 ? "gain" : "gain gain-down"} key={gain.number} aria-hidden="true">
            {format.signed(gain.change)}
          </span>
        )}
      </p>
      <p class="unit">{currency.name || words.points.unit}</p>
      <ul class="chips">
        {pending > 0 && (
          <li class="chip">
            <Icon name="clock" size={15} />
            {words.points.pending(format.number(pending))}
          </li>
        )}
        {held > 0 && (
          <li class="chip">
            <Icon name="lock" size={15} />
            {words.points.held(format.number(held))}
          </li>
        )}
        {expiringNext && (
          <li class="chip">
            <Icon name="calendar" size={15} />
            {words.points.expiring(format.number(expiringNext.amount), format.day(expiringNext.at))}
          </li>
        )}
        <li class="chip">
          <Icon name="bean" size={15} />
          {words.points.lifetime(format.number(lifetime))}
        </li>
      </ul>
    </div>
  );
}

/** The last change of the balance, so that it can float up beside the number. */
function useGain(balance: number): { change: number; number: number } | null {
  const last = useRef(balance);
  const count = useRef(0);
  const [gain, setGain] = useState<{ change: number; number: number } | null>(null);
  useEffect(() => {
    const change = balance - last.current;
    last.current = balance;
    if (change) setGain({ change, number: ++count.current });
  }, [balance]);
  return gain;
}

function greeting(me: Member, words: ReturnType<typeof useSpeech>["words"]["greeting"]): string {
  const hour = hourIn(me.timeZone);
  const name = me.displayName;
  if (hour >= 4 && hour < 11) return words.morning(name);
  return hour >= 11 && hour < 18 ? words.afternoon(name) : words.evening(name);
}
