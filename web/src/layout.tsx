// Where each panel stands: one column on a phone, two on a desk. The order read is the order seen.

import type { ComponentChildren } from "preact";
import type { Ask } from "./asking";
import { BadgePanel } from "./panels/badges";
import { BoardPanel } from "./panels/board";
import { ChallengePanel } from "./panels/challenges";
import { CharityPanel } from "./panels/charity";
import { PointsPanel } from "./panels/points";
import { RewardPanel } from "./panels/rewards";
import { StatementPanel } from "./panels/statement";
import { StreakPanel } from "./panels/streaks";
import { TierPanel } from "./panels/tier";
import { TillPanel } from "./panels/till";
import { useMedia } from "./parts/motion";
import type { Till } from "./session";
import type { Campaign, Donated, Leaderboard, Member, Spending } from "./types";

interface Props {
  me: Member;
  board: Leaderboard | null;
  boards: { key: string; title: string }[];
  chosenBoard: string;
  onBoard: (key: string) => void;
  spending: Spending | null;
  till: Till | null;
  ask: Ask;
  onJoin: (challenge: string) => void;
  onDonated: (campaign: Campaign, donated: Donated) => void;
  onMoved: () => void;
}

export function Layout(props: Props) {
  const { me, board, spending, till, ask } = props;
  const wide = useMedia("(min-width: 1000px)");

  const hero = (
    <section class="hero" aria-labelledby="member-name">
      <PointsPanel me={me} />
      {me.tier && <TierPanel tier={me.tier} />}
    </section>
  );
  const streaks = me.streaks.length > 0 && <StreakPanel streaks={me.streaks} />;
  const challenges = <ChallengePanel challenges={nodes(me.challenges)} onJoin={props.onJoin} />;
  const badges = <BadgePanel badges={nodes(me.badges)} won={me.won.totalCount} all={me.badges.totalCount} />;
  const balance = me.points.balance;
  const charity = spending && (
    <CharityPanel charities={spending.charities} balance={balance} ask={ask} onDonated={props.onDonated} />
  );
  const rewards = spending && (
    <RewardPanel rewards={nodes(spending.rewards)} balance={balance} ask={ask} onRedeemed={props.onMoved} />
  );
  const counter = till && <TillPanel till={till} memberId={me.id} onRecorded={props.onMoved} />;
  const leaders = board && (
    <BoardPanel board={board} boards={props.boards} chosen={props.chosenBoard} onChoose={props.onBoard} />
  );
  const statement = <StatementPanel first={me.statement} ask={ask} />;

  if (!wide) {
    return (
      <Column>
        {hero}
        {counter}
        {streaks}
        {challenges}
        {badges}
        {leaders}
        {charity}
        {rewards}
        {statement}
      </Column>
    );
  }
  return (
    <div class="desk">
      <Column>
        {hero}
        <div class="pair">
          {streaks}
          {challenges}
        </div>
        {badges}
        {charity}
        {rewards}
      </Column>
      <Column>
        {counter}
        {leaders}
        {statement}
      </Column>
    </div>
  );
}

function Column({ children }: { children: ComponentChildren }) {
  return <div class="column">{children}</div>;
}

function nodes<T>(connection: { edges: { node: T }[] }): T[] {
  return connection.edges.map((edge) => edge.node);
}
