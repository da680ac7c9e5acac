// Keeps one answer of the schema fresh: it is asked again when told so, never twice at a time.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Trouble } from "./asking";

export interface Reading<T> {
  value: T | null;
  trouble: Trouble | null;
  /** Reads again soon. Many calls in a moment make one question. */
  refresh: () => void;
  /** Changes what is shown until the next answer corrects it. */
  adjust: (change: (value: T) => T) => void;
}

const SOON_MS = 200;

export function useReading<T>(read: (() => Promise<Answer<T>>) | null): Reading<T> {
  const [value, setValue] = useState<T | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const asked = useRef(read);
  const state = useRef({ running: false, again: false, timer: 0 });
  asked.current = read;

  const run = useCallback(async () => {
    const now = state.current;
    now.timer = 0;
    const question = asked.current;
    if (!question) return;
    if (now.running) {
      now.again = true;
      return;
    }
    now.running = true;
    const answer = await question();
    now.running = false;
    // An answer to an older question (another language, another board) is not shown any more.
    const stale = question !== asked.current;
    if (!stale && answer.data) setValue(answer.data);
    if (!stale) setTrouble(answer.trouble);
    if (now.again || stale) {
      now.again = false;
      void run();
    }
  }, []);

  const refresh = useCallback(() => {
    const now = state.current;
    if (!now.timer) now.timer = window.setTimeout(run, SOON_MS);
  }, []);

  const adjust = useCallback((change: (value: T) => T) => {
    setValue((old) => old && change(old));
  }, []);

  useEffect(() => {
    void run();
  }, [read]);

  return { value, trouble, refresh, adjust };
}
