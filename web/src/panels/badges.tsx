import { useState } from "preact/hooks";
import { Bar } from "../parts/bar";
import { Icon } from "../parts/icons";
import { Medal } from "../parts/medal";
import { Panel } from "../parts/panel";
import { readable, reached } from "../parts/reached";
import { Sheet } from "../parts/sheet";
import type { MemberBadge } from "../types";
import { useSpeech } from "../words";

const AT_FIRST = 12;
const RARE = 0.1;

export function BadgePanel({ badges, won, all }: { badges: MemberBadge[]; won: number; all: number }) {
  const { words, format } = useSpeech();
  const [open, setOpen] = useState<string | null>(null);
  const [whole, setWhole] = useState(false);
  const sorted = [...badges].sort(honoursFirst);
  const opened = badges.find((one) => one.badge.key === open);
  return (
    <Panel id="badges" title={words.badges.heading} aside={words.badges.count(format.number(won), format.number(all))}>
      {badges.length === 0 && <p class="empty">{words.badges.none}</p>}
      <ul class="badge-grid">
        {(whole ? sorted : sorted.slice(0, AT_FIRST)).map((one) => (
          <li key={one.badge.key}>
            <BadgeButton of={one} onOpen={() => setOpen(one.badge.key)} />
          </li>
        ))}
      </ul>
      {badges.length > AT_FIRST && (
        <button type="button" class="plain more" onClick={() => setWhole(!whole)} aria-expanded={whole}>
          {whole ? words.badges.showFewer : words.badges.showAll(format.number(badges.length))}
        </button>
      )}
      {opened && <BadgeSheet of={opened} onClose={() => setOpen(null)} />}
    </Panel>
  );
}

/** Won before locked, the latest first; then whatever is nearest to be won. */
function honoursFirst(a: MemberBadge, b: MemberBadge): number {
  if (a.awardedAt && b.awardedAt) return b.awardedAt.localeCompare(a.awardedAt);
  if (a.awardedAt || b.awardedAt) return a.awardedAt ? -1 : 1;
  return (b.progress?.percent ?? 0) - (a.progress?.percent ?? 0);
}

function levelOf({ badge, level }: MemberBadge): number {
  return badge.levels.findIndex((one) => one.key === level);
}

function BadgeButton({ of, onOpen }: { of: MemberBadge; onOpen: () => void }) {
  const speech = useSpeech();
  const { words, format } = speech;
  const { badge, awardedAt, progress } = of;
  const won = awardedAt !== null;
  const level = levelOf(of);
  const levels = badge.levels.length;
  return (
    <button type="button" class={won ? "badge badge-won" : "badge"} data-badge={badge.key} data-won={won} onClick={onOpen}>
      {badge.iconUrl ? (
        <img class={won ? "badge-image" : "badge-image badge-image-locked"} src={badge.iconUrl} alt="" width="80" height="80" />
      ) : (
        <Medal badgeKey={badge.key} hidden={badge.hidden} won={won} level={level} levels={levels} />
      )}
      <span class="badge-name">{badge.name}</span>
      {levels > 1 && (
        <span class="pips" aria-hidden="true">
          {badge.levels.map((one, place) => (
            <i key={one.key} class={place <= level ? "pip pip-on" : "pip"} />
          ))}
        </span>
      )}
      {won && badge.rarity !== null && badge.rarity <= RARE && (
        <span class="rare" title={words.badges.rarity(format.percent(badge.rarity))}>
          {words.badges.rare}
        </span>
      )}
      {won && levels > 1 && level >= 0 && <span class="unseen">{badge.levels[level]?.name}</span>}
      {!won && <span class="unseen">{words.badges.locked}</span>}
      {!won && progress && (
        <>
          <Bar percent={progress.percent} label={badge.name} tone="quiet" />
          <span class="badge-count">{reached(progress, speech)}</span>
        </>
      )}
    </button>
  );
}

function BadgeSheet({ of, onClose }: { of: MemberBadge; onClose: () => void }) {
  const speech = useSpeech();
  const { words, format } = speech;
  const { badge, awardedAt, progress } = of;
  const level = levelOf(of);
  const next = badge.levels.find((one) => progress !== null && one.goal === progress.goal);
  return (
    <Sheet title={badge.name} onClose={onClose}>
      <div class="badge-detail">
        <Medal
          badgeKey={badge.key}
          hidden={badge.hidden}
          won={awardedAt !== null}
          level={level}
          levels={badge.levels.length}
          size={132}
        />
        {badge.description && <p>{badge.description}</p>}
        <p class="quiet">{awardedAt ? words.badges.won(format.day(awardedAt)) : words.badges.locked}</p>
        {badge.rarity !== null && <p class="quiet">{words.badges.rarity(format.percent(badge.rarity))}</p>}
        {badge.levels.length > 1 && (
          <ol class="levels" aria-label={words.badges.levels}>
            {badge.levels.map((one, place) => (
              <li key={one.key} class={place <= level ? "level level-on" : "level"}>
                <Icon name={place <= level ? "check" : "lock"} size={15} />
                {one.name}
                <span>{readable(one.goal, speech)}</span>
              </li>
            ))}
          </ol>
        )}
        {progress && progress.percent < 100 && (
          <>
            <Bar percent={progress.percent} label={badge.name} />
            <p class="quiet">
              {next && badge.levels.length > 1
                ? words.badges.next(next.name, reached(progress, speech))
                : reached(progress, speech)}
            </p>
          </>
        )}
      </div>
    </Sheet>
  );
}
