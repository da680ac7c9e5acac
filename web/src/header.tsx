import type { Line } from "./live";
import { Icon, Mark } from "./parts/icons";
import { nextTheme, useTheme } from "./theme";
import { LANGUAGES, useSpeech, type Language } from "./words";

interface Props {
  programme: string | null;
  line: Line | null;
  onLanguage: (language: Language) => void;
  onLeave: (() => void) | null;
}

const THEME_ICONS = { auto: "contrast", light: "sun", dark: "moon" } as const;

export function Header({ programme, line, onLanguage, onLeave }: Props) {
  const { words, language } = useSpeech();
  const [theme, setTheme] = useTheme();
  return (
    <header class="top">
      <a class="skip" href="#progress">
        {words.skip}
      </a>
      <div class="brand">
        <Mark />
        <p class="brand-words">
          <span class="brand-name">Piala</span>
          {programme && <span class="brand-programme">{programme}</span>}
        </p>
      </div>
      <div class="controls">
        {line && (
          <span class={`line-state line-${line}`} id="line" data-line={line} role="status">
            {words.line[line]}
          </span>
        )}
        <div class="languages" role="group" aria-label={words.language}>
          {LANGUAGES.map(({ key, short, name }) => (
            <button
              key={key}
              type="button"
              lang={key}
              aria-label={`${short}: ${name}`}
              aria-pressed={key === language}
              onClick={() => onLanguage(key)}
            >
              {short}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="round"
          aria-label={words.theme[theme]}
          title={words.theme[theme]}
          onClick={() => setTheme(nextTheme(theme))}
        >
          <Icon name={THEME_ICONS[theme]} />
        </button>
        {onLeave && (
          <button type="button" class="plain" onClick={onLeave}>
            {words.session.leave}
          </button>
        )}
      </div>
    </header>
  );
}
