// How new the numbers are; and whether they still come.
import type { Freshness } from "./api";
import { h, put, table } from "./dom";
import * as format from "./format";
import { say } from "./words";

const STALE = 15 * 60_000;

export const written = (found: Freshness): number => Math.max(0, ...found.rows.map((row) => Date.parse(row.written_at)));

// By the server's clock, as this machine's may be wrong.
export const isStale = (found: Freshness, since: number): boolean =>
  found.rows.length > 0 && Date.parse(found.now) + since - written(found) > STALE;

export function freshness(found: Freshness): void {
  put("freshness",
    h("h2", { id: "freshness-title" }, say("freshness")),
    table(say("freshness"), [say("source"), say("last"), say("events")], found.sources.map((each) =>
      [each.source, format.time(each.last_event_at), format.number(each.events)])));
}
