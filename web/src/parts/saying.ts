// Turns a refusal or a trouble into a sentence for the viewer.

import type { Answer } from "../asking";
import type { Refusal } from "../types";
import type { Words } from "../words";

/** The payload if the wish was granted, else why not. */
export function outcome<T extends { __typename: string }>(
  answer: Answer<Record<string, T | Refusal>>,
  granted: T["__typename"],
  words: Words,
): { payload: T; sorry: null } | { payload: null; sorry: string } {
  if (answer.trouble) {
    const { trouble } = answer;
    if (trouble.kind === "ended") return { payload: null, sorry: words.session.ended };
    return { payload: null, sorry: trouble.kind === "refused" ? trouble.message : words.trouble.anything };
  }
  const result = Object.values(answer.data)[0];
  if (result?.__typename === granted) return { payload: result as T, sorry: null };
  return { payload: null, sorry: (result as Refusal | undefined)?.message || words.trouble.anything };
}
