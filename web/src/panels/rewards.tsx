import { useState } from "preact/hooks";
import type { Ask } from "../asking";
import { REDEEM } from "../documents";
import { Icon, type IconName } from "../parts/icons";
import { useIntention } from "../parts/intention";
import { Panel } from "../parts/panel";
import { outcome } from "../parts/saying";
import { Sheet } from "../parts/sheet";
import type { Redeemed, Refusal, Reward } from "../types";
import { useSpeech } from "../words";

interface Props {
  rewards: Reward[];
  balance: number;
  ask: Ask;
  onRedeemed: (redeemed: Redeemed) => void;
}

const KIND_ICONS: Record<string, IconName> = {
  FREE_PRODUCT: "cup",
  DISCOUNT: "bag",
  VOUCHER: "ticket",
  MERCHANDISE: "gift",
  EXPERIENCE: "spark",
  EARLY_ACCESS: "sunrise",
  UPGRADE: "crown",
  DONATION: "heart",
};

const priceOf = (reward: Reward) => reward.price[0]?.amount ?? 0;

export function RewardPanel({ rewards, balance, ask, onRedeemed }: Props) {
  const { words } = useSpeech();
  const [chosen, setChosen] = useState<string | null>(null);
  const reward = rewards.find((one) => one.key === chosen);
  if (rewards.length === 0) return null;
  return (
    <Panel id="rewards" title={words.rewards.heading}>
      <ul class="tickets" tabIndex={0} aria-label={words.rewards.heading}>
        {rewards.map((one) => (
          <Ticket key={one.key} reward={one} balance={balance} onChoose={() => setChosen(one.key)} />
        ))}
      </ul>
      {reward && <RedeemSheet reward={reward} ask={ask} onClose={() => setChosen(null)} onRedeemed={onRedeemed} />}
    </Panel>
  );
}

function Ticket({ reward, balance, onChoose }: { reward: Reward; balance: number; onChoose: () => void }) {
  const { words, format } = useSpeech();
  const price = priceOf(reward);
  const gone = reward.stock === 0;
  const open = reward.affordable && !reward.locked && !gone;
  return (
    <li class={open ? "ticket" : "ticket ticket-closed"} data-reward={reward.key}>
      <span class="ticket-icon">
        <Icon name={KIND_ICONS[reward.kind] ?? "gift"} size={26} />
      </span>
      <h3>{reward.title}</h3>
      <p class="ticket-price">{words.rewards.price(format.number(price))}</p>
      <div class="ticket-foot">
        {open && (
          <button type="button" class="small" onClick={onChoose} aria-label={words.rewards.redeemTitle(reward.title)}>
            {words.rewards.redeem}
          </button>
        )}
        {!open && (
          <span class="ticket-why">
            {(gone && words.rewards.soldOut) ||
              reward.locked?.why ||
              words.rewards.missing(format.number(Math.max(price - balance, 0)))}
          </span>
        )}
        {open && reward.stock !== null && reward.stock <= 20 && (
          <span class="quiet">{words.rewards.stock(format.number(reward.stock))}</span>
        )}
      </div>
    </li>
  );
}

interface SheetProps {
  reward: Reward;
  ask: Ask;
  onClose: () => void;
  onRedeemed: (redeemed: Redeemed) => void;
}

function RedeemSheet({ reward, ask, onClose, onRedeemed }: SheetProps) {
  const { words, format } = useSpeech();
  const [busy, setBusy] = useState(false);
  const [sorry, setSorry] = useState<string | null>(null);
  const [mine, setMine] = useState<Redeemed["redemption"] | null>(null);
  const intention = useIntention();

  async function redeem() {
    setBusy(true);
    const answer = await ask<Record<string, Redeemed | Refusal>>(REDEEM, {
      input: { reward: reward.key, idempotencyKey: intention.keyFor(reward.key) },
    });
    setBusy(false);
    if (answer.data) intention.settle();
    const { payload, sorry } = outcome<Redeemed>(answer, "RedeemRewardPayload", words);
    setSorry(sorry);
    if (!payload) return;
    setMine(payload.redemption);
    onRedeemed(payload);
  }

  return (
    <Sheet title={mine ? words.rewards.yours : words.rewards.redeemTitle(reward.title)} onClose={onClose}>
      <div class="redeem">
        {reward.description && !mine && <p>{reward.description}</p>}
        {mine && <p>{reward.title}</p>}
        {mine?.voucher && (
          <p class="voucher">
            <span class="quiet">{words.rewards.voucher}</span>
            <code>{mine.voucher.code}</code>
            {mine.voucher.expiresAt && (
              <span class="quiet">{words.rewards.voucherUntil(format.day(mine.voucher.expiresAt))}</span>
            )}
          </p>
        )}
        {sorry && (
          <p class="sorry" role="alert">
            {sorry}
          </p>
        )}
        {!mine && (
          <button type="button" class="primary" disabled={busy} onClick={redeem}>
            {words.rewards.confirm(format.number(priceOf(reward)))}
          </button>
        )}
      </div>
    </Sheet>
  );
}
