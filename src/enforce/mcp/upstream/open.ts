// SPDX-License-Identifier: Apache-2.0
// Opens a link to an upstream, whatever carries it.
import { startChild } from "../child.ts";
import type { Era, Link, LinkedServer, LinkPorts, Unasked } from "../link.ts";
import { LegacyHttpLink } from "./legacy-http.ts";
import { ModernHttpLink } from "./modern-http.ts";

export interface Opening {
  readonly era: Era;
  readonly unasked?: Unasked;
  /** It ended, and nobody asked it to. */
  readonly crashed?: () => void;
}

/** @throws EnforceError ENFORCE_UPSTREAM_START where its program does not start */
export function openLink(ports: LinkPorts, server: LinkedServer, opening: Opening): Promise<Link> {
  const { id, transport } = server;
  if (transport.kind === "stdio") return startChild(ports, { id, ...transport }, opening);
  const Opened = opening.era === "modern" ? ModernHttpLink : LegacyHttpLink;
  return Promise.resolve(new Opened(ports, id, transport, opening.unasked));
}
