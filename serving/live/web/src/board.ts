// The live board: the address says what to show, the API says it, the stream says when to ask again.
import { alerts, watched, type Alerts } from "./alerts";
import { Failure, get, type Agency, type Figure, type Freshness, type Happening, type Page, type Row } from "./api";
import { cards, RATES, STOCKS } from "./cards";
import { detail } from "./detail";
import { at } from "./dom";
import * as format from "./format";
import { freshness, isStale, written } from "./freshness";
import { header } from "./header";
import { heard } from "./heard";
import { askKey } from "./key";
import type { View } from "./links";
import { byName, choosers, ranking } from "./ranking";
import { address, over, parts, read, type State } from "./state";
import { isOver, learned, signIn } from "./session";
import { listen, type Message } from "./stream";
import { ticker } from "./ticker";
import { DEEPEST, depthBelow, type Tree } from "./tree";
import { say, speak } from "./words";

const MINUTE = 60_000; // stocks change by the clock alone
const SOON = 1_500;
const LATER = 10_000; // for what stands beside figures that the stream itself has brought
const RETRY = 5_000;

let figures = new Map<string, Figure>();
let agencies: Tree = new Map();
let known = false; // whether these two are those of the server that answers now
let rows: Row[] = [];
let series: Row[] = [];
let fresh: Freshness | null = null;
let events: Happening[] = [];
let loadedAt = 0;
let connection: "connecting" | "live" | "lost" = "connecting";
let failure = "";
let ending = new AbortController();
let busy = false;
let again = false;
let waiting: number | undefined;

const view: View = {
  state: read(location.search),
  go(changes) {
    history.pushState(null, "", address(view.state, changes));
    changed();
  },
};

function changed(): void {
  const { agency } = view.state;
  view.state = read(location.search);
  frame();
  if (view.state.agency !== agency) follow();
  clearTimeout(waiting);
  waiting = undefined;
  void refresh();
  show();
}

function frame(): void {
  speak(view.state.lang);
  header(view, agencies);
  choosers(view, figures);
  tell();
}

// One question at a time; what changes meanwhile is asked for when it is answered.
async function refresh(): Promise<void> {
  again = busy;
  if (busy) return;
  busy = true;
  try {
    do {
      again = false;
      await load(view.state);
    } while (again);
    failure = "";
  } catch (error) {
    failed(error);
  }
  busy = false;
  tell();
}

// Asks again, once for all who want it until then.
function later(delay: number): void {
  waiting ??= window.setTimeout(() => {
    waiting = undefined;
    void refresh();
  }, delay);
}

async function load(state: State): Promise<void> {
  if (!known) await learn();
  const kpi = [...RATES, ...STOCKS];
  const [whole, split, ranked, how, wrong] = await Promise.all([
    get<Page<Row>>("kpis", { ...over(state), kpi, compare: ["previous", "target"] }),
    get<Page<Row>>("kpis", { ...over(state), kpi: RATES, by: parts(state), limit: "10000" }),
    below(state),
    get<Freshness>("freshness"),
    watched(),
  ]);
  if (state !== view.state) {
    again = true;
    return;
  }
  [rows, series, fresh, loadedAt] = [whole.rows, split.rows, how, Date.now()];
  cards(view, figures, rows, series);
  ranking(view, figures, agencies, ranked);
  freshness(fresh);
  beside(wrong);
}

function beside(wrong: Alerts | null): void {
  alerts(view, agencies, wrong);
  ticker(events, agencies);
}

async function learn(): Promise<void> {
  const [catalogue, tree] = await Promise.all([
    get<Page<Figure>>("catalogue"),
    get<Page<Agency>>("agencies"),
  ]);
  const current = catalogue.rows.filter((each) => each.valid_to === null).sort(byName);
  figures = new Map(current.map((each) => [each.name, each]));
  agencies = new Map(tree.rows.map((each) => [each.code, each]));
  known = true;
  frame();
}

// The agencies just below the one shown; where there is only one, those below it.
async function below(state: State): Promise<Row[]> {
  let above = state.agency;
  for (let depth = Math.min(depthBelow(agencies, above), DEEPEST); ; depth += 1) {
    const asked = { ...over(state), kpi: state.kpi, minimum: state.minimum, depth: `${depth}` };
    const found = (await get<Page<Row>>("rankings", asked)).rows.filter((row) => row.agency);
    const only = found.length === 1 ? found[0]!.agency! : above;
    if (only === above || depth === DEEPEST) return found;
    above = only;
  }
}

function hear(message: Message): void {
  events = message.events;
  ticker(events, agencies);
  const covered = view.state.period === "month" && (message.agency ?? "") === view.state.agency && rows.length > 0;
  if (covered) {
    const newer = new Map(message.rows.map((row) => [row.kpi, row]));
    rows = rows.map((row) => heard(row, newer.get(row.kpi), figures.get(row.kpi)?.better ?? "higher"));
    cards(view, figures, rows, series);
  }
  later(covered ? LATER : Math.max(0, loadedAt + SOON - Date.now()));
}

function follow(): void {
  ending.abort();
  ending = new AbortController();
  void listen(view.state.agency, {
    hear,
    connected: () => {
      const before = connection;
      connection = "live";
      tell();
      if (before === "lost") anew();
    },
    lost: (error) => {
      connection = "lost";
      if (error instanceof Failure) failed(error);
      tell();
    },
  }, ending.signal);
}

// Another server may answer now, with another catalogue.
function anew(): void {
  known = false;
  void refresh();
}

function failed(error: unknown): void {
  failure = error instanceof Error ? error.message : String(error);
  if (error instanceof Failure && error.status === 401) {
    void learned.then(identify);
  } else {
    later(RETRY);
  }
}

function identify(): void {
  if (isOver()) {
    signIn();
    return;
  }
  askKey(() => {
    follow();
    void refresh();
    show();
  });
}

function show(): void {
  detail(view).catch(failed).finally(tell);
}

// Says at once when what is seen is no longer how things are.
function tell(): void {
  const when = fresh && written(fresh) ? format.time(written(fresh)) : "–";
  const wrong = connection === "lost" ? say("lost", when) : failure ? say("failed", failure)
    : fresh && isStale(fresh, Date.now() - loadedAt) ? say("stale", when) : "";
  if (at("banner").textContent !== wrong) at("banner").textContent = wrong;
  const pulse = `${say(connection === "live" ? "live" : "connecting")} · ${say("counted", when)}`;
  if (at("pulse").textContent !== pulse) at("pulse").textContent = pulse;
  at("pulse").className = `pulse ${connection}`;
}

at("detail").addEventListener("close", () => {
  if (view.state.why) view.go({ why: "", which: "", procedure: "", subject: "" });
});
window.addEventListener("popstate", changed);
setInterval(() => void refresh(), MINUTE);
setInterval(tell, 1_000);
changed();
follow();
void learned.then(frame);
