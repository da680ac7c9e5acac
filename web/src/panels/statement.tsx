import { useEffect, useState } from "preact/hooks";
import type { Ask } from "../asking";
import { STATEMENT } from "../documents";
import { Panel } from "../parts/panel";
import type { Line, Page } from "../types";
import { useSpeech } from "../words";

export function StatementPanel({ first, ask }: { first: Page<Line>; ask: Ask }) {
  const { words, format } = useSpeech();
  const [older, setOlder] = useState<Page<Line> | null>(null);
  const [busy, setBusy] = useState(false);
  const end = (older ?? first).pageInfo;
  const lines = joined(first, older);

  // Older lines are in the language that they were asked in.
  useEffect(() => setOlder(null), [ask]);

  async function more() {
    setBusy(true);
    const answer = await ask<{ me: { statement: Page<Line> } | null }>(STATEMENT, { after: end.endCursor });
    const next = answer.data?.me?.statement;
    // All that is shown is kept with them: new lines may push some of it off the first page.
    const shown = lines.map((node) => ({ node }));
    if (next) setOlder({ edges: [...shown, ...next.edges], pageInfo: next.pageInfo });
    setBusy(false);
  }

  return (
    <Panel id="statement" title={words.statement.heading}>
      {lines.length === 0 && <p class="empty">{words.statement.none}</p>}
      <ul class="lines">
        {lines.map((line) => (
          <li key={line.id} class="line">
            <span class="line-why">{line.why}</span>
            <time class="quiet" dateTime={line.occurredAt}>
              {format.moment(line.occurredAt)}
            </time>
            <span class={line.amount < 0 ? "line-amount line-out" : "line-amount"}>{format.signed(line.amount)}</span>
          </li>
        ))}
      </ul>
      {end.hasNextPage && (
        <button type="button" class="plain more" disabled={busy} onClick={more}>
          {words.statement.more}
        </button>
      )}
    </Panel>
  );
}

/** The first page and what was loaded after it may overlap: each line is shown once. */
function joined(first: Page<Line>, older: Page<Line> | null): Line[] {
  const lines = new Map<string, Line>();
  for (const edge of [...first.edges, ...(older?.edges ?? [])]) lines.set(edge.node.id, edge.node);
  return [...lines.values()];
}
