import { useState } from "preact/hooks";
import type { Ask } from "../asking";
import { Counter } from "../parts/counter";
import { Icon } from "../parts/icons";
import { useEntrance } from "../parts/motion";
import { Panel } from "../parts/panel";
import type { Campaign, Donated, Spending } from "../types";
import { useSpeech } from "../words";
import { DonateSheet } from "./donate";

interface Props {
  charities: Spending["charities"];
  balance: number;
  ask: Ask;
  onDonated: (campaign: Campaign, donated: Donated) => void;
}

const OPEN = ["COLLECTING", "GOAL_REACHED"];

export function CharityPanel({ charities, balance, ask, onDonated }: Props) {
  const { words } = useSpeech();
  const [chosen, setChosen] = useState<string | null>(null);
  const all = charities.edges.flatMap(({ node }) =>
    node.campaigns.edges.map((edge) => ({ charity: node.name, campaign: edge.node })),
  );
  const open = all.filter(({ campaign }) => OPEN.includes(campaign.state));
  const giving = open.find(({ campaign }) => campaign.key === chosen)?.campaign;
  return (
    <Panel id="charity" title={words.charity.heading}>
      {open.length === 0 && <p class="empty">{words.charity.none}</p>}
      <ul class="campaigns">
        {open.map(({ charity, campaign }) => (
          <OneCampaign key={campaign.key} charity={charity} of={campaign} onGive={() => setChosen(campaign.key)} />
        ))}
      </ul>
      {giving && (
        <DonateSheet
          campaign={giving}
          balance={balance}
          ask={ask}
          onClose={() => setChosen(null)}
          onDonated={(donated) => {
            setChosen(null);
            onDonated(giving, donated);
          }}
        />
      )}
    </Panel>
  );
}

function OneCampaign({ charity, of, onGive }: { charity: string; of: Campaign; onGive: () => void }) {
  const { words, format } = useSpeech();
  return (
    <li class="campaign" data-campaign={of.key}>
      <Thermometer campaign={of} />
      <div class="campaign-facts">
        <p class="campaign-charity">{charity}</p>
        <h3>{of.title}</h3>
        {of.description && <p class="quiet campaign-about">{of.description}</p>}
        <p class="campaign-raised">
          <Counter value={of.raised} />
          <span class="quiet"> / {format.number(of.goal)}</span>
        </p>
        <p class="campaign-more quiet">
          <span>{words.charity.donors(of.donors, format.number(of.donors))}</span>
          {of.matched > 0 && <span>{words.charity.matched(format.number(of.matched))}</span>}
          {of.endsAt && <span>{words.challenges.ends(format.until(of.endsAt))}</span>}
        </p>
        <button type="button" class="give" onClick={onGive} aria-label={words.charity.donateTo(of.title)}>
          <Icon name="heart" size={17} />
          {words.charity.donate}
        </button>
      </div>
    </li>
  );
}

const TOP = 14;
const BOTTOM = 150;
const MARKS = [25, 50, 75, 100];

function Thermometer({ campaign }: { campaign: Campaign }) {
  const { words, format } = useSpeech();
  const percent = Math.min(campaign.percent, 100);
  const shown = useEntrance(percent);
  const heightAt = (part: number) => BOTTOM - (part / 100) * (BOTTOM - TOP);
  return (
    <div
      class={campaign.percent >= 100 ? "thermometer thermometer-full" : "thermometer"}
      role="progressbar"
      aria-label={campaign.title}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={words.charity.raised(format.number(campaign.raised), format.number(campaign.goal))}
    >
      <svg viewBox="0 0 64 200" aria-hidden="true">
        <path class="glass" d="M20 18a12 12 0 0 1 24 0v128a24 24 0 1 1-24 0z" />
        <circle class="mercury" cx="32" cy="168" r="18" />
        <rect
          class="mercury mercury-column"
          x="25"
          y={TOP}
          width="14"
          height={BOTTOM - TOP + 8}
          rx="7"
          style={{ transform: `scaleY(${(shown / 100) * 0.95 + 0.05})` }}
        />
        <path class="gleam" d="M25 22v112" />
        {MARKS.map((mark) => (
          <path key={mark} class="mark-line" d={`M47 ${heightAt(mark)}h${mark % 50 ? 5 : 9}`} />
        ))}
      </svg>
      <span class="thermometer-percent">
        {campaign.percent >= 100 ? words.charity.reached : format.percent(percent / 100)}
      </span>
    </div>
  );
}
