// Agencies in the order of one figure: as coloured tiles, and as a table with what the colour stands for.
import type { Figure, Row } from "./api";
import { moved, named, sides } from "./cards";
import { h, put, table } from "./dom";
import * as format from "./format";
import { link, type View } from "./links";
import { nameOf, type Tree } from "./tree";
import { say, spoken } from "./words";

const STEPS = 5;
const MINIMA = ["1", "10", "30", "100"];

// Apart from the rest, as a list that is open must not be replaced when figures change.
export function choosers(view: View, figures: Map<string, Figure>): void {
  put("ranking-choose",
    h("h2", { id: "ranking-title" }, say("ranking")),
    h("p", { class: "choose" },
      h("label", { for: "kpi" }, say("by")), chooser(view, figures),
      h("label", { for: "minimum" }, say("few")), least(view)));
}

export function ranking(view: View, figures: Map<string, Figure>, agencies: Tree, rows: Row[]): void {
  if (!rows.length) return put("ranking-body", h("p", {}, say("none")));
  const figure = figures.get(view.state.kpi);
  const step = steps(rows);
  const shown = (row: Row): string => format.value(row.value, figure?.unit ?? "percent");
  const why = { why: view.state.kpi, which: "", subject: "" };
  const open = (row: Row, id: string, content: Node | string, classes?: string): HTMLElement =>
    link(view, `${id}-${row.agency}`, row.agency === view.state.agency ? why : { agency: row.agency! }, content, undefined, classes);
  const name = (row: Row): string => nameOf(agencies, row.agency!);
  put("ranking-body",
    h("ul", { class: "tiles" }, ...rows.map((row) => h("li", {},
      open(row, "tile", h("span", {}, h("b", {}, shown(row)), ` ${name(row)}`), `tile step${step(row)}`)))),
    table(say("ranking"), [say("rank"), say("agency"), say("value"), say("sides"), say("change")], rows.map((row) => [
      row.rank ? format.number(row.rank) : "–",
      open(row, "agency", name(row)),
      link(view, `cell-${row.agency}`, { agency: row.agency!, ...why }, shown(row),
        `${shown(row)}, ${name(row)}: ${say("why")}`, `cell step${step(row)}`),
      sides(row),
      moved(row, figure),
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
function steps(rows: Row[]): (row: Row) => number {
  const last = Math.max(1, ...rows.map((row) => row.rank ?? 0));
  return (row) => (row.rank ? STEPS - Math.floor(((row.rank - 1) / last) * STEPS) : 0);
}

export const byName = (one: Figure, other: Figure): number => named(one, one.name).localeCompare(named(other, other.name), spoken());
