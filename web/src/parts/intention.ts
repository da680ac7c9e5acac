// One wish, one key: a button pressed again after a lost answer asks for the same thing, not for a second one.

import { useRef } from "preact/hooks";

export interface Intention {
  /** The key of the wish under way; the same until it is settled or the wish itself changes. */
  keyFor: (wish: string) => string;
  settle: () => void;
}

export function useIntention(): Intention {
  const current = useRef<{ wish: string; key: string } | null>(null);
  return {
    keyFor: (wish) => {
      if (current.current?.wish !== wish) current.current = { wish, key: `screen:${newKey()}` };
      return current.current.key;
    },
    settle: () => {
      current.current = null;
    },
  };
}

/** Not crypto.randomUUID: a shop's tablet may open the screen over plain HTTP, where it is missing. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
