// Server-sent events, read with fetch: EventSource cannot send the API key. It reconnects by itself.
import { ask, Failure, type Happening, type Row } from "./api";

export interface Message { at: string; agency: string | null; rows: Row[]; events: Happening[] }
export interface Listener {
  hear(message: Message): void;
  connected(): void;
  lost(error: unknown): void;
}

const AGAIN = 1_000;
const SILENCE = 20_000; // the server says something every 15 s

// Listens until it is aborted.
export async function listen(agency: string, listener: Listener, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    try {
      await once(agency, listener, end);
    } catch (error) {
      if (!end.aborted) listener.lost(error);
      if (error instanceof Failure && error.status === 401) return; // with a key the page listens anew
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

async function once(agency: string, listener: Listener, end: AbortSignal): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE);
  const cut = (): void => silent.abort();
  window.addEventListener("offline", cut);
  try {
    const signal = AbortSignal.any([end, silent.signal]);
    const response = await ask("stream", agency ? { agency } : {}, "text/event-stream", signal);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    listener.connected();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the stream ended");
      clearTimeout(timer);
      timer = setTimeout(cut, SILENCE);
      const messages = (rest + value).split("\n\n");
      rest = messages.pop()!;
      for (const message of messages) tell(message, listener);
    }
  } finally {
    clearTimeout(timer);
    window.removeEventListener("offline", cut);
  }
}

function tell(message: string, listener: Listener): void {
  const data = message.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
  if (data) listener.hear(JSON.parse(data));
}
