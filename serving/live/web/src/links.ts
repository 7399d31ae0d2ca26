// Links that change what the page shows: real ones, for a new tab, the keyboard, and the way back.
import { h } from "./dom";
import { address, type State } from "./state";

export interface View {
  state: State;
  go(changes: Partial<State>): void;
}

type Content = Node | string;

export function link(view: View, id: string, changes: Partial<State>, content: Content, label?: string, classes?: string): HTMLElement {
  return h("a", {
    id, href: address(view.state, changes), class: classes, "aria-label": label,
    click: (event) => {
      const { ctrlKey, metaKey, shiftKey } = event as MouseEvent;
      if (ctrlKey || metaKey || shiftKey) return;
      event.preventDefault();
      view.go(changes);
    },
  }, content);
}
