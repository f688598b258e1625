// SPDX-License-Identifier: Apache-2.0
// The one reader of the live stream, and the only place that changes what was asked for without asking again.
import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { type Client, type DecisionLine, type LiveEvent, SdkError } from "../../../src/sdk/index.ts";
import { addLines, type Came, KEYS, NONE_CAME } from "./keys.ts";
import { type Heard, type Liveness, livenessOf, waitBefore } from "./liveness.ts";
import { joinTabs } from "./tabs.ts";

/** UNIT: ms. Rows come to the screen at most 4 times a second. */
const FLUSH_MS = 250;
/** UNIT: ms. How often it is looked at whether the server still speaks. */
const LOOK_MS = 400;
/** UNIT: ms. Counts by minute, and who holds what, are asked for again at most this often. */
const COUNT_MS = 500;

/** What has to be asked for again after an event. */
const CHANGED = { approvals: [KEYS.approvals], containments: [KEYS.containments, KEYS.clocks] } as const;

export interface Live {
  readonly liveness: () => Liveness;
  /** UNIT: epoch ms, by the server's clock as its last beat told it. */
  readonly serverNow: () => number;
  readonly subscribe: (listener: () => void) => () => void;
  /** Goes on after the session had ended and somebody signed in again. */
  readonly resume: () => void;
}

/** What the tabs of one browser tell each other when somebody signed in again. */
const SIGNED_IN: LiveEvent = { kind: "end", why: "signed-in", cursor: undefined };

export function startLive(client: Client, cache: QueryClient): Live {
  const { signal } = new AbortController(); // it is followed for as long as the page is open
  const listeners = new Set<() => void>();
  let heard: Heard = { at: performance.now(), serverAt: undefined, isCut: false, isSignedOut: false };
  let liveness: Liveness = { state: "connecting" };
  let cursor: string | undefined;
  let offsetMs = 0;
  let lines: DecisionLine[] = [];
  let isCountOld = false;
  let areIdentitiesOld = false;
  let countedAt = 0;
  let flushedAt = 0;
  let wake: (() => void) | undefined;

  const look = (): void => {
    const next = livenessOf(heard, performance.now());
    if (JSON.stringify(next) === JSON.stringify(liveness)) return;
    liveness = next;
    for (const listener of listeners) listener();
  };
  const recount = (): void => {
    if (!(isCountOld || areIdentitiesOld) || performance.now() - countedAt < COUNT_MS) return;
    countedAt = performance.now();
    const old = [
      ...(isCountOld ? [KEYS.minutes] : []),
      ...(areIdentitiesOld ? [KEYS.identities, KEYS.mandates, KEYS.sessions] : []),
    ];
    isCountOld = false;
    areIdentitiesOld = false;
    for (const queryKey of old) void cache.invalidateQueries({ queryKey });
  };
  const flush = (): void => {
    if (lines.length === 0) return recount();
    isCountOld = true;
    flushedAt = performance.now();
    const coming = lines;
    lines = [];
    cache.setQueryData<Came>(KEYS.lines, (kept = NONE_CAME) => addLines(kept, coming));
  };
  const takeBeat = ({ at, status, isFirst }: Extract<LiveEvent, { kind: "beat" }>): void => {
    heard = { ...heard, serverAt: Date.parse(at) };
    offsetMs = Date.parse(at) - Date.now();
    if (status !== undefined) cache.setQueryData(KEYS.status, status);
    if (isFirst) void cache.invalidateQueries();
  };
  const goOn = (): void => {
    heard = { ...heard, isSignedOut: false };
    void cache.invalidateQueries();
    wake?.();
  };
  const take = (event: LiveEvent): void => {
    cursor = event.cursor ?? cursor;
    heard = { ...heard, at: performance.now(), isCut: false };
    switch (event.kind) {
      case "beat":
        takeBeat(event);
        break;
      case "decision":
        lines.push(event.line);
        // the first after a pause at once, the others together
        if (performance.now() - flushedAt >= FLUSH_MS) flush();
        break;
      case "approvals":
      case "containments":
        for (const queryKey of CHANGED[event.kind]) void cache.invalidateQueries({ queryKey });
        break;
      case "identities":
        areIdentitiesOld = true;
        break;
      case "gap":
        void cache.invalidateQueries();
        break;
      case "end":
        if (event.why === "signed-out") heard = { ...heard, isSignedOut: true };
        if (event.why === "signed-in") goOn();
        break;
      case "entry":
        break; // this page does not ask for whole entries
    }
    look();
  };
  const read = async (): Promise<void> => {
    for (let tries = 0; ; tries++) {
      if (heard.isSignedOut) await new Promise<void>((resolve) => (wake = resolve));
      try {
        const topics = ["decisions", "approvals", "containments", "identities", "status"] as const;
        for await (const event of client.follow(topics, { signal, since: cursor })) {
          tries = -1;
          take(event);
          tabs.tell(event);
        }
      } catch (cause) {
        if (cause instanceof SdkError && cause.code === "SDK_NOT_SIGNED_IN") heard = { ...heard, isSignedOut: true };
        // a stream that broke may come back at once; one that could not be opened is away
        else if (tries > 0) heard = { ...heard, isCut: true };
      }
      look();
      await sleep(waitBefore(Math.max(0, tries), chance()));
    }
  };
  setInterval(look, LOOK_MS);
  setInterval(flush, FLUSH_MS);
  const tabs = joinTabs(take, read);
  return {
    liveness: () => liveness,
    serverNow: () => Date.now() + offsetMs,
    resume() {
      take(SIGNED_IN);
      tabs.tell(SIGNED_IN);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** From 0 to 1. */
function chance(): number {
  const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
  return byte / 255;
}

export function useLiveness(live: Live): Liveness {
  return useSyncExternalStore(live.subscribe, live.liveness);
}

/** UNIT: epoch ms by the server's clock; draws again each second. */
export function useServerNow(live: Live): number {
  const [now, setNow] = useState(live.serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(live.serverNow()), 1000);
    return () => clearInterval(timer);
  }, [live]);
  return now;
}
