// Asks for the API key; it stays in this tab (sessionStorage).
import { keep } from "./api";
import { at, h, put } from "./dom";
import { say } from "./words";

export function askKey(then: () => void): void {
  const dialog = at("key") as HTMLDialogElement;
  if (dialog.open) return;
  const input = h("input", { id: "key-input", type: "password", autocomplete: "off", required: true }) as HTMLInputElement;
  put("key", h("form", { method: "dialog", submit: () => { keep(input.value.trim()); then(); } },
    h("h2", { id: "key-title" }, say("key")),
    h("p", {}, say("keyWhy")),
    h("label", { for: "key-input" }, say("key")), input,
    h("button", {}, say("open"))));
  dialog.showModal();
}
