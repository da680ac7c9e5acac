// Who is looking: the demo's session, a token in the address, or one that the viewer typed in.

export interface ActivityKind {
  key: string;
  title: string;
  amount: boolean;
}

/** The right to record activities, as a shop's till has it. Only the demo hands it to a browser. */
export interface Till {
  token: string;
  currency: string;
  kinds: ActivityKind[];
}

export interface Session {
  token: string;
  board: string | null;
  till: Till | null;
}

interface DemoSession {
  member: { token: string };
  service: { token: string };
  board: string;
  currency: string;
  kinds: ActivityKind[];
}

const REMEMBERED = "piala.token";

/** The session to start with, or null when a token has to be asked for. */
export async function openSession(language: string): Promise<Session | null> {
  const given = takeTokenFromAddress() ?? sessionStorage.getItem(REMEMBERED);
  const demo = await demoSession(language);
  const token = given ?? demo?.member.token;
  if (!token) return null;
  return {
    token,
    board: demo?.board ?? null,
    till: demo && { token: demo.service.token, currency: demo.currency, kinds: demo.kinds },
  };
}

export function rememberToken(token: string): void {
  sessionStorage.setItem(REMEMBERED, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(REMEMBERED);
}

/** A token must not stay in the address: it would be copied, bookmarked and kept in the history. */
function takeTokenFromAddress(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return null;
  history.replaceState(null, "", location.pathname + location.search);
  rememberToken(token);
  return token;
}

async function demoSession(language: string): Promise<DemoSession | null> {
  try {
    const answer = await fetch("/demo/session", { headers: { "accept-language": language } });
    return answer.ok ? ((await answer.json()) as DemoSession) : null;
  } catch {
    return null;
  }
}
