// Who is looking, and in which language: then the screen.

import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { Gate } from "./gate";
import { ProgressScreen } from "./screen";
import { forgetToken, openSession, rememberToken, type Session } from "./session";
import { firstLanguage, rememberLanguage, speechIn, SpeechContext, type Language } from "./words";

type Door = "opening" | "closed" | "ended" | Session;

export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [timeZone, setTimeZone] = useState<string | undefined>(undefined);
  const [door, setDoor] = useState<Door>("opening");
  const speech = useMemo(() => speechIn(language, timeZone), [language, timeZone]);

  const open = useCallback(async () => {
    const fresh = await openSession(language);
    // Whoever is in stays in, also when the house cannot be reached for a moment.
    setDoor((old) => fresh ?? (typeof old === "string" ? "closed" : old));
  }, [language]);
  // The kinds of activities at the till have titles too: another language opens the session again.
  useEffect(() => {
    rememberLanguage(language);
    if (door !== "ended") void open();
  }, [language]);

  const leave = () => {
    forgetToken();
    setDoor("closed");
  };

  /** The demo may have begun anew meanwhile, and hand out another token: then go on with that. */
  const ended = async (token: string) => {
    forgetToken();
    const fresh = await openSession(language);
    setDoor(fresh && fresh.token !== token ? fresh : "ended");
  };

  return (
    <SpeechContext.Provider value={speech}>
      {typeof door === "string" ? (
        <Gate
          state={door}
          onLanguage={setLanguage}
          onToken={(token) => {
            rememberToken(token);
            setDoor("opening");
            void open();
          }}
        />
      ) : (
        <ProgressScreen
          key={door.token}
          session={door}
          onLanguage={setLanguage}
          onTimeZone={setTimeZone}
          onEnded={() => void ended(door.token)}
          onLeave={door.till ? null : leave}
        />
      )}
    </SpeechContext.Provider>
  );
}
