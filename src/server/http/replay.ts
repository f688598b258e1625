// SPDX-License-Identifier: Apache-2.0
// Recorded decisions under another set, part by part: each request does what fits into a few seconds, and its answer is what
// the next one goes on from. So it can be stopped at any time, and holds nobody up.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type Clock, isJsonObject, type JsonObject, jsonObject, parseJson, writeJson } from "../../core/index.ts";
import { type Candidate, type ReplaySummary, readSummary } from "../../decide/index.ts";
import { ServerError } from "../errors.ts";
import { type ReplayPorts, type ReplayWindow, replayPart, replayWindow } from "../replay.ts";
import { sendJson } from "./json.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface ReplayEdgePorts extends ReplayPorts {
  readonly clock: Clock;
  /** A set that is known here, by its digest. */
  candidate(digest: string): Promise<Candidate | undefined>;
}

const askShape = z.strictObject({
  window: z.string().max(100),
  candidate: z.string().max(100),
  from: z.unknown().exactOptional(),
});

export function mountReplay(app: FastifyInstance, ports: ReplayEdgePorts): void {
  app.post("/api/policies/replay", async (request, reply) => {
    const asked = askShape.safeParse(readBody(request));
    if (!asked.success)
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`window` and `candidate` are texts" });
    const window = windowOf(asked.data.window, ports.clock);
    if (typeof window === "string") return sendProblem(reply, { ...PROBLEMS.malformed, detail: window });
    const candidate = await ports.candidate(asked.data.candidate);
    if (candidate === undefined)
      return sendProblem(reply, { ...PROBLEMS.notFound, detail: "no set of that digest is known here" });
    const { from } = asked.data;
    const summary = from === undefined ? undefined : readSummary(from);
    if (from !== undefined && summary?.candidate !== candidate.set.digest)
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: "`from` is not what a part of this replay answered" });
    const part = await replayPart(ports, candidate, { window, ...(summary === undefined ? {} : { from: summary }) });
    return sendJson(
      reply,
      jsonObject([
        ["complete", part.complete],
        ["summary", summaryJson(part.summary)],
      ]),
    );
  });
}

function readBody(request: Parameters<typeof bodyOf>[0]): unknown {
  try {
    return JSON.parse(writeJson(parseJson(bodyOf(request))));
  } catch {
    return undefined; // whatever it is, it is no question
  }
}

/** A window, or why it is none. */
function windowOf(text: string, clock: Clock): ReplayWindow | string {
  try {
    return replayWindow(text, clock.now());
  } catch (cause) {
    if (cause instanceof ServerError) return `\`window\`: ${cause.fix ?? cause.message}`;
    throw cause;
  }
}

function summaryJson(summary: ReplaySummary): JsonObject {
  const json = parseJson(JSON.stringify(summary));
  return isJsonObject(json) ? json : jsonObject([]);
}
