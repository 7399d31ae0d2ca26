// The top of the page: where one is in the agency tree, the period, the language, how live it is.
import type { Agency } from "./api";
import { h, put } from "./dom";
import { link, type View } from "./links";
import { pick, PERIODS, say } from "./words";

export function header(view: View, agencies: Map<string, Agency>): void {
  const { state } = view;
  document.title = say("title");
  put("top",
    h("a", { href: "#main", class: "skip" }, say("skip")),
    h("h1", {}, say("title")),
    h("nav", { "aria-label": say("place") }, path(view, agencies)),
    h("label", { for: "period" }, say("period")),
    periods(view),
    link(view, "language", { lang: state.lang === "vi" ? "en" : "vi" }, say("other")),
    h("span", { id: "pulse", class: "pulse" }));
}

function path(view: View, agencies: Map<string, Agency>): HTMLElement {
  const steps: Agency[] = [];
  for (let code = view.state.agency; code && steps.length < 9;) {
    const agency = agencies.get(code) ?? { code, name: code, level: "", parent: "" };
    steps.unshift(agency);
    code = agency.parent;
  }
  return h("ol", { class: "path" },
    h("li", {}, link(view, "place-all", { agency: "" }, say("all"))),
    ...steps.map(({ code, name }) => h("li", {}, link(view, `place-${code}`, { agency: code }, name))));
}

function periods(view: View): HTMLElement {
  const given = view.state.period;
  const names = [...Object.keys(PERIODS), ...past()];
  if (!names.includes(given)) names.push(given);
  return h("select", { id: "period", change: (event) => view.go({ period: (event.target as HTMLSelectElement).value }) },
    ...names.map((name) => {
      const words = PERIODS[name];
      return h("option", { value: name, selected: name === given }, words ? pick(words) : name);
    }));
}

// The four quarters and twelve months before these.
function past(): string[] {
  const now = new Date();
  const back = (months: number): Date => new Date(now.getFullYear(), now.getMonth() - months, 1);
  const quarters = [3, 6, 9, 12].map(back).map((at) => `${at.getFullYear()}-Q${Math.floor(at.getMonth() / 3) + 1}`);
  const months = Array.from({ length: 12 }, (_, index) => back(index + 1))
    .map((at) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}`);
  return [...quarters, ...months];
}
