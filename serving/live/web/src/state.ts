// What the page shows is in its address, so that a view can be sent, bookmarked, and gone back from.
import { PERIODS, type Language } from "./words";

export interface State {
  lang: Language;
  agency: string;
  period: string;
  kpi: string;
  minimum: string;
  why: string;
  which: string;
  procedure: string;
  subject: string;
}

const DEFAULTS: State = {
  lang: "vi", agency: "", period: "month", kpi: "online_dossier_rate", minimum: "30", why: "", which: "", procedure: "", subject: "",
};

export function read(address: string): State {
  const given = new URLSearchParams(address);
  const found = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof State)[]) {
    const text = given.get(name);
    if (text) Object.assign(found, { [name]: text });
  }
  if (!/^\d{1,6}$/.test(found.minimum)) found.minimum = DEFAULTS.minimum;
  if (found.lang !== "en") found.lang = "vi";
  return found;
}

export function address(state: State, changes: Partial<State> = {}): string {
  const given = new URLSearchParams();
  for (const [name, text] of Object.entries({ ...state, ...changes })) {
    if (text !== DEFAULTS[name as keyof State]) given.set(name, text);
  }
  const query = given.toString();
  return query ? `?${query}` : "/";
}

const DAY = /^\d{4}-\d\d-\d\d$/;

// The period as the API's parameters: a window that ends now, a named period, or one day.
export function over(state: State): Record<string, string> {
  const scope: Record<string, string> = state.agency ? { agency: state.agency } : {};
  if (state.period in PERIODS) return { ...scope, window: state.period };
  if (!DAY.test(state.period)) return { ...scope, period: state.period };
  const next = new Date(`${state.period}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return { ...scope, from: state.period, to: next.toISOString().slice(0, 10) };
}

export function parts(state: State): string {
  if (state.period === "24h" || DAY.test(state.period)) return "hour";
  return state.period === "year" || /^\d{4}(-H\d)?(-admin)?$/.test(state.period) ? "month" : "day";
}
