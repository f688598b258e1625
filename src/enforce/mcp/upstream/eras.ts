// SPDX-License-Identifier: Apache-2.0
// Which revision an upstream speaks (enforce E38): the newer one is tried first, and an answer that only an older server
// gives is the verdict. A server that does not let the gate in, or is not there, has said nothing of its revision.
import { isJsonArray, type JsonObject, jsonObject, member } from "../../../core/index.ts";
import { EnforceError } from "../../errors.ts";
import type { Answer, Era, LinkedServer, LinkPorts } from "../link.ts";
import { META_UP } from "./meta.ts";
import { openLink } from "./open.ts";
import { MODERN_REVISION } from "./tool-headers.ts";

/** UNIT: ms. A verdict is that old at most (enforce E38). */
export const VERDICT_MS: number = 24 * 60 * 60_000;
/** UNIT: ms. A program that has not answered by then does not know the question. */
const PROBE_STDIO_MS = 10_000;
const PROBE_HTTP_MS = 30_000;
/** SOURCE: MCP 2026-07-28, error codes: only a server of that revision says these. */
const MODERN_ERRORS: ReadonlySet<number> = new Set([-32_020, -32_021, -32_022]);

export class Eras {
  private readonly ports: LinkPorts;
  /** By server: there are as many as are configured. */
  private readonly verdicts = new Map<string, { readonly era: Promise<Era>; readonly at: number }>();

  constructor(ports: LinkPorts) {
    this.ports = ports;
  }

  /** @throws EnforceError where nothing can be told */
  of(server: LinkedServer): Promise<Era> {
    if (server.era !== "auto") return Promise.resolve(server.era);
    const known = this.verdicts.get(server.id);
    const now = this.ports.clock.monotonic();
    if (known !== undefined && now - known.at < VERDICT_MS) return known.era;
    const era = this.probe(server);
    this.verdicts.set(server.id, { era, at: now });
    // what could not be told is asked again next time
    era.catch(() => this.forget(server));
    return era;
  }

  /** What it said no longer holds. */
  forget({ id }: LinkedServer): void {
    this.verdicts.delete(id);
  }

  /** In a conversation of its own: an older program may not survive the question. */
  private async probe(server: LinkedServer): Promise<Era> {
    const isStdio = server.transport.kind === "stdio";
    const link = await openLink(this.ports, server, { era: "modern" });
    const params = jsonObject([["_meta", META_UP]]);
    const wait = { ms: isStdio ? PROBE_STDIO_MS : PROBE_HTTP_MS, signal: new AbortController().signal };
    try {
      return eraOfAnswer(server, await link.ask("server/discover", params, wait));
    } catch (cause) {
      if (isStdio && isSilence(cause)) return "legacy";
      if (!isStdio && cause instanceof EnforceError && cause.code === "ENFORCE_UPSTREAM_PROTOCOL") return "legacy";
      throw cause;
    } finally {
      await link.stop();
    }
  }
}

/** An older program says nothing to a question that it does not know, or ends. */
function isSilence(cause: unknown): boolean {
  return (
    cause instanceof EnforceError &&
    (cause.code === "ENFORCE_UPSTREAM_TIMEOUT" || cause.code === "ENFORCE_UPSTREAM_GONE")
  );
}

/** @throws EnforceError ENFORCE_UPSTREAM_PROTOCOL where it speaks neither */
function eraOfAnswer({ id }: LinkedServer, { body }: Answer): Era {
  const result = member(body, "result");
  if (result !== undefined) return isSpoken(member(result, "supportedVersions")) ? "modern" : "legacy";
  const error = member(body, "error");
  const code = member(error, "code");
  if (typeof code !== "number" || !MODERN_ERRORS.has(code)) return "legacy";
  const supported = member(member(error, "data"), "supported");
  if (!isJsonArray(supported) || isSpoken(supported)) return "modern";
  // it has a later revision, and an older one that is spoken here too
  if (supported.some((version) => typeof version === "string" && version < MODERN_REVISION)) return "legacy";
  throw new EnforceError("ENFORCE_UPSTREAM_PROTOCOL", `asking ${id}: it speaks no revision that the gate speaks`);
}

function isSpoken(versions: JsonObject[string] | undefined): boolean {
  return isJsonArray(versions) && versions.includes(MODERN_REVISION);
}
