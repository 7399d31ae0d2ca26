// The live board: the address says what to show, the API says it, the stream says when to ask again.
import { Failure, get, type Agency, type Figure, type Freshness, type Page, type Row } from "./api";
import { cards, RATES, STOCKS } from "./cards";
import { detail } from "./detail";
import { at } from "./dom";
import * as format from "./format";
import { freshness, isStale, written } from "./freshness";
import { header } from "./header";
import { askKey } from "./key";
import { type View } from "./links";
import { byName, ranking } from "./ranking";
import { address, over, parts, read } from "./state";
import { listen, type Message } from "./stream";
import { say, speak } from "./words";

const MINUTE = 60_000; // stocks change by the clock alone

let figures = new Map<string, Figure>();
let agencies = new Map<string, Agency>();
let rows: Row[] = [];
let series: Row[] = [];
let fresh: Freshness | null = null;
let read_at = 0;
let link: "connecting" | "live" | "lost" = "connecting";
let failure = "";
let ending = new AbortController();
let busy = false;
let again = false;

const view: View = {
  state: read(location.search),
  go(changes) {
    history.pushState(null, "", address(view.state, changes));
    changed();
  },
};

function changed(): void {
  const agency = view.state.agency;
  view.state = read(location.search);
  speak(view.state.lang);
  header(view, agencies);
  says();
  if (view.state.agency !== agency) follow();
  void refresh();
  show();
}

// One question at a time; what changes meanwhile is asked for when it is answered.
async function refresh(): Promise<void> {
  again = busy;
  if (busy) return;
  busy = true;
  try {
    do {
      again = false;
      await load();
    } while (again);
    failure = "";
  } catch (error) {
    failed(error);
  } finally {
    busy = false;
    if (again) void refresh();
  }
  says();
}

async function load(): Promise<void> {
  const { state } = view;
  if (!figures.size) await learn();
  const kpi = [...RATES, ...STOCKS];
  const depth = depthBelow(state.agency);
  const [whole, split, ranked, how] = await Promise.all([
    get<Page<Row>>("kpis", { ...over(state), kpi, compare: ["previous", "target"] }),
    get<Page<Row>>("kpis", { ...over(state), kpi: RATES, by: parts(state), limit: "10000" }),
    get<Page<Row>>("rankings", { ...over(state), kpi: state.kpi, depth: `${depth}`, minimum: state.minimum }),
    get<Freshness>("freshness"),
  ]);
  if (state !== view.state) { again = true; return; }
  [rows, series, fresh, read_at] = [whole.rows, split.rows, how, Date.now()];
  cards(view, figures, rows, series);
  ranking(view, figures, agencies, ranked);
  freshness(fresh);
}

async function learn(): Promise<void> {
  const [catalogue, tree] = await Promise.all([get<Page<Figure>>("catalogue"), get<Page<Agency>>("agencies")]);
  const current = catalogue.rows.filter((each) => each.valid_to === null).sort(byName);
  figures = new Map(current.map((each) => [each.name, each]));
  agencies = new Map(tree.rows.map((each) => [each.code, each]));
  header(view, agencies);
  says();
}

// Levels from the top to those just below the agency; from everything: below the top.
function depthBelow(agency: string): number {
  let depth = 2;
  for (let code = agencies.get(agency)?.parent; code && depth < 9; code = agencies.get(code)?.parent) depth += 1;
  return depth;
}

function hear(message: Message): void {
  link = "live";
  if (view.state.period === "month" && (message.agency ?? "") === view.state.agency && rows.length) {
    const heard = new Map(message.rows.map((row) => [row.kpi, row]));
    rows = rows.map((row) => ({ ...row, ...heard.get(row.kpi) }));
    cards(view, figures, rows, series);
  }
  void refresh();
}

function follow(): void {
  ending.abort();
  ending = new AbortController();
  void listen(view.state.agency, {
    hear,
    connected: () => { link = "live"; says(); },
    lost: (error) => { link = "lost"; failed(error); says(); },
  }, ending.signal);
}

function failed(error: unknown): void {
  if (error instanceof Failure && error.status === 401) return askKey(() => { follow(); void refresh(); show(); });
  if (error instanceof Failure) failure = error.message;
  else { link = "lost"; says(); }
}

function show(): void {
  detail(view).catch(failed).finally(says);
}

// Says at once when what is seen is no longer how things are.
function says(): void {
  const now = fresh && written(fresh) ? format.time(written(fresh)) : "–";
  const words = link === "lost" ? say("lost", now) : failure ? say("failed", failure)
    : fresh && isStale(fresh, Date.now() - read_at) ? say("stale", now) : "";
  if (at("banner").textContent !== words) at("banner").textContent = words;
  const pulse = `${link === "live" ? say("live") : say("connecting")} · ${say("counted", now)}`;
  if (at("pulse").textContent !== pulse) at("pulse").textContent = pulse;
  at("pulse").className = `pulse ${link}`;
}

at("detail").addEventListener("cancel", (event) => {
  event.preventDefault();
  view.go({ why: "", which: "", subject: "" });
});
window.addEventListener("popstate", changed);
setInterval(() => void refresh(), MINUTE);
setInterval(says, 1_000);
changed();
follow();
