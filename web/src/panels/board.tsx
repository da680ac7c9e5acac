import { Avatar } from "../parts/avatar";
import { Icon } from "../parts/icons";
import { useSliding } from "../parts/motion";
import { Panel } from "../parts/panel";
import type { Leaderboard, Rank } from "../types";
import { useSpeech } from "../words";

interface Props {
  board: Leaderboard;
  boards: { key: string; title: string }[];
  chosen: string;
  onChoose: (key: string) => void;
}

export function BoardPanel({ board, boards, chosen, onChoose }: Props) {
  const { words, format } = useSpeech();
  const top = board.top.edges.map((edge) => edge.node);
  const below = board.around.filter((one) => one.rank > 3 || !top.some((first) => same(first, one)));
  const list = useSliding<HTMLOListElement>(below.map(rowName).join());
  return (
    <Panel id="board" title={words.board.heading} aside={<BoardEnd board={board} />}>
      {boards.length > 1 && (
        <div class="tabs" role="group" aria-label={words.board.heading}>
          {boards.map((one) => (
            <button
              key={one.key}
              type="button"
              class="tab"
              aria-pressed={one.key === chosen}
              onClick={() => onChoose(one.key)}
            >
              {one.title}
            </button>
          ))}
        </div>
      )}
      {top.length === 0 ? <p class="empty">{words.board.none}</p> : <Podium top={top} />}
      {below.length > 0 && (
        <ol class="ranks" ref={list}>
          {below.map((one) => (
            <li key={rowName(one)} data-row={rowName(one)} class={one.isMe ? "rank rank-me" : "rank"}>
              <span class="rank-place">{format.number(one.rank)}</span>
              <Avatar of={one.member} size={32} />
              <span class="rank-name">{one.isMe ? words.board.you : one.member.displayName}</span>
              <span class="rank-score">{format.number(one.score)}</span>
            </li>
          ))}
        </ol>
      )}
      <p class="board-mine" id="my-rank" data-rank={board.me?.rank}>
        {board.me ? words.board.mine(format.number(board.me.rank)) : words.board.unranked}
      </p>
    </Panel>
  );
}

/** Others have no id here, on purpose; a name is enough to follow a row as it slides. */
const rowName = (one: Rank) => (one.isMe ? "me" : one.member.displayName);
const same = (a: Rank, b: Rank) => a.rank === b.rank && rowName(a) === rowName(b);

function BoardEnd({ board }: { board: Leaderboard }) {
  const { words, format } = useSpeech();
  if (board.period.final) return <>{words.board.final}</>;
  return <>{board.period.endsAt ? words.board.ends(format.until(board.period.endsAt)) : words.board.forever}</>;
}

function Podium({ top }: { top: Rank[] }) {
  const { words, format } = useSpeech();
  return (
    <ol class="podium">
      {top.map((one, place) => (
        <li key={place} class={`step step-${place + 1}${one.isMe ? " step-me" : ""}`}>
          {place === 0 && (
            <span class="step-crown">
              <Icon name="crown" size={24} />
            </span>
          )}
          <Avatar of={one.member} size={place === 0 ? 58 : 48} />
          <span class="step-name">{one.isMe ? words.board.you : one.member.displayName}</span>
          <span class="step-score">{format.number(one.score)}</span>
          <span class="step-block">{format.number(one.rank)}</span>
        </li>
      ))}
    </ol>
  );
}
