// The living progress screen: one reading of the schema, kept moving by the member's own events.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { askAs } from "./asking";
import { HOUSE, JOIN, PROGRESS_SCREEN, SPENDING } from "./documents";
import { after, noticeOf } from "./happening";
import { Header } from "./header";
import { Layout } from "./layout";
import { listen, type Line } from "./live";
import { burst } from "./parts/confetti";
import { useIntention } from "./parts/intention";
import { NoticeBoard, useNotices } from "./parts/notices";
import { outcome } from "./parts/saying";
import { useReading } from "./reading";
import type { Session } from "./session";
import type { Campaign, Donated, House, MemberEvent, Refusal, Screen, Spending } from "./types";
import { useSpeech, type Language } from "./words";

interface Props {
  session: Session;
  onLanguage: (language: Language) => void;
  onTimeZone: (timeZone: string) => void;
  onEnded: () => void;
  onLeave: (() => void) | null;
}

export function ProgressScreen({ session, onLanguage, onTimeZone, onEnded, onLeave }: Props) {
  const speech = useSpeech();
  const { words, format, language } = speech;
  const notices = useNotices();
  const joining = useIntention();
  const [line, setLine] = useState<Line>("opening");
  const [chosen, setChosen] = useState<string | null>(session.board);

  const ask = useMemo(() => askAs(session.token, language), [session.token, language]);
  const readHouse = useCallback(() => ask<House>(HOUSE), [ask]);
  const house = useReading(readHouse);
  const boards = house.value?.leaderboards.edges.map((edge) => edge.node) ?? [];
  const board = chosen ?? boards[0]?.key ?? (house.value && "");
  const readScreen = useMemo(
    () => (board === null ? null : () => ask<Screen>(PROGRESS_SCREEN, { board })),
    [ask, board],
  );
  const screen = useReading(readScreen);
  const readSpending = useCallback(() => ask<Spending>(SPENDING), [ask]);
  const spending = useReading(readSpending);

  const refresh = useCallback(() => {
    house.refresh();
    screen.refresh();
    spending.refresh();
  }, []);
  const moved = useCallback(() => {
    screen.refresh();
    spending.refresh();
  }, []);

  const onEvent = useRef<(event: MemberEvent) => void>(() => undefined);
  onEvent.current = ({ event }) => {
    screen.adjust((old) => after(old, event));
    const notice = noticeOf(event, screen.value, speech);
    if (notice) notices.tell(notice);
    moved();
  };

  useEffect(
    () =>
      listen(session.token, language, {
        onEvent: (event) => onEvent.current(event),
        onLine: (now) => {
          setLine(now);
          if (now === "live") refresh(); // what happened while the line was down
        },
        onEnded,
      }),
    [session.token],
  );

  useEffect(() => {
    const seen = () => document.visibilityState === "visible" && refresh();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);

  const me = screen.value?.me ?? null;
  useEffect(() => {
    if (me) onTimeZone(me.timeZone);
  }, [me?.timeZone]);

  const trouble = screen.trouble ?? house.trouble;
  const ended = trouble?.kind === "ended" || (screen.value !== null && me === null);
  useEffect(() => {
    if (ended) onEnded();
  }, [ended]);

  const join = useCallback(
    async (challenge: string) => {
      const answer = await ask<Record<string, Refusal>>(JOIN, {
        input: { challenge, idempotencyKey: joining.keyFor(challenge) },
      });
      if (answer.data) joining.settle();
      const { sorry } = outcome(answer, "JoinChallengePayload", words);
      if (sorry) notices.tell({ tone: "sorry", title: sorry });
      moved();
    },
    [ask, words],
  );

  const donated = useCallback(
    (campaign: Campaign, { donation }: Donated) => {
      burst();
      const given = format.number(donation.points);
      const title = donation.matched
        ? words.charity.thanksMatched(given, format.number(donation.matched))
        : words.charity.thanks(given);
      notices.tell({ tone: "thanks", title, text: campaign.title });
      moved();
    },
    [words, format],
  );

  return (
    <>
      <Header
        programme={house.value?.programme.name ?? null}
        line={line}
        onLanguage={onLanguage}
        onLeave={onLeave}
      />
      {trouble && trouble.kind !== "ended" && (
        <p class="trouble" role="alert">
          {trouble.kind === "refused" ? trouble.message : words.trouble.offline}
          <button type="button" class="small" onClick={refresh}>
            {words.trouble.retry}
          </button>
        </p>
      )}
      <main id="progress" tabIndex={-1} aria-busy={me === null}>
        {me && (
          <Layout
            me={me}
            board={screen.value?.leaderboard ?? null}
            boards={boards}
            chosenBoard={board ?? ""}
            onBoard={setChosen}
            spending={spending.value}
            till={session.till}
            ask={ask}
            onJoin={join}
            onDonated={donated}
            onMoved={moved}
          />
        )}
      </main>
      <NoticeBoard notices={notices} />
    </>
  );
}
