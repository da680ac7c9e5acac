// Numbers, money and dates as the viewer's language writes them, in the member's time zone.

export interface Format {
  number: (value: number) => string;
  signed: (value: number) => string;
  percent: (ratio: number) => string;
  /** `minor` counts the currency's smallest unit of ISO 4217. */
  money: (minor: number, currency: string) => string;
  day: (instant: string) => string;
  moment: (instant: string) => string;
  /** "in 3 days", "tomorrow", "in 5 hours". */
  until: (instant: string) => string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function formatFor(language: string, timeZone: string | undefined): Format {
  const locale = language === "id" ? "id-ID" : "en-GB";
  const zone = knownZone(timeZone);
  const plain = new Intl.NumberFormat(locale);
  const sign = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
  const part = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: zone });
  const moment = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: zone,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return {
    number: (value) => plain.format(value),
    signed: (value) => sign.format(value),
    percent: (ratio) => part.format(ratio),
    money: (minor, currency) =>
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: 0,
        maximumFractionDigits: minorDigits(currency),
      }).format(minor / 10 ** minorDigits(currency)),
    day: (instant) => day.format(new Date(instant)),
    moment: (instant) => moment.format(new Date(instant)),
    until: (instant) => {
      const left = new Date(instant).getTime() - Date.now();
      if (Math.abs(left) < HOUR) return relative.format(Math.round(left / MINUTE), "minute");
      if (Math.abs(left) < 36 * HOUR) return relative.format(Math.round(left / HOUR), "hour");
      return relative.format(Math.round(left / DAY), "day");
    },
  };
}

const WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
const THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split(" ");

/** The digits of the currency's minor unit by ISO 4217, as the API counts: 2 for IDR and USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  // Not from Intl: it answers how many digits people write, which for the rupiah is none.
  if (WHOLE.includes(currency)) return 0;
  return THOUSANDTHS.includes(currency) ? 3 : 2;
}

/** The hour of the day where the member lives, 0 to 23. */
export function hourIn(timeZone: string | undefined): number {
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: knownZone(timeZone) });
  return Number(hour.format(new Date()));
}

/** A zone that this browser does not know must not take the whole screen down. */
function knownZone(timeZone: string | undefined): string | undefined {
  if (!timeZone) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return undefined;
  }
}
