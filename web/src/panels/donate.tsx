import { useState } from "preact/hooks";
import type { Ask } from "../asking";
import { DONATE } from "../documents";
import { useIntention } from "../parts/intention";
import { outcome } from "../parts/saying";
import { Sheet } from "../parts/sheet";
import type { Campaign, Donated, Refusal } from "../types";
import { useSpeech } from "../words";

interface Props {
  campaign: Campaign;
  balance: number;
  ask: Ask;
  onClose: () => void;
  onDonated: (donated: Donated) => void;
}

/** Four amounts to choose from, between the least that is taken and what the member has. */
function choices(minimum: number, balance: number): number[] {
  const wanted = [minimum, 25, 50, 100, 250, 500].filter((one) => one >= minimum && one > 0 && one <= balance);
  return [...new Set(wanted)].sort((a, b) => a - b).slice(0, 4);
}

export function DonateSheet({ campaign, balance, ask, onClose, onDonated }: Props) {
  const { words, format } = useSpeech();
  const offered = choices(campaign.minimum, balance);
  const [points, setPoints] = useState(offered[1] ?? offered[0] ?? campaign.minimum);
  const [anonymous, setAnonymous] = useState(false);
  const [busy, setBusy] = useState(false);
  const [sorry, setSorry] = useState<string | null>(null);
  const intention = useIntention();

  async function give(event: Event) {
    event.preventDefault();
    setBusy(true);
    const idempotencyKey = intention.keyFor(`${campaign.key} ${points} ${anonymous}`);
    const answer = await ask<Record<string, Donated | Refusal>>(DONATE, {
      input: { campaign: campaign.key, points, anonymous, idempotencyKey },
    });
    setBusy(false);
    if (answer.data) intention.settle();
    const { payload, sorry } = outcome<Donated>(answer, "DonatePayload", words);
    setSorry(sorry);
    if (payload) onDonated(payload);
  }

  return (
    <Sheet title={words.charity.donateTo(campaign.title)} onClose={onClose}>
      <form class="donate" onSubmit={give}>
        <p class="quiet">{words.charity.have(format.number(balance))}</p>
        <fieldset>
          <legend>{words.charity.howMuch}</legend>
          <div class="choices">
            {offered.map((one) => (
              <button key={one} type="button" class="choice" aria-pressed={one === points} onClick={() => setPoints(one)}>
                {format.number(one)}
              </button>
            ))}
          </div>
          <input
            type="number"
            name="points"
            inputMode="numeric"
            min={Math.max(campaign.minimum, 1)}
            max={Math.max(balance, 1)}
            required
            aria-label={words.charity.howMuch}
            value={points || ""}
            onInput={(event) => setPoints(Number(event.currentTarget.value))}
          />
          {campaign.minimum > 1 && <p class="quiet">{words.charity.minimum(format.number(campaign.minimum))}</p>}
        </fieldset>
        <label class="tick">
          <input type="checkbox" checked={anonymous} onChange={(event) => setAnonymous(event.currentTarget.checked)} />
          {words.charity.anonymous}
        </label>
        {sorry && (
          <p class="sorry" role="alert">
            {sorry}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {words.charity.give(format.number(points))}
        </button>
      </form>
    </Sheet>
  );
}
