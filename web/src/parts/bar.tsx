import { useSpeech } from "../words";
import { useEntrance } from "./motion";

interface Props {
  /** 0 to 100. */
  percent: number;
  label: string;
  tone?: "accent" | "won" | "quiet";
}

export function Bar({ percent, label, tone = "accent" }: Props) {
  const { format } = useSpeech();
  const whole = Math.max(0, Math.min(percent, 100));
  const shown = useEntrance(whole);
  return (
    <div
      class={`bar bar-${tone}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(whole)}
      aria-valuetext={format.percent(whole / 100)}
    >
      <div class="bar-fill" style={{ transform: `scaleX(${shown / 100})` }} />
    </div>
  );
}
