// SPDX-License-Identifier: Apache-2.0
// New identities, tickets for their instances, and mandates, over HTTP: each is one entry, made by identify.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  type Clock,
  CoreError,
  formatInstant,
  instant,
  type Json,
  jsonObject,
  member,
  parseIdentityId,
  parseJson,
  type TaskId,
  writeJson,
} from "../../core/index.ts";
import { openMandate } from "../pairing.ts";
import { act, type IdentityPorts, identityRow, mandateRow, shownAs } from "./identities.ts";
import { bodyOf } from "./listener.ts";
import { readMandate } from "./pairings.ts";

export interface MakerPorts extends IdentityPorts {
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly seed: (task: TaskId, text: string) => void;
}

const DAY_MS = 86_400_000;

/** What a new agent must bring (identify I2); whoever asks answers for it unless another person is named. */
const wanted = z.object({
  name: z.string(),
  kind: z.enum(["agent", "model", "workload", "service"]).default("agent"),
  purpose: z.string(),
  environment: z.string(),
  jurisdiction: z.string(),
  days: z.number().int().min(1).max(365).default(90),
  sponsor: z.string().exactOptional(),
  blueprint: z.string().exactOptional(),
});

export function mountMakers(app: FastifyInstance, ports: MakerPorts): void {
  const { registry, enrolment } = ports.identify;
  app.post("/api/identities", (request, reply) =>
    act(ports, request, reply, async (by) => {
      const read = wanted.safeParse(plainBody(request));
      if (!read.success) return malformed(read.error.issues[0]);
      const { days, sponsor, blueprint: name, ...about } = read.data;
      const answersFor = sponsor === undefined ? by.by : identityIn(sponsor);
      if (answersFor === undefined || answersFor === "system")
        return { no: "invalid", why: "the sponsor is no identity" };
      const made =
        name === undefined ? undefined : await registry.registerBlueprint({ id: name, describes: about.purpose }, by);
      if (made !== undefined && "no" in made) return made;
      const expires = instant(ports.clock.now() + days * DAY_MS);
      const blueprint = made === undefined ? {} : { blueprint: made.done };
      const done = await registry.registerAgent({ ...about, ...blueprint, sponsor: answersFor, expires }, by);
      return shownAs(done, (one) => identityRow(ports.identify, one));
    }),
  );
  app.post<{ Params: { id: string } }>("/api/identities/:id/tickets", (request, reply) =>
    act(ports, request, reply, async (by) => {
      const id = identityIn(request.params.id);
      if (id === undefined) return undefined;
      return shownAs(await enrolment.ticket(id, by), ({ ticket, expires }) =>
        jsonObject([
          ["ticket", ticket],
          ["expires", formatInstant(expires)],
        ]),
      );
    }),
  );
  app.post("/api/mandates", (request, reply) =>
    act(ports, request, reply, async (by) => {
      const body = bodyJson(request);
      const holder = identityIn(member(body, "holder"));
      const mandate = readMandate(member(body, "mandate"));
      if (holder === undefined) return { no: "invalid", why: "`holder` is the identity that may act" };
      if (typeof mandate === "string") return { no: "invalid", why: mandate };
      if (by.by === "system") return undefined;
      return shownAs(await openMandate(ports, { holder, mandate, act: by }, by.by), mandateRow);
    }),
  );
}

function malformed(issue: z.core.$ZodIssue | undefined): { readonly no: "invalid"; readonly why: string } {
  return { no: "invalid", why: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as it must be"}` };
}

function identityIn(json: Json | undefined): ReturnType<typeof parseIdentityId> | undefined {
  try {
    return parseIdentityId(typeof json === "string" ? json : "");
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}

function plainBody(request: FastifyRequest): unknown {
  const body = bodyJson(request);
  return body === undefined ? undefined : JSON.parse(writeJson(body));
}

function bodyJson(request: FastifyRequest): Json | undefined {
  try {
    return parseJson(bodyOf(request));
  } catch (cause) {
    if (cause instanceof CoreError) return undefined;
    throw cause;
  }
}
