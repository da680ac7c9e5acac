import { useSpeech } from "../words";
import { useTween } from "./motion";

/** A running number. Whoever listens to the screen hears only the value it runs to. */
export function Counter({ value, id }: { value: number; id?: string }) {
  const { format } = useSpeech();
  const shown = useTween(value);
  return (
    <span class="counter" id={id} data-value={value}>
      <span aria-hidden="true">{format.number(shown)}</span>
      <span class="unseen">{format.number(value)}</span>
    </span>
  );
}
