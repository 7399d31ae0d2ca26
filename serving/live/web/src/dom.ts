// Makes elements. Texts are text nodes, never HTML: what the API says cannot become markup.

type Child = Node | string | null | false;
type Attributes = Record<string, string | boolean | ((event: Event) => void) | undefined>;

export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return filled(document.createElement(tag), attributes, children);
}

export function s(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((each): each is Node | string => each !== null && each !== false));
  return element;
}

export function at(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

// Replaces what a part shows; whoever is in it with the keyboard stays there, and what was scrolled stays so.
export function put(id: string, ...children: Child[]): void {
  const root = at(id);
  const focused = root.contains(document.activeElement) ? document.activeElement?.id : "";
  const scrolled = [...root.querySelectorAll(".scroll, .tiles")].map((each) => each.scrollTop);
  root.replaceChildren(...children.filter((each): each is Node | string => each !== null && each !== false));
  root.querySelectorAll(".scroll, .tiles").forEach((each, index) => { each.scrollTop = scrolled[index] ?? 0; });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

export function table(caption: string, heads: string[], rows: Child[][], classes = ""): HTMLElement {
  return h("div", { class: `scroll ${classes}`, tabindex: "0", role: "group", "aria-label": caption },
    h("table", {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...rows.map((cells) =>
        h("tr", {}, ...cells.map((cell, index) => h("td", { class: index ? "" : "first" }, cell)))))));
}
