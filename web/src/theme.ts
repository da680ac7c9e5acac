// Light, dark, or as the device likes it.

import { useLayoutEffect, useState } from "preact/hooks";

export type Theme = "auto" | "light" | "dark";

const REMEMBERED = "piala.theme";
const ORDER: Theme[] = ["auto", "light", "dark"];

export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "auto";
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = localStorage.getItem(REMEMBERED);
    return ORDER.find((one) => one === chosen) ?? "auto";
  });
  useLayoutEffect(() => {
    localStorage.setItem(REMEMBERED, theme);
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return [theme, setTheme];
}
