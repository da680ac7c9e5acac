import type { Card } from "../types";
import { hash } from "./icons";

const TINTS = 6;

/** A face if there is one, else the initials. */
export function Avatar({ of, size = 36 }: { of: Card; size?: number }) {
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${size * 0.38}px` };
  if (of.avatarUrl) {
    return <img class="avatar" src={of.avatarUrl} alt="" width={size} height={size} style={style} />;
  }
  return (
    <span class={`avatar tint-${hash(of.displayName) % TINTS}`} style={style} aria-hidden="true">
      {initials(of.displayName)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return ends.map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
