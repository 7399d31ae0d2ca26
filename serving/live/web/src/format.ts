// Numbers and times as a Vietnamese or English reader writes them; times are Vietnamese.
import { say, spoken } from "./words";

const ZONE = "Asia/Ho_Chi_Minh";
const place = (): string => (spoken() === "vi" ? "vi-VN" : "en-GB");

export function number(value: number): string {
  return new Intl.NumberFormat(place(), { maximumFractionDigits: 2 }).format(value);
}

export function value(found: number | null, unit: string): string {
  if (found === null) return "–";
  if (unit !== "percent") return number(found);
  return new Intl.NumberFormat(place(), { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(found);
}

export function change(found: number, unit: string): string {
  const shown = unit === "percent" ? found * 100 : found;
  const digits = unit === "percent" ? 2 : 0;
  const text = new Intl.NumberFormat(place(), { signDisplay: "exceptZero", minimumFractionDigits: digits, maximumFractionDigits: 2 }).format(shown);
  return unit === "percent" ? `${text} ${say("points")}` : text;
}

export function time(text: string | number): string {
  return new Intl.DateTimeFormat(place(), {
    timeZone: ZONE, day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).format(new Date(text));
}

// Without year and seconds, for what has just been.
export function clock(text: string): string {
  return new Intl.DateTimeFormat(place(), {
    timeZone: ZONE, day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit",
  }).format(new Date(text)).replace("-", "/");
}

// The last day of a period whose end is exclusive; hours stay as they are.
export function last(end: string): string {
  if (end.includes("T")) return time(end);
  return day(new Date(Date.parse(end) - 86_400_000).toISOString().slice(0, 10));
}

export function day(text: string): string {
  const [year, month, date] = text.split("-");
  return [date, month, year].filter(Boolean).join("/");
}
