// The thread that keeps the screen alive: my events from a cursor on, also after the line broke.

import { createClient } from "graphql-ws/client";
import { MY_EVENTS } from "./documents";
import type { MemberEvent } from "./types";

export type Line = "opening" | "live" | "broken";

interface Listener {
  onEvent: (event: MemberEvent) => void;
  onLine: (line: Line) => void;
  onEnded: () => void;
}

const ENDED = [4401, 4403];
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const STEADY_MS = 30_000;

/** Listens until the returned function is called. Every event comes once, in order. */
export function listen(token: string, language: string, listener: Listener): () => void {
  let stopped = false;
  let cursor: string | null = null;
  let failures = 0;
  let connectedAt = 0;
  let wake: () => void = () => undefined;

  const client = createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    connectionParams: { authorization: `Bearer ${token}`, acceptLanguage: language },
    retryAttempts: 0, // its own retry would ask from the first cursor again
    keepAlive: 20_000,
    on: {
      connected: () => {
        connectedAt = Date.now();
        listener.onLine("live");
      },
    },
  });

  async function once(): Promise<void> {
    const answers = client.iterate<{ myEvents: MemberEvent }>({
      query: MY_EVENTS,
      variables: { after: cursor },
    });
    for await (const answer of answers) {
      if (answer.errors?.length) throw answer.errors;
      if (stopped || !answer.data) continue;
      cursor = answer.data.myEvents.cursor;
      listener.onEvent(answer.data.myEvents);
    }
  }

  async function forever(): Promise<void> {
    while (!stopped) {
      try {
        await once();
      } catch (trouble) {
        if (!stopped && trouble instanceof CloseEvent && ENDED.includes(trouble.code)) {
          return listener.onEnded();
        }
        if (isBadCursor(trouble)) cursor = null; // another house answers now: begin anew with it
      }
      if (stopped) return;
      listener.onLine("broken");
      const steady = Date.now() - connectedAt > STEADY_MS;
      failures = steady ? 1 : failures + 1;
      await new Promise<void>((done) => {
        wake = done;
        setTimeout(done, Math.min(PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
      });
    }
  }

  const backOnline = () => wake();
  window.addEventListener("online", backOnline);
  listener.onLine("opening");
  void forever();
  return () => {
    stopped = true;
    window.removeEventListener("online", backOnline);
    void client.dispose();
    wake();
  };
}

function isBadCursor(trouble: unknown): boolean {
  const errors = trouble as { extensions?: { code?: string } }[];
  return Array.isArray(errors) && errors.some((one) => one.extensions?.code === "INVALID_INPUT");
}
