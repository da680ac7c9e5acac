import { useState } from "preact/hooks";
import { askAs } from "../asking";
import { RECORD } from "../documents";
import { minorDigits } from "../format";
import { Icon, iconFor } from "../parts/icons";
import { useIntention } from "../parts/intention";
import { Panel } from "../parts/panel";
import { outcome } from "../parts/saying";
import type { Till } from "../session";
import type { Recorded, Refusal } from "../types";
import { useSpeech } from "../words";
import { Receipt } from "./receipt";

interface Props {
  till: Till;
  memberId: string;
  /** The answer has come; the screen itself moves by its own subscription. */
  onRecorded: () => void;
}

const QUICK = [25_000, 48_000, 125_000];

export function TillPanel({ till, memberId, onRecorded }: Props) {
  const { words, format, language } = useSpeech();
  const [chosen, setChosen] = useState(till.kinds[0]?.key ?? "");
  const [amount, setAmount] = useState(QUICK[1] ?? 0);
  const [busy, setBusy] = useState(false);
  const [sorry, setSorry] = useState<string | null>(null);
  const [receipt, setReceipt] = useState<{ recorded: Recorded; title: string; minor: number | null } | null>(null);
  const intention = useIntention();
  const kind = till.kinds.find((one) => one.key === chosen) ?? till.kinds[0];
  if (!kind) return null;
  const minor = kind.amount ? Math.round(amount * 10 ** minorDigits(till.currency)) : null;

  async function record(event: Event) {
    event.preventDefault();
    if (!kind) return;
    if (minor !== null && !(minor > 0)) return setSorry(words.till.amountProblem);
    setBusy(true);
    const answer = await askAs(till.token, language)<Record<string, Recorded | Refusal>>(RECORD, {
      input: {
        member: { id: memberId },
        kind: kind.key,
        channel: "APP",
        ...(minor !== null && { amount: { minor, currency: till.currency } }),
        idempotencyKey: intention.keyFor(`${memberId} ${kind.key} ${minor}`),
      },
    });
    setBusy(false);
    if (answer.data) intention.settle();
    const { payload, sorry } = outcome<Recorded>(answer, "RecordActivityPayload", words);
    setSorry(sorry);
    if (!payload) return;
    setReceipt({ recorded: payload, title: kind.title, minor });
    onRecorded();
  }

  return (
    <Panel id="till" title={words.till.heading}>
      <p class="quiet">{words.till.lead}</p>
      <form onSubmit={record}>
        <fieldset class="kinds">
          <legend>{words.till.kind}</legend>
          {till.kinds.map((one) => (
            <label key={one.key} class="kind">
              <input
                type="radio"
                name="kind"
                value={one.key}
                checked={one.key === kind.key}
                onChange={() => setChosen(one.key)}
              />
              <span>
                <Icon name={iconFor(one.key)} size={22} />
                {one.title}
              </span>
            </label>
          ))}
        </fieldset>
        {kind.amount && (
          <Amount value={amount} currency={till.currency} onChange={setAmount} />
        )}
        {sorry && (
          <p class="sorry" role="alert">
            {sorry}
          </p>
        )}
        <button type="submit" class="primary" id="record" disabled={busy}>
          {words.till.record(minor === null ? kind.title : `${kind.title} ${format.money(minor, till.currency)}`)}
        </button>
      </form>
      {receipt && <Receipt key={receipt.recorded.activity.id} {...receipt} currency={till.currency} />}
    </Panel>
  );
}

interface AmountProps {
  value: number;
  currency: string;
  onChange: (value: number) => void;
}

function Amount({ value, currency, onChange }: AmountProps) {
  const { words, format } = useSpeech();
  const scale = 10 ** minorDigits(currency);
  return (
    <div class="amount">
      <label>
        {words.till.amount} ({currency})
        <input
          type="text"
          name="amount"
          inputMode="numeric"
          autocomplete="off"
          value={value ? format.number(value) : ""}
          onInput={(event) => onChange(Number(event.currentTarget.value.replace(/\D/g, "").slice(0, 10)))}
        />
      </label>
      <div class="choices">
        {QUICK.map((one) => (
          <button key={one} type="button" class="choice" aria-pressed={one === value} onClick={() => onChange(one)}>
            {format.money(one * scale, currency)}
          </button>
        ))}
      </div>
    </div>
  );
}
