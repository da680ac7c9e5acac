import { useState } from "preact/hooks";
import { Header } from "./header";
import { Mark } from "./parts/icons";
import { useSpeech, type Language } from "./words";

interface Props {
  state: "opening" | "closed" | "ended";
  onLanguage: (language: Language) => void;
  onToken: (token: string) => void;
}

/** Where a member's token is asked for when the house has no demo to show. */
export function Gate({ state, onLanguage, onToken }: Props) {
  const { words } = useSpeech();
  const [token, setToken] = useState("");
  if (state === "opening") {
    return (
      <main class="waiting" aria-busy="true" aria-label={words.loading}>
        <Mark size={84} />
      </main>
    );
  }
  return (
    <>
      <Header programme={null} line={null} onLanguage={onLanguage} onLeave={null} />
      <main class="gate" id="progress">
        <Mark size={84} />
        <h1>{words.session.heading}</h1>
        {state === "ended" && (
          <p class="sorry" role="alert">
            {words.session.ended}
          </p>
        )}
        <p class="quiet">{words.session.lead}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (token.trim()) onToken(token.trim());
          }}
        >
          <label>
            {words.session.token}
            <input
              type="password"
              autocomplete="off"
              spellcheck={false}
              required
              value={token}
              onInput={(event) => setToken(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary">
            {words.session.open}
          </button>
        </form>
      </main>
    </>
  );
}
