// SPDX-License-Identifier: Apache-2.0
// Openings over HTTP (record L7): what lets somebody check a commitment of one entry, and what a decision rested on as long as it
// is kept. Every look is an entry, before anything is shown.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type IdentityId,
  type Json,
  jsonObject,
  member,
  parseEntryId,
  parseJson,
  type RecordedEntry,
  type Recorder,
  type Slices,
  writeJson,
} from "../../core/index.ts";
import { OPENED_FIELDS, RecordError, type RecordRoom } from "../../record/index.ts";
import { bodyObject, sendJson } from "./json.ts";
import { PROBLEMS, sendProblem } from "./problems.ts";

export interface OpeningEdge {
  readonly find: (key: string) => Promise<readonly RecordedEntry[]>;
  readonly opener: Pick<RecordRoom, "open">;
  readonly slices: Pick<Slices, "get">;
  readonly recorder: Pick<Recorder, "append">;
  readonly whoIs: (request: FastifyRequest) => IdentityId | undefined;
}

type Keyed = { Params: { key: string } };

const ROUTE = "/api/record/entries/:key/openings";
const contents = z.strictObject({
  because: z.string().trim().min(1).max(512).default("a commitment was opened"),
  contents: z.partialRecord(z.enum(OPENED_FIELDS), z.string()).default({}),
});

export function mountOpenings(app: FastifyInstance, edge: OpeningEdge): void {
  app.get<Keyed>(ROUTE, (request, reply) => open(edge, request, reply, contents.parse({})));
  app.post<Keyed>(ROUTE, (request, reply) => {
    const body = bodyObject(request.body);
    const found = contents.safeParse(body === undefined ? undefined : JSON.parse(writeJson(body)));
    if (found.success) return open(edge, request, reply, found.data);
    const detail = `\`contents\` has texts of ${OPENED_FIELDS.join(" and ")}, as they were sent or came back`;
    return sendProblem(reply, { ...PROBLEMS.malformed, detail });
  });
}

async function open(
  { find, opener, slices, recorder, whoIs }: OpeningEdge,
  request: FastifyRequest<Keyed>,
  reply: FastifyReply,
  asked: z.infer<typeof contents>,
): Promise<FastifyReply> {
  const [found, other] = await find(request.params.key);
  const id = member(found?.entry, "id");
  if (found === undefined || other !== undefined || typeof id !== "string")
    return sendProblem(reply, PROBLEMS.notFound);
  const { index } = found.ref;
  try {
    const openings = await opener.open(index, asked.contents);
    const slice = await slices.get(parseEntryId(id));
    const fields = [...openings.map(({ field }) => field), ...(slice === undefined ? [] : ["slice"])];
    const data = jsonObject([
      ["entry", index],
      ["fields", fields],
    ]);
    const by = whoIs(request) ?? "system";
    await recorder.append({ type: "admin", name: "log.read", by, because: asked.because, data });
    const shown: Json = parseJson(JSON.stringify(openings));
    return await sendJson(
      reply,
      jsonObject([
        ["openings", shown],
        ["slice", slice ?? null],
      ]),
    );
  } catch (cause) {
    if (!(cause instanceof RecordError) || cause.code !== "RECORD_OPENING_REFUSED") throw cause;
    return sendProblem(reply, { ...PROBLEMS.conflict, detail: cause.message });
  }
}
