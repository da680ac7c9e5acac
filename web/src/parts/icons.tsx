// Small line drawings, 24 units wide, in the colour of the text around them.

const drawings = {
  arrow: "M12 19V5M6 11l6-6 6 6",
  bag: "M6 8h12l1 12H5zM9 8V6.5a3 3 0 0 1 6 0V8",
  bean: "M17.6 4.6c3.2 2.6 2.6 8-1 11.6s-9.4 4.2-12 1c-2.6-3.2-1.6-8.4 2-11.9s7.9-3.3 11-.7zM18.5 5.5c-3 1-4.5 3-5.5 6s-3 5.5-8.5 6",
  calendar: "M4 7h16v13H4zM4 11h16M8 4v5M16 4v5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  close: "M6 6l12 12M18 6L6 18",
  contrast: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18M12 8h5.5M12 12h9M12 16h5.5",
  crown: "M4 18h16l1-10-5 4-4-7-4 7-5-4z",
  cup: "M5 9h12v6a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zM17 10h1.5a2.5 2.5 0 0 1 0 5.5H17M9 6c-1-1.2 1-1.8 0-3M13 6c-1-1.2 1-1.8 0-3",
  flame: "M12 3c1 4 6 6 6 11.5A6 6 0 0 1 12 21a6 6 0 0 1-6-6.5C6 11 9 10 9 7c1.5.5 2.5 1.5 3 3 .6-2 .6-4.5 0-7z",
  gift: "M4 12h16v8H4zM3 8h18v4H3zM12 8v12M12 8c-5 0-5.5-4.5-3-4.5S12 8 12 8s.5-4.5 3-4.5S17 8 12 8z",
  heart: "M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20z",
  ice: "M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5L12 7l2.5-2.5M9.5 19.5L12 17l2.5 2.5",
  leaf: "M5 19c0-9 5-14 15-14 0 10-5 15-13 13M5 20c1-5 4-8 9-10",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  moon: "M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z",
  pen: "M5 19l1-4L16 5l3 3L9 18zM13.5 7.5l3 3",
  pin: "M12 21s7-6 7-11.5a7 7 0 0 0-14 0C5 15 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  share: "M8 12l8-5M8 12l8 5M6 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM18 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM18 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  spark: "M12 3l2 7 7 2-7 2-2 7-2-7-7-2 7-2z",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  sunrise: "M7 16a5 5 0 0 1 10 0M3 20h18M12 4v4M4.5 9.5L6 11M19.5 9.5L18 11M2.5 16h2M19.5 16h2",
  ticket: "M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3zM14 7v2M14 11v2M14 15v2",
  trophy: "M8 4h8v6a4 4 0 0 1-8 0zM8 6H4.5c0 3 1.5 5 4 5M16 6h3.5c0 3-1.5 5-4 5M12 14v4M8.5 20h7M10 18h4",
  users: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 2.5-6 6-6s6 2 6 6M15.5 5a3.5 3.5 0 0 1 0 6.5M17 14.5c2.5.6 4 2.5 4 5.5",
};

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <IconPath name={name} />
    </svg>
  );
}

/** The drawing alone, to be placed inside another one. */
export function IconPath({ name }: { name: IconName }) {
  return <path d={drawings[name]} />;
}

// Definitions are made by staff, who name them freely: a word in the key suggests the drawing.
const meanings: [RegExp, IconName][] = [
  [/pagi|morning|early|dawn|sunrise|subuh/, "sunrise"],
  [/malam|night|late|moon|senja/, "moon"],
  [/streak|runtun|rutin|habit|flame|regular|daily|harian|setia/, "flame"],
  [/review|ulas|write|critic|kritik/, "pen"],
  [/visit|kunjung|explor|jelajah|outlet|city|kota|store|toko/, "pin"],
  [/donat|donas|charit|amal|berbagi|heart|hati|kind|giv|peduli/, "heart"],
  [/basket|keranjang|big|besar|borong|spend|belanja/, "bag"],
  [/refer|friend|teman|ajak|social|komunitas/, "users"],
  [/share|bagi/, "share"],
  [/bean|biji|collect|kolek|roast|taster|origin/, "bean"],
  [/green|hijau|tumbler|eco|leaf|daun|bumi|earth/, "leaf"],
  [/birthday|ultah|gift|hadiah|lebaran|ramadan|natal/, "gift"],
  [/weekend|libur|holiday|calendar|merdeka|month|bulan/, "calendar"],
  [/crown|king|raja|legend|master|sultan|vip/, "crown"],
  [/champ|juara|win|trophy|piala|challenge|tantang/, "trophy"],
  [/survey|survei|poll|quiz|kuis/, "check"],
  [/coffee|kopi|cup|latte|espresso|cangkir|drink|first|pertama|purchase|disc/, "cup"],
  [/sun|day|hari/, "sun"],
];

const fallbacks: IconName[] = ["star", "spark", "bean", "leaf", "cup", "crown"];

export function iconFor(key: string): IconName {
  const meant = meanings.find(([word]) => word.test(key));
  return meant ? meant[1] : (fallbacks[hash(key) % fallbacks.length] ?? "star");
}

/** A small number that is always the same for the same text. */
export function hash(text: string): number {
  let value = 7;
  for (const letter of text) value = (value * 31 + letter.charCodeAt(0)) >>> 0;
  return value;
}

/** Piala's mark: a trophy that is a steaming cup. */
export function Mark({ size = 34 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-bowl" d="M9 12h14v4.5a7 7 0 0 1-14 0z" />
      <path d="M9 13.2H6.2a3.8 3.8 0 0 0 4 4.7M23 13.2h2.8a3.8 3.8 0 0 1-4 4.7M16 23.5V27M11.5 28h9" />
      <path class="mark-steam" d="M13.2 8.5c-1.2-1.4 1.2-2.1 0-3.8M18.8 8.5c-1.2-1.4 1.2-2.1 0-3.8" />
    </svg>
  );
}
