import { useId } from "preact/hooks";
import { Icon } from "../parts/icons";
import { useEntrance } from "../parts/motion";
import type { TierProgress } from "../types";
import { useSpeech } from "../words";

export function TierPanel({ tier }: { tier: TierProgress }) {
  const { words, format } = useSpeech();
  const percent = tier.next ? tier.progress.percent : 100;
  const said = tier.next
    ? words.tier.progress(format.percent(percent / 100), tier.next.name)
    : words.tier.top;
  return (
    <section class="tier" id="tier" aria-label={words.tier.heading}>
      <div
        class="tier-ring"
        role="progressbar"
        aria-label={`${words.tier.heading}: ${tier.current.name}. ${said}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
      >
        <Ring percent={percent} rank={tier.current.rank} />
        <p class="tier-name" aria-hidden="true">
          <strong>{tier.current.name}</strong>
          <span>{format.percent(percent / 100)}</span>
        </p>
      </div>
      <div class="tier-facts">
        <p class="tier-next">
          {tier.next ? words.tier.to(format.number(tier.progress.needed), tier.next.name) : words.tier.top}
        </p>
        {tier.qualifiedUntil && <p class="tier-until">{words.tier.until(format.day(tier.qualifiedUntil))}</p>}
        {tier.atRisk && <p class="tier-risk">{words.tier.risk}</p>}
        {tier.current.benefits.length > 0 && (
          <ul class="benefits" aria-label={words.tier.benefits}>
            {tier.current.benefits.slice(0, 4).map((benefit) => (
              <li key={benefit.name}>
                <Icon name="check" size={15} />
                {benefit.name}
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

const RADIUS = 104;
const AROUND = 2 * Math.PI * RADIUS;
const TICKS = Array.from({ length: 40 }, (_, i) => i * 9);
const CUP = "M84 62h72v34a36 36 0 0 1-72 0z";
const HANDLES = "M84 69H74a14 14 0 0 0 15 24M156 69h10a14 14 0 0 1-15 24";
const STAND = "M120 132v12M100 146h40";
const WAVE = "M-80 0q20-7 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0V110H-80z";

/** The ring shows the way to the next tier; the cup in it fills up with coffee as one gets there. */
function Ring({ percent, rank }: { percent: number; rank: number }) {
  const id = useId();
  const shown = useEntrance(percent);
  const surface = 134 - (shown / 100) * 66;
  return (
    <svg viewBox="0 0 240 240" class={`ring metal-${Math.min(rank, 4)}`} aria-hidden="true">
      <defs>
        <linearGradient id={`${id}g`} x1="0" y1="1" x2="1" y2="0">
          <stop class="metal-from" offset="0" />
          <stop class="metal-to" offset="1" />
        </linearGradient>
        <clipPath id={`${id}c`}>
          <path d={CUP} />
        </clipPath>
      </defs>
      <g class="ring-ticks">
        {TICKS.map((turn) => (
          <path key={turn} d="M120 36v4" transform={`rotate(${turn} 120 120)`} />
        ))}
      </g>
      <circle class="ring-track" cx="120" cy="120" r={RADIUS} />
      <circle
        class="ring-value"
        cx="120"
        cy="120"
        r={RADIUS}
        stroke={`url(#${id}g)`}
        stroke-dasharray={AROUND}
        transform="rotate(-90 120 120)"
        style={{ strokeDashoffset: `${AROUND * (1 - shown / 100)}` }}
      />
      <path class="cup-steam" d="M107 53c-4-5 4-8 0-14M120 51c-5-6 5-9 0-16M133 53c-4-5 4-8 0-14" />
      <path class="cup-body" d={CUP} />
      <g clip-path={`url(#${id}c)`}>
        <g class="cup-level" style={{ transform: `translateY(${surface}px)` }}>
          <path class="cup-wave" d={WAVE} />
        </g>
      </g>
      <path class="cup-line" d={CUP} />
      <path class="cup-line" d={HANDLES} />
      <path class="cup-line" d={STAND} />
    </svg>
  );
}
