import type { Speech } from "../words";

/** From here on a goal is a sum of money in its smallest unit, which nobody wants to read. */
const READABLE_MAX = 100_000;

/** "7 of 10", or how much of it in percent. */
export function reached({ value, goal }: { value: number; goal: number }, { words, format }: Speech): string {
  if (goal >= READABLE_MAX) return format.percent(Math.min(value / goal, 1));
  return words.badges.progress(format.number(value), format.number(goal));
}

/** The goal itself, where it can be read. */
export function readable(goal: number, { format }: Speech): string {
  return goal >= READABLE_MAX ? "" : format.number(goal);
}
