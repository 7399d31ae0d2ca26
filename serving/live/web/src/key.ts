// Asks who it is: to sign in, where one can, or for the API key; that stays in this tab (sessionStorage).
import { keep } from "./api";
import { at, h, put } from "./dom";
import { session, signIn } from "./session";
import { say } from "./words";

export function askKey(then: () => void): void {
  const dialog = at("key") as HTMLDialogElement;
  if (dialog.open) return;
  const input = h("input", { id: "key-input", type: "password", autocomplete: "off", required: true }) as HTMLInputElement;
  put("key", h("form", { method: "dialog", submit: () => { keep(input.value.trim()); then(); } },
    h("h2", { id: "key-title" }, say("key")),
    session.sign_in && h("p", {}, h("button", { id: "key-sign-in", type: "button", click: signIn }, say("signIn"))),
    h("p", {}, say(session.sign_in ? "keyOr" : "keyWhy")),
    h("label", { for: "key-input" }, say("key")), input,
    h("button", {}, say("open"))));
  dialog.showModal();
}
