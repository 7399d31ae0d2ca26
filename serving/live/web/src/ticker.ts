// The newest events, as the stream tells them: what kind, where, when; no keys.
import type { Happening } from "./api";
import { h, put, table } from "./dom";
import * as format from "./format";
import { nameOf, type Tree } from "./tree";
import { happening, say } from "./words";

export function ticker(found: Happening[], agencies: Tree): void {
  put("ticker",
    h("h2", { id: "ticker-title" }, say("ticker")),
    found.length
      ? table(say("ticker"), [say("time"), say("event"), say("agency")], found.map((each) =>
        [format.clock(each.time), happening(each.type), nameOf(agencies, each.agency)]), "short")
      : h("p", { class: "note" }, say("quiet")));
}
