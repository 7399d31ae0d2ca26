// Agencies in the order of one figure: as coloured tiles, and as a table with what the colour stands for.
import type { Agency, Figure, Page, Row } from "./api";
import { moved, named, sides } from "./cards";
import { h, put, table } from "./dom";
import * as format from "./format";
import { link, type View } from "./links";
import { say, spoken } from "./words";

const STEPS = 5;
const MINIMA = ["1", "10", "30", "100"];

export function ranking(view: View, figures: Map<string, Figure>, agencies: Map<string, Agency>, page: Page<Row>): void {
  const figure = figures.get(view.state.kpi);
  const unit = figure?.unit ?? "percent";
  const rows = page.rows.filter((row) => row.agency);
  const step = steps(rows, figure);
  const name = (row: Row): string => agencies.get(row.agency!)?.name ?? row.agency!;
  const open = (row: Row, id: string, content: Node | string, label?: string, classes?: string): HTMLElement =>
    link(view, `${id}-${row.agency}`, row.agency === view.state.agency
      ? { why: view.state.kpi, which: "", subject: "" } : { agency: row.agency! }, content, label, classes);
  put("ranking",
    h("h2", { id: "ranking-title" }, say("ranking")),
    h("p", { class: "choose" }, h("label", { for: "kpi" }, say("by")), chooser(view, figures),
      h("label", { for: "minimum" }, say("few")), least(view)),
    rows.length === 0 ? h("p", {}, say("none")) : h("ul", { class: "tiles" }, ...rows.map((row) =>
      h("li", {}, open(row, "tile", h("span", {}, h("b", {}, format.value(row.value, unit)), ` ${name(row)}`), undefined, `tile step${step(row)}`)))),
    rows.length === 0 ? null : table(say("ranking"),
      [say("rank"), say("agency"), say("value"), say("sides"), say("change")],
      rows.map((row) => [
        row.rank ? format.number(row.rank) : "–",
        open(row, "agency", name(row)),
        link(view, `cell-${row.agency}`, { agency: row.agency!, why: view.state.kpi, which: "", subject: "" },
          format.value(row.value, unit), `${format.value(row.value, unit)}, ${name(row)}: ${say("why")}`, `cell step${step(row)}`),
        sides(row), moved(row, figure),
      ])));
}

function chooser(view: View, figures: Map<string, Figure>): HTMLElement {
  const rankable = [...figures.values()].filter((each) => each.kind !== "score");
  return h("select", { id: "kpi", change: (event) => view.go({ kpi: (event.target as HTMLSelectElement).value }) },
    ...rankable.map((each) => h("option", { value: each.name, selected: each.name === view.state.kpi }, named(each, each.name))));
}

function least(view: View): HTMLElement {
  const given = view.state.minimum;
  const choices = MINIMA.includes(given) ? MINIMA : [...MINIMA, given];
  return h("select", { id: "minimum", change: (event) => view.go({ minimum: (event.target as HTMLSelectElement).value }) },
    ...choices.map((each) => h("option", { value: each, selected: each === given }, format.number(Number(each)))));
}

// 1 (worst) to 5 (best) among the ranked by fifths of their order; 0: not ranked. Equal ranks, equal colours.
function steps(rows: Row[], figure: Figure | undefined): (row: Row) => number {
  const last = Math.max(1, ...rows.map((row) => row.rank ?? 0));
  if (!figure) return () => 0;
  return (row) => (row.rank ? STEPS - Math.min(STEPS - 1, Math.floor(((row.rank - 1) / last) * STEPS)) : 0);
}

export const byName = (one: Figure, other: Figure): number => named(one, one.name).localeCompare(named(other, other.name), spoken());
