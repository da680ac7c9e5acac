// A badge's medal. Its shape, colour and drawing follow from its key, so each looks like itself.

import { useId } from "preact/hooks";
import { hash, iconFor, IconPath } from "./icons";

const CENTRE = 40;
const RADIUS = 29;

type Metal = [light: string, deep: string, edge: string];

const METALS: Metal[] = [
  ["#f6cf7c", "#b9781c", "#7c4a0d"], // caramel
  ["#f0a27c", "#b5482a", "#7a2a14"], // terracotta
  ["#a9cf9b", "#4a7f52", "#2b5234"], // pandan
  ["#9cc4d6", "#3f758f", "#22495c"], // batik blue
  ["#d9a9c4", "#934a74", "#5f2a49"], // hibiscus
  ["#e3c3a0", "#8c5a34", "#55321a"], // mocha
];

const LEVEL_METALS: Metal[] = [
  ["#e8b48a", "#9c5c2e", "#633615"], // bronze
  ["#eef0f2", "#8d979f", "#566069"], // silver
  ["#fbe08c", "#c48a14", "#7d5206"], // gold
  ["#d5f0ee", "#4c9a9c", "#225c60"], // platinum
];

/** A closed line around the centre: sides = 0 makes scallops, else a polygon with soft corners. */
function outline(sides: number, softness: number): string {
  const points: string[] = [];
  for (let i = 0; i < 120; i++) {
    const angle = (i / 120) * 2 * Math.PI;
    const radius = RADIUS * (sides ? polygon(angle, sides, softness) : 1 + 0.045 * Math.cos(14 * angle));
    const x = CENTRE + radius * Math.sin(angle);
    const y = CENTRE - radius * Math.cos(angle);
    points.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
  }
  return `M${points.join("L")}Z`;
}

function polygon(angle: number, sides: number, softness: number): number {
  const slice = (2 * Math.PI) / sides;
  const within = ((angle + slice / 2) % slice) - slice / 2;
  const edge = Math.cos(Math.PI / sides) / Math.cos(slice / 2 - Math.abs(within));
  return edge * (1 - softness) + softness * 0.98;
}

const SHAPES = [outline(0, 0), outline(6, 0.25), outline(8, 0.2), outline(5, 0.45), outline(4, 0.5)];

interface Props {
  badgeKey: string;
  /** A surprise: its key says nothing, so nothing is drawn after it. */
  hidden?: boolean;
  won: boolean;
  /** Which level is reached, from 0, and of how many. */
  level?: number;
  levels?: number;
  size?: number;
}

export function Medal({ badgeKey, hidden = false, won, level = -1, levels = 0, size = 80 }: Props) {
  const id = useId();
  const shape = SHAPES[hash(badgeKey) % SHAPES.length];
  const [light, deep, edge] = metalOf(badgeKey, level, levels);
  return (
    <svg
      class={won ? "medal medal-won" : "medal medal-locked"}
      viewBox="0 0 80 80"
      width={size}
      height={size}
      aria-hidden="true"
    >
      {won && (
        <defs>
          <linearGradient id={`${id}m`} x1="0" y1="0" x2="1" y2="1">
            <stop offset="0" stop-color={light} />
            <stop offset="1" stop-color={deep} />
          </linearGradient>
          <linearGradient id={`${id}i`} x1="1" y1="1" x2="0" y2="0">
            <stop offset="0" stop-color={light} />
            <stop offset="1" stop-color={deep} />
          </linearGradient>
        </defs>
      )}
      {won && <path d="M25 52l-6 23 10-5 6 8 5-20zM55 52l6 23-10-5-6 8-5-20z" fill={edge} opacity=".85" />}
      <path class="medal-rim" d={shape} fill={won ? `url(#${id}m)` : undefined} stroke={won ? edge : undefined} />
      <circle class="medal-face" cx="40" cy="40" r="21.5" fill={won ? `url(#${id}i)` : undefined} />
      {won && <path class="medal-shine" d="M22 33a20 20 0 0 1 15-13" />}
      <g class="medal-icon" transform="translate(25.6 25.6) scale(1.2)">
        <IconPath name={hidden ? "lock" : iconFor(badgeKey)} />
      </g>
    </svg>
  );
}

function metalOf(key: string, level: number, levels: number): Metal {
  const choice = levels > 1 && level >= 0 ? LEVEL_METALS[Math.min(level, 3)] : METALS[hash(key) % METALS.length];
  return choice ?? ["#f6cf7c", "#b9781c", "#7c4a0d"];
}
