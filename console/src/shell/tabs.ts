// SPDX-License-Identifier: Apache-2.0
// One live stream for all tabs of this browser. A browser opens at most six connections to a server over HTTP/1.1, and a
// stream holds one for as long as its page is open: the seventh tab would wait for ever. So one tab reads and tells the
// others; when it closes, the browser hands its lock to the next one.
import type { LiveEvent } from "../../../src/sdk/index.ts";

export interface Tabs {
  /** Hands an event to the other tabs. */
  tell(event: LiveEvent): void;
}

/** The name of this build's script: tabs of another build speak another language. */
const NAME = `bailiwick.live ${import.meta.url}`;

/**
 * Joins the tabs of this browser.
 * @param take - gets each event that another tab reads
 * @param lead - reads the stream for all, from when this tab is the one to do it; resolves when it is over for good
 */
export function joinTabs(take: (event: LiveEvent) => void, lead: () => Promise<void>): Tabs {
  const channel = new BroadcastChannel(NAME);
  channel.addEventListener("message", (message: MessageEvent<LiveEvent>) => take(message.data));
  // without locks (a page that is neither loopback nor TLS) every tab reads for itself
  const locks: LockManager | undefined = globalThis.isSecureContext ? navigator.locks : undefined;
  void (locks === undefined ? lead() : locks.request(NAME, lead));
  return {
    tell: (event) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel never leaves its own origin
      if (locks !== undefined) channel.postMessage(event);
    },
  };
}
