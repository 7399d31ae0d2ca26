// Why a number is what it is: the rule, its sides, days, procedures; then the dossiers, then one dossier's history.
import { Failure, get, type Entity, type Explained, type Page, type Row, type Term, type Told } from "./api";
import { base, moved, named, range, sides } from "./cards";
import { at, h, put, table } from "./dom";
import * as format from "./format";
import { link, type View } from "./links";
import { sparkline } from "./sparkline";
import { over, parts, type State } from "./state";
import { condition, inWords, say } from "./words";

const LISTED = "100";
const WORST = 10;
const SIDES = ["missing", "numerator", "denominator"] as const;

// The dialog may be about one procedure; the page behind it is about all.
const narrowed = (state: State): Record<string, string> =>
  (state.procedure ? { ...over(state), procedure: state.procedure } : over(state));

const heading = (text: string): HTMLElement => h("h2", { id: "detail-title", tabindex: "-1" }, text);

export async function detail(view: View): Promise<void> {
  const { why, which, procedure, subject } = view.state;
  const dialog = at("detail") as HTMLDialogElement;
  if (!why) return dialog.close();
  if (!dialog.open) {
    put("detail", heading(say("loading")));
    dialog.showModal();
  }
  const found = subject ? await history(view) : which ? await entities(view) : await explained(view);
  if (view.state.why !== why || view.state.which !== which || view.state.procedure !== procedure || view.state.subject !== subject) return;
  put("detail", h("p", { class: "bar" },
    which ? link(view, "detail-back", subject ? { subject: "" } : { which: "" }, say("back")) : null,
    link(view, "detail-close", { why: "", which: "", procedure: "", subject: "" }, say("close"))), ...found);
  if (!dialog.contains(document.activeElement)) at("detail-title").focus();
}

async function explained(view: View): Promise<HTMLElement[]> {
  const { state } = view;
  const asked = { ...narrowed(state), kpi: state.why };
  const split = (by: string): Promise<Row[]> =>
    get<Page<Row>>("kpis", { ...asked, by, limit: "10000" }).then((page) => page.rows, unsplit);
  const [answer, compared, days, procedures] = await Promise.all([
    get<Explained>("explain", asked),
    get<Page<Row>>("kpis", { ...asked, compare: ["previous", "target"] }),
    split(parts(state)), split("procedure"),
  ]);
  const { figure } = answer;
  const row = compared.rows[0];
  const listed = SIDES.filter((side) => side in answer.examples);
  return [
    heading(named(figure, figure.name)),
    state.procedure ? h("p", {}, h("b", {}, say("only", state.procedure)), " · ", link(view, "procedure-all", { procedure: "" }, say("whole"))) : h("p"),
    h("p", { class: "value" }, format.value(row?.value ?? null, figure.unit)),
    h("p", {}, row ? sides(row) : say("none"), " ", row ? moved(row, figure) : null),
    h("p", { class: "note" }, `${day(answer.from)} – ${format.last(answer.to)} · ${say("basis")}: ${figure.basis}`),
    h("h3", {}, say("rule")), rule(answer),
    h("h3", {}, say("behind")),
    listed.length === 0 ? h("p", { class: "note" }, say("operators")) : h("ul", { class: "behind" },
      ...listed.map((side) => h("li", {}, link(view, `which-${side}`, { which: side }, say(side))))),
    ...byDay(view, days, figure.unit), ...(state.procedure ? [] : worst(view, procedures)),
  ];
}

// Not every figure can be split in every way.
function unsplit(error: unknown): Row[] {
  if (error instanceof Failure && error.status === 400) return [];
  throw error;
}

const day = (text: string): string => (text.includes("T") ? format.time(text) : format.day(text));

function rule(answer: Explained): HTMLElement {
  const text = (term: Term): string => say(term.sum ? "sums" : "counts",
    inWords(term.entity), inWords(term.counted_at), condition(term.where), inWords(term.sum ?? ""));
  return h("dl", {}, ...Object.entries(answer.figure.rule ?? {}).flatMap(([side, terms]) => [
    h("dt", {}, say(side as "numerator" | "denominator")),
    ...terms.map((term) => {
      const value = answer.measures.find((each) => each.side === side && each.measure === term.measure)?.value;
      return h("dd", {}, h("b", {}, `${term.sign < 0 ? "−" : "+"} ${format.number(value ?? 0)}`), ` ${text(term)} `, h("code", {}, term.measure));
    }),
  ]));
}

