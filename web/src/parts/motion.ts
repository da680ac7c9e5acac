// Things that move, and the viewer's wish that they do not.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const changed = () => setMatches(media.matches);
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, [query]);
  return matches;
}

const TWEEN_MS = 1100;

/** A number that runs to its new value instead of jumping. */
export function useTween(target: number): number {
  const [shown, setShown] = useState(target);
  const current = useRef(target);
  useEffect(() => {
    const from = current.current;
    if (from === target) return;
    if (calm()) {
      current.current = target;
      setShown(target);
      return;
    }
    const start = performance.now();
    let frame = 0;
    const step = (now: number) => {
      const part = Math.min((now - start) / TWEEN_MS, 1);
      const eased = 1 - (1 - part) ** 4;
      current.current = Math.round(from + (target - from) * eased);
      setShown(current.current);
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target]);
  return shown;
}

/** Zero at first sight, then the value: so that rings and bars fill up when they appear. */
export function useEntrance(value: number): number {
  const [shown, setShown] = useState(() => (calm() ? value : 0));
  useEffect(() => {
    const frame = requestAnimationFrame(() => setShown(value));
    return () => cancelAnimationFrame(frame);
  }, [value]);
  return shown;
}

/** Rows with `data-row` slide from their old place to the new one when the order changes. */
export function useSliding<T extends HTMLElement>(order: string): RefObject<T | null> {
  const list = useRef<T>(null);
  const places = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const before = places.current;
    const after = new Map<string, number>();
    for (const row of list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? []) {
      const name = row.dataset["row"] ?? "";
      after.set(name, row.offsetTop);
      const moved = (before.get(name) ?? row.offsetTop) - row.offsetTop;
      if (moved && !calm()) {
        row.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], {
          duration: 600,
          easing: "cubic-bezier(.2,.8,.2,1)",
        });
      }
    }
    places.current = after;
  }, [order]);
  return list;
}
