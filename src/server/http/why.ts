// SPDX-License-Identifier: Apache-2.0
// Why a decision came out as it did, with the values that its rules read (decide D40, D43): for whoever has the right
// `decide.explain`, and every look is an entry.
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  type IdentityId,
  isJsonObject,
  jsonObject,
  member,
  parseEntryId,
  parseJson,
  type RecordedEntry,
  type Recorder,
  type Slices,
} from "../../core/index.ts";
import { explainSlice, type PartTold, type PolicySet, setOfSlice } from "../../decide/index.ts";
import { sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface WhyPorts {
  readonly find: (key: string) => Promise<readonly RecordedEntry[]>;
  readonly slices: Pick<Slices, "get" | "key">;
  /** A set that is known here, by its digest. */
  readonly setOf: (digest: string) => Promise<PolicySet | undefined>;
  readonly recorder: Pick<Recorder, "note">;
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

export function mountWhy(app: FastifyInstance, ports: WhyPorts): void {
  app.get<{ Params: { ref: string } }>("/api/decide/:ref/explain", async (request, reply) => {
    const [found] = await ports.find(request.params.ref);
    const id = member(found?.entry, "id");
    if (found === undefined || typeof id !== "string") return sendProblem(reply, PROBLEMS.notFound);
    const told = await whyOf(ports, id);
    if (typeof told === "string") return sendProblem(reply, { ...PROBLEMS.notFound, detail: told });
    const by = ports.whoIs(request) ?? "system";
    const data = jsonObject([["entry", found.ref.index]]);
    ports.recorder.note({ type: "admin", name: "log.read", by, because: "a decision was explained", data });
    const parts = parseJson(JSON.stringify({ parts: told }));
    return sendJson(reply, isJsonObject(parts) ? parts : jsonObject([]));
  });
}

/** What each part rests on, or why nobody can tell any more. */
async function whyOf({ slices, setOf }: WhyPorts, id: string): Promise<readonly PartTold[] | string> {
  const slice = await slices.get(parseEntryId(id));
  if (slice === undefined) return "what this decision rested on is not kept";
  const { set: digest, key: name } = setOfSlice(slice) ?? {};
  const key = name === undefined ? undefined : await slices.key(name);
  if (key === undefined) return "the key of what this decision rested on is erased";
  const set = digest === undefined ? undefined : await setOf(digest);
  if (set === undefined) return "the rules that decided it are not known here any more";
  return explainSlice(slice, set, key) ?? "what this decision rested on cannot be read";
}
