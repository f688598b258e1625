// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import path from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { type PersonRole, parseIdentityId } from "../../core/index.ts";
import { type People, readRights, type Session } from "../../identify/index.ts";
import type { Access, Asker } from "../access.ts";
import { guardRoutes, ROUTE_RIGHTS } from "./rights.ts";

const TABLE = readRights(
  "roles.yaml",
  await readFile(path.join(import.meta.dirname, "..", "..", "..", "policies", "roles.yaml"), "utf8"),
);
const PERSON = parseIdentityId("spiffe://test/human/somebody");
const SESSION = { person: PERSON } as Session;

function guarded(asker: Asker | undefined, roles: readonly PersonRole[] = []): FastifyInstance {
  const app = Fastify();
  const people = { rolesOf: () => roles } as unknown as People;
  const access: Access = { people, demo: false, askerOf: () => asker, isStillKnown: () => true };
  guardRoutes(app, access, TABLE);
  for (const route of ROUTE_RIGHTS.keys()) {
    const [method = "", url = ""] = route.split(" ");
    app.route({ method, url, handler: () => "reached" });
  }
  return app;
}

async function reached(app: FastifyInstance): Promise<readonly string[]> {
  const found: string[] = [];
  for (const route of ROUTE_RIGHTS.keys()) {
    const [method = "", url = ""] = route.split(" ");
    const { body } = await app.inject({ method: method as "GET", url: url.replaceAll(/:\w+/g, "x") });
    if (body === "reached") found.push(route);
  }
  return found;
}

describe("rights", () => {
  it("I55: nobody without a credential reaches any route", async () => {
    expect(await reached(guarded(undefined))).toEqual([]);
  });
  it("I55: the host reaches every route; whoever has no role, only what everybody has", async () => {
    expect(await reached(guarded({ kind: "host" }))).toEqual([...ROUTE_RIGHTS.keys()]);
    const plain = await reached(guarded({ kind: "person", session: SESSION }));
    expect(plain.filter((route) => !["approve", "signed-in"].includes(ROUTE_RIGHTS.get(route) ?? ""))).toEqual([]);
    expect(plain).toContain("POST /api/approvals/:id/approve");
  });
  it("I55: an auditor reads and writes nothing of their own", async () => {
    const routes = await reached(guarded({ kind: "person", session: SESSION }, ["auditor"]));
    expect(routes).toContain("GET /api/decisions");
    // an export is a long read; `record.open`: what is sent is only compared
    const writes = routes.filter((route) => !route.startsWith("GET ") && route !== "POST /api/record/exports");
    expect(
      writes.filter((route) => !["approve", "signed-in", "record.open"].includes(ROUTE_RIGHTS.get(route) ?? "")),
    ).toEqual([]);
  });
  it("I55: a refusal names the right and who has it", async () => {
    const app = guarded({ kind: "person", session: SESSION }, ["auditor"]);
    const { statusCode, body } = await app.inject({ method: "POST", url: "/api/stop" });
    expect([statusCode, JSON.parse(body)]).toMatchObject([
      403,
      {
        code: "API_FORBIDDEN",
        detail: expect.stringContaining("contain, which owner or operator or responder") as string,
      },
    ]);
  });
  it("I55: a route without a right cannot be added, and one by another spelling is the same route", async () => {
    const app = guarded(undefined);
    expect(() => app.get("/api/secrets", () => "reached")).toThrow(/^mounting GET \/api\/secrets: no right/);
    expect(() => app.get("/api/session/options", () => "reached")).not.toThrow("mounting");
    for (const url of ["/api/status?x=1", "/api/%73tatus", "/api/record/entries/..%2f..%2fsession"])
      expect((await app.inject({ method: "GET", url })).statusCode, url).toBe(401);
  });
});
