// The query API. Errors are problem details (RFC 9457), told in the page's language.
import { spoken } from "./words";

export interface Row {
  kpi: string; agency: string | null; from: string; to: string;
  numerator: number; denominator: number | null; value: number | null;
  previous_value?: number | null; change?: number | null;
  target?: number | null; on_target?: boolean | null; rank?: number | null; movement?: number | null;
  day?: string; hour?: string; month?: string; procedure?: string | null;
}
export interface Term { measure: string; sign: number; entity: string; counted_at: string; where: string; sum: string | null }
export interface Figure {
  name: string; version: string; kind: string; vi: string; en: string; note_vi: string; note_en: string;
  basis: string; unit: string; unit_vi: string; better: string; target: number | null; valid_to: string | null;
  rule?: Record<string, Term[]>;
}
export interface Agency { code: string; name: string; parent: string }
export interface Freshness {
  now: string;
  sources: { source: string; last_event_at: string; events: number }[];
  rows: { topic: string; written_at: string; events: number }[];
}
export interface Page<R> { rows: R[]; next: string | null; from: string; to: string }
export interface Explained extends Page<Row> {
  figure: Figure;
  measures: { side: string; measure: string; sign: number; value: number }[];
  examples: Record<string, string[]>;
}
export interface Happening { time: string; type: string; source: string; agency: string }
export interface Alert { name: string; severity: string; agency: string; since: string; summary: string; description: string }
export type Entity = Record<string, string | number | boolean | null>;
export interface Told { time: string; type: string; source: string; event: { data?: Record<string, unknown> } }

export class Failure extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

export type Asked = Record<string, string | string[]>;
const KEY = "reform-pulse-key";

export const keep = (key: string): void => sessionStorage.setItem(KEY, key);

export const forget = (): void => sessionStorage.removeItem(KEY);

export async function ask(path: string, asked: Asked, accept: string, signal?: AbortSignal): Promise<Response> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) for (const each of [value].flat()) query.append(name, each);
  const headers: Record<string, string> = { Accept: accept, "Accept-Language": spoken() };
  const key = sessionStorage.getItem(KEY);
  if (key) headers["Authorization"] = `Bearer ${key}`;
  const response = await fetch(`/v1/${path}?${query}`, { headers, signal: signal ?? null, cache: "no-cache" });
  if (!response.ok) throw new Failure(response.status, await reason(response));
  return response;
}

async function reason(response: Response): Promise<string> {
  const problem = await response.json().catch(() => ({}));
  return problem.detail ?? problem.title ?? `HTTP ${response.status}`;
}

export async function get<T>(path: string, asked: Asked = {}): Promise<T> {
  return (await ask(path, asked, "application/json", AbortSignal.timeout(30_000))).json();
}
