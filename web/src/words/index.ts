// The screen's own words. Titles of badges, challenges and the like come from the API.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { formatFor, type Format } from "../format";
import { en, type Words } from "./en";
import { id } from "./id";

export type { Words };
export type Language = "en" | "id";

export const LANGUAGES: { key: Language; short: string; name: string }[] = [
  { key: "id", short: "ID", name: "Bahasa Indonesia" },
  { key: "en", short: "EN", name: "English" },
];

const REMEMBERED = "piala.language";
const all: Record<Language, Words> = { en, id };

export interface Speech {
  language: Language;
  words: Words;
  format: Format;
}

export const SpeechContext = createContext<Speech>({
  language: "en",
  words: en,
  format: formatFor("en", undefined),
});

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}

export function speechIn(language: Language, timeZone: string | undefined): Speech {
  return { language, words: all[language], format: formatFor(language, timeZone) };
}

/** The chosen language, else the first of the browser's that we speak, else English. */
export function firstLanguage(): Language {
  const chosen = localStorage.getItem(REMEMBERED);
  if (chosen === "en" || chosen === "id") return chosen;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag) => tag === "id" || tag === "en") === "id" ? "id" : "en";
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(REMEMBERED, language);
  document.documentElement.lang = language;
}
