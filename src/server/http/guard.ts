// SPDX-License-Identifier: Apache-2.0
// Who may speak to the listener at all: a Host that is ours, and, where a browser says where a page came from, an Origin
// that is ours. Otherwise a page from anywhere could reach a gate on loopback by a name that it controls (DNS rebinding).

/** The hosts and origins that a listener answers to. */
export interface Guard {
  /** `undefined` when the request may go on, else why not. */
  check(request: Checked): string | undefined;
}

export interface Checked {
  readonly method: string;
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  /** `Sec-Fetch-Site` (Fetch Metadata): what a browser says of where the request comes from. */
  readonly site?: string | undefined;
}

/** @param publicUrl - the configured base URL; on loopback the other names of loopback are ours too. */
export function createGuard(publicUrl: string): Guard {
  const url = new URL(publicUrl);
  const port = url.port === "" ? "" : `:${url.port}`;
  const names = isLoopback(url.hostname) ? ["localhost", "127.0.0.1", "[::1]"] : [url.hostname];
  const hosts = new Set(names.map((name) => `${name}${port}`));
  const origins = new Set(names.map((name) => `${url.protocol}//${name}${port}`));
  return {
    check({ method, host, origin, site }) {
      if (host === undefined || !hosts.has(host.toLowerCase())) return "the Host header is not one of this server";
      if (origin !== undefined && !origins.has(origin.toLowerCase())) return "the Origin is not this server";
      if (method !== "GET" && site !== undefined && site !== "same-origin" && site !== "none") {
        return "the request comes from another site";
      }
      return undefined;
    },
  };
}

/** Names of this machine that no other can have. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
