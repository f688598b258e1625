// SPDX-License-Identifier: Apache-2.0
// Hands parts of the log out (record L39). One request is one part: lines as they are read, and behind them what proves them.
// Whoever loses the connection asks for the same part again; `bailiwick record export` lays the parts down and goes on.
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { CoreError, type IdentityId, parseJson, type RecordedEntry, writeJson } from "../../core/index.ts";
import { exportPart, ocsfOf, PART_ENTRIES, type RecordRoom } from "../../record/index.ts";
import { bodyOf } from "./listener.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface ExportEdge {
  readonly record: Pick<RecordRoom, "append" | "lines" | "prove" | "proveRange" | "status" | "size">;
  whoIs(request: FastifyRequest): IdentityId | undefined;
}

const askShape = z.strictObject({
  format: z.enum(["jsonl", "ocsf"]).default("jsonl"),
  ocsf: z.enum(["1.8.0", "1.9-dev"]).default("1.8.0"),
  from: z.number().int().min(0).default(0),
  to: z.number().int().min(1).exactOptional(),
  entries: z.number().int().min(1).max(PART_ENTRIES).default(PART_ENTRIES),
});

export function mountExports(app: FastifyInstance, edge: ExportEdge): void {
  app.post("/api/record/exports", (request, reply) => {
    const asked = askShape.safeParse(readBody(request));
    if (!asked.success) {
      const [issue] = asked.error.issues;
      return sendProblem(reply, { ...PROBLEMS.malformed, detail: `\`${issue?.path.join(".")}\`: ${issue?.message}` });
    }
    const { from, format, ocsf, entries } = asked.data;
    const size = edge.record.size();
    const to = Math.min(asked.data.to ?? size, from + entries, size);
    if (from >= to) return sendProblem(reply, { ...PROBLEMS.notFound, detail: `the log ends before entry ${from}` });
    const by = edge.whoIs(request) ?? "system";
    const map = format === "ocsf" ? { map: (entry: RecordedEntry) => ocsfOf(entry, ocsf) } : {};
    const lines = exportPart(edge.record, { from, to, format, by, ...map });
    return reply
      .header("content-type", "application/x-ndjson")
      .header("cache-control", "no-store")
      .header("bailiwick-export", `${from}-${to}/${size}`)
      .send(Readable.from(lines, { objectMode: false, encoding: "utf8" }));
  });
}

function readBody(request: FastifyRequest): unknown {
  try {
    const body = bodyOf(request);
    return body.length === 0 ? {} : JSON.parse(writeJson(parseJson(body)));
  } catch (cause) {
    if (cause instanceof CoreError) return undefined; // whatever it is, it is no question
    throw cause;
  }
}
