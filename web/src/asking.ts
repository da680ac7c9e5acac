// One way to ask the schema something: a document in, an answer or a trouble out.

import { Client, fetchExchange, type CombinedError } from "@urql/core";

export type Trouble =
  | { kind: "ended" } // the token is unknown, expired or not a member's
  | { kind: "offline" }
  | { kind: "refused"; message: string };

export type Answer<T> = { data: T; trouble: null } | { data: null; trouble: Trouble };

export type Ask = <T>(document: string, variables?: Record<string, unknown>) => Promise<Answer<T>>;

const client = new Client({ url: "/graphql", exchanges: [fetchExchange], preferGetMethod: false });

/** Asks as the holder of the token, in the language of the viewer. */
export function askAs(token: string, language: string): Ask {
  const context = {
    requestPolicy: "network-only" as const,
    fetchOptions: {
      headers: {
        accept: "application/graphql-response+json, application/json",
        "accept-language": language,
        authorization: `Bearer ${token}`,
      },
    },
  };
  return async <T>(document: string, variables: Record<string, unknown> = {}) => {
    const operation = document.trimStart().startsWith("mutation")
      ? client.mutation<T>(document, variables, context)
      : client.query<T>(document, variables, context);
    const result = await operation.toPromise();
    if (result.data) return { data: result.data, trouble: null };
    return { data: null, trouble: troubleOf(result.error) };
  };
}

function troubleOf(error: CombinedError | undefined): Trouble {
  const status = (error?.response as Response | undefined)?.status;
  if (status === 401) return { kind: "ended" };
  const codes = error?.graphQLErrors.map((one) => one.extensions?.["code"]);
  if (codes?.includes("UNAUTHENTICATED")) return { kind: "ended" };
  const refused = error?.graphQLErrors[0];
  return refused ? { kind: "refused", message: refused.message } : { kind: "offline" };
}
