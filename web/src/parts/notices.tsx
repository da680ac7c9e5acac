// What has just happened, told once: small slips for points and ranks, a celebration for honours.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useSpeech } from "../words";
import { burst } from "./confetti";
import { Icon, type IconName } from "./icons";
import { Medal } from "./medal";

export interface Notice {
  tone: "points" | "streak" | "rank" | "badge" | "tier" | "challenge" | "first" | "thanks" | "sorry";
  title: string;
  text?: string;
  badgeKey?: string;
}

type Numbered = Notice & { number: number };

export interface Notices {
  shown: Numbered[];
  tell: (notice: Notice) => void;
  dismiss: (number: number) => void;
}

const SLIP_MS = 5200;
const HONOUR_MS = 6500;
const AT_MOST = 12;

export function useNotices(): Notices {
  const [shown, setShown] = useState<Numbered[]>([]);
  const count = useRef(0);
  const tell = useCallback((notice: Notice) => {
    const number = ++count.current;
    setShown((old) => [...old.filter((one) => !outdone(one, notice)), { ...notice, number }].slice(-AT_MOST));
  }, []);
  const dismiss = useCallback((number: number) => {
    setShown((old) => old.filter((one) => one.number !== number));
  }, []);
  return { shown, tell, dismiss };
}

/** Of a rank, or of a streak, only the newest news is news. */
const outdone = (old: Notice, fresh: Notice) =>
  (fresh.tone === "rank" || fresh.tone === "streak") && old.tone === fresh.tone;

const isHonour = (notice: Notice) => ["badge", "tier", "challenge", "first"].includes(notice.tone);

export function NoticeBoard({ notices }: { notices: Notices }) {
  const slips = notices.shown.filter((one) => !isHonour(one)).slice(-3);
  const honour = notices.shown.find(isHonour); // one at a time, each gets its moment
  return (
    <>
      <div class="honours" role="status" aria-live="polite">
        {honour && <Honour key={honour.number} notice={honour} onGone={() => notices.dismiss(honour.number)} />}
      </div>
      <div class="slips" role="status" aria-live="polite">
        {slips.map((slip) => (
          <Slip key={slip.number} notice={slip} onGone={() => notices.dismiss(slip.number)} />
        ))}
      </div>
    </>
  );
}

const SLIP_ICONS: Partial<Record<Notice["tone"], IconName>> = {
  points: "bean",
  streak: "flame",
  rank: "arrow",
  thanks: "heart",
  sorry: "close",
};

function Slip({ notice, onGone }: { notice: Notice; onGone: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onGone, SLIP_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={`slip slip-${notice.tone}`}>
      <span class="slip-icon">
        <Icon name={SLIP_ICONS[notice.tone] ?? "spark"} />
      </span>
      <p>
        <strong>{notice.title}</strong>
        {notice.text && <span>{notice.text}</span>}
      </p>
    </div>
  );
}

function Honour({ notice, onGone }: { notice: Notice; onGone: () => void }) {
  const { words } = useSpeech();
  useEffect(() => {
    burst();
    const timer = setTimeout(onGone, HONOUR_MS);
    const escape = (event: KeyboardEvent) => event.key === "Escape" && onGone();
    addEventListener("keydown", escape);
    return () => {
      clearTimeout(timer);
      removeEventListener("keydown", escape);
    };
  }, []);
  return (
    <div class={`honour honour-${notice.tone}`}>
      <div class="honour-emblem">
        {notice.badgeKey ? (
          <Medal badgeKey={notice.badgeKey} won size={96} />
        ) : (
          <span class="honour-disc">
            <Icon name={notice.tone === "tier" ? "crown" : "trophy"} size={46} />
          </span>
        )}
      </div>
      <p>
        <span class="honour-kicker">{notice.text}</span>
        <strong>{notice.title}</strong>
      </p>
      <button type="button" class="round" onClick={onGone} aria-label={words.notice.close}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}
