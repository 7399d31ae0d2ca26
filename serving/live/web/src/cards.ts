// The headline figures: four rates with target, change and sparkline, and what is pending, overdue, due soon.
import type { Figure, Row } from "./api";
import { h, put } from "./dom";
import * as format from "./format";
import { link, type View } from "./links";
import { sparkline } from "./sparkline";
import { say, spoken } from "./words";

export const RATES = ["document_signed_rate", "online_dossier_rate", "full_process_dossier_rate", "online_payment_rate"];
export const STOCKS = ["on_time_rate", "dossiers_pending", "dossiers_overdue", "dossiers_due_24h"];

export const named = (figure: Figure | undefined, name: string): string => figure?.[spoken()] ?? name;
export const base = (kpi: string): string => kpi.split("@")[0]!;

export function cards(view: View, figures: Map<string, Figure>, rows: Row[], series: Row[]): void {
  const made = (names: string[], classes: string): HTMLElement =>
    h("ul", { class: classes }, ...names.map((name) => card(view, figures.get(name), name,
      rows.find((row) => base(row.kpi) === name), series.filter((row) => base(row.kpi) === name))));
  put("cards", h("h2", { id: "cards-title", class: "hidden" }, say("headlines")), made(RATES, "rates"), made(STOCKS, "stocks"));
}

function card(view: View, figure: Figure | undefined, name: string, row: Row | undefined, series: Row[]): HTMLElement {
  const unit = figure?.unit ?? "percent";
  const values = series.map((each) => each.value);
  return h("li", { class: "card", "data-kpi": name },
    h("h3", {}, named(figure, name)),
    h("p", { class: "value" }, format.value(row?.value ?? null, unit)),
    h("p", { class: "sides" }, row ? sides(row) : say("none")),
    h("p", { class: "marks" }, row ? moved(row, figure) : null, row ? aim(row, unit) : null),
    values.some((each) => each !== null) ? sparkline(values, row?.target ?? null, range(values, unit)) : null,
    link(view, `why-${name}`, { why: name, which: "", subject: "" }, say("why"), `${say("why")} ${named(figure, name)}`, "why"));
}

export function sides(row: Row): string {
  return row.denominator === null ? "" : `${format.number(row.numerator)} / ${format.number(row.denominator)}`;
}

export function moved(row: Row, figure: Figure | undefined): HTMLElement | null {
  if (row.change === null || row.change === undefined) return null;
  const better = row.change === 0 ? "" : (row.change > 0) === (figure?.better !== "lower") ? "good" : "bad";
  const arrow = row.change > 0 ? "▲ " : row.change < 0 ? "▼ " : "= ";
  return h("span", { class: `moved ${better}`, title: say("before") }, arrow + format.change(row.change, figure?.unit ?? ""));
}

function aim(row: Row, unit: string): HTMLElement | null {
  if (row.target === null || row.target === undefined) return null;
  const reached = row.on_target === null ? "" : row.on_target ? ` – ${say("reached")}` : ` – ${say("missed")}`;
  const classes = row.on_target === null ? "aimed" : row.on_target ? "aimed good" : "aimed bad";
  return h("span", { class: classes }, `${say("target")} ${format.value(row.target, unit)}${reached}`);
}

export function range(values: (number | null)[], unit: string): string {
  const known = values.filter((each) => each !== null);
  const texts = [Math.min(...known), Math.max(...known), known.at(-1) ?? null].map((each) => format.value(each, unit));
  return say("lowest", ...texts);
}
