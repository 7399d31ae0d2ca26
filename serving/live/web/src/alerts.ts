// What is wrong now, as the Alertmanager says. Where nobody watches there is no such part: silence is no good news.
import { Failure, get, type Alert, type Page } from "./api";
import { at, h, put } from "./dom";
import * as format from "./format";
import { link, type View } from "./links";
import { nameOf, type Tree } from "./tree";
import { say, severity, spoken } from "./words";

export interface Alerts { watched: boolean; rows: Alert[] }

export async function watched(): Promise<Alerts | null> {
  try {
    return await get<Page<Alert> & Alerts>("alerts");
  } catch (error) {
    if (error instanceof Failure && error.status === 503) return null; // the figures do not wait for it
    throw error;
  }
}

export function alerts(view: View, agencies: Tree, found: Alerts | null): void {
  at("alerts").hidden = found !== null && !found.watched;
  put("alerts",
    h("h2", { id: "alerts-title" }, say("alerts"), found?.rows.length ? ` (${format.number(found.rows.length)})` : ""),
    !found ? h("p", { class: "bad" }, say("unwatched"))
      : !found.rows.length ? h("p", { class: "note" }, say("calm"))
      : h("ul", { class: "scroll short", tabindex: "0", "aria-label": say("alerts") }, ...found.rows.map((each, index) => one(view, agencies, each, index))));
}

// The summary is Vietnamese; of the description the last line is English.
function one(view: View, agencies: Tree, alert: Alert, index: number): HTMLElement {
  const text = spoken() === "en" ? alert.description.split("\n").pop() || alert.summary : alert.summary;
  return h("li", { class: `alert ${alert.severity}` },
    h("b", {}, severity(alert.severity)), ` ${text} `,
    alert.agency ? link(view, `alert-${index}`, { agency: alert.agency }, nameOf(agencies, alert.agency)) : null,
    h("span", { class: "note" }, ` ${say("since", format.clock(alert.since))}`));
}
