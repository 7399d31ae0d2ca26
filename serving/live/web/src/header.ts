// The top of the page: where one is in the agency tree, the period, the language, how live it is.
import { h, put } from "./dom";
import { link, type View } from "./links";
import { session, signIn, signOut } from "./session";
import { nameOf, steps, type Tree } from "./tree";
import { pick, PERIODS, say } from "./words";

export function header(view: View, agencies: Tree): void {
  const { state } = view;
  document.title = say("title");
  put("top",
    h("a", { href: "#main", class: "skip" }, say("skip")),
    h("h1", {}, say("title")),
    h("nav", { "aria-label": say("place") }, path(view, agencies)),
    h("label", { for: "period" }, say("period")),
    periods(view),
    link(view, "language", { lang: state.lang === "vi" ? "en" : "vi" }, say("other")),
    ...who(),
    h("span", { id: "pulse", class: "pulse" }));
}

// Who has signed in, and the way in and out; nothing where nobody can.
function who(): HTMLElement[] {
  if (!session.sign_in) return [];
  if (session.name === null) return [h("button", { id: "sign-in", click: signIn }, say("signIn"))];
  return [
    h("span", { id: "who" }, say("signedIn", session.name)),
    h("button", { id: "sign-out", click: () => void signOut() }, say("signOut"))];
}

function path(view: View, agencies: Tree): HTMLElement {
  return h("ol", { class: "path" },
    h("li", {}, link(view, "place-all", { agency: "" }, say("all"))),
    ...steps(agencies, view.state.agency).map((code) =>
      h("li", {}, link(view, `place-${code}`, { agency: code }, nameOf(agencies, code)))));
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