function byDay(view: View, rows: Row[], unit: string): HTMLElement[] {
  const values = rows.map((row) => row.value);
  if (!values.some((each) => each !== null)) return [];
  const cell = (row: Row): HTMLElement | string => {
    const found = row.day ?? row.month ?? row.hour ?? "";
    return row.hour ? format.time(found) : link(view, `day-${found}`, { period: found }, format.day(found));
  };
  const picture = h("div", { class: "wide" });
  picture.append(sparkline(values, null, range(values, unit)));
  return [h("h3", {}, say("days")), picture, table(say("days"), [say("day"), say("value"), say("sides")],
    rows.map((row) => [cell(row), format.value(row.value, unit), sides(row)]), "short")];
}

function worst(view: View, rows: Row[]): HTMLElement[] {
  const short = (row: Row): number => (row.denominator ?? 0) - row.numerator;
  const found = rows.filter((row) => row.denominator !== null && short(row) > 0).sort((one, other) => short(other) - short(one));
  if (!found.length) return [];
  return [h("h3", {}, say("procedures")), table(say("procedures"), [say("procedure"), say("short"), say("sides")],
    found.slice(0, WORST).map((row) => [row.procedure ? link(view, `procedure-${row.procedure}`, { procedure: row.procedure }, row.procedure) : "–", format.number(short(row)), sides(row)]))];
}

async function entities(view: View): Promise<HTMLElement[]> {
  const { state } = view;
  const asked = { ...narrowed(state), kpi: state.why, which: state.which, limit: LISTED };
  type Listed = Page<Entity> & { entity: string };
  const page = await get<Listed>("dossiers", asked);
  const body = h("div", {});
  const show = (found: Listed): void => {
    if (body.lastElementChild?.matches("button")) body.lastElementChild.remove();
    body.append(list(view, found.rows));
    if (found.next) body.append(h("button", { type: "button", click: () => void get<Listed>("dossiers", { ...asked, cursor: found.next! }).then(show) }, say("more")));
  };
  show(page);
  const side = say(state.which as "missing");
  return [heading(`${side}: ${inWords(page.entity)}`), page.rows.length ? body : h("p", {}, say("none"))];
}

function list(view: View, rows: Entity[]): HTMLElement {
  const first = Object.keys(rows[0] ?? {}).filter((name) => name !== "subject").filter((name) => rows.some((row) => row[name] !== null));
  return table(say("behind"), [say("subject"), ...first.map(column)], rows.map((row) =>
    [link(view, `subject-${row["subject"]}`, { subject: String(row["subject"]) }, String(row["subject"])), ...first.map((name) => shown(row[name]))]));
}

const COLUMNS: Record<string, "received" | "due" | "ended" | "channel" | "agency" | "procedure"> = {
  received_at: "received", due_at: "due", ended_at: "ended", channel: "channel", agency: "agency", procedure: "procedure",
};
const column = (name: string): string => (COLUMNS[name] ? say(COLUMNS[name]) : name);
const TIME = /^\d{4}-\d\d-\d\dT/;
const shown = (found: unknown): string =>
  found === null || found === undefined ? "–" : TIME.test(String(found)) ? format.time(String(found)) : String(found);

async function history(view: View): Promise<HTMLElement[]> {
  const { subject, why } = view.state;
  const { figure } = await get<Explained>("explain", { ...over(view.state), kpi: base(why) });
  const entity = Object.values(figure.rule ?? {})[0]?.[0]?.entity ?? "dossier";
  const page = await get<Page<Told>>("history", { subject, entity });
  const facts = (told: Told): string => Object.entries(told.event.data ?? {}).map(([name, found]) => `${column(name)}: ${shown(found)}`).join("; ");
  return [heading(`${say("history")}: ${subject}`),
    table(say("history"), [say("time"), say("event"), say("source"), say("facts")], page.rows.map((told) =>
      [format.time(told.time), told.type.replace(/^vn\.reform\.|\.v\d+$/g, ""), told.source, facts(told)]))];
}
