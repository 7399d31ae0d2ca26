// Signing in with the province's identity provider, where there is one. The session is a cookie that no script sees.
import { forget } from "./api";

interface Session { sign_in: boolean; name: string | null; left: number | null }

const NOBODY: Session = { sign_in: false, name: null, left: null };
const EARLY = 60_000;
let ends = Infinity;

export let session = NOBODY;

export const learned: Promise<void> = (async () => {
  const found: Session = await fetch("/session", { cache: "no-store" }).then((answer) => answer.json()).catch(() => NOBODY);
  session = found;
  if (found.left !== null) ends = Date.now() + found.left * 1_000;
})();

// Whether the session of who signed in is over; who signed out in another tab is not to be signed in again.
export const isOver = (): boolean => session.name !== null && Date.now() >= ends - EARLY;

export function signIn(): void {
  forget();
  location.assign(`/session/sign-in?${new URLSearchParams({ view: location.search })}`);
}

export async function signOut(): Promise<void> {
  forget();
  const { then } = await (await fetch("/session", { method: "DELETE" })).json();
  location.assign(then);
}
