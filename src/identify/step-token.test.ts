// SPDX-License-Identifier: Apache-2.0
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { ANY_TEXT } from "./testing/any.ts";
import { bodyOf, GRANT, ISSUER, openWorld, RESOURCE, tokenRequest } from "./testing/world.ts";

describe("a step token", () => {
  it("I24: a token says who, for what, until when and whose key, and no more", async () => {
    await using world = await openWorld();
    const seconds = Math.floor(world.clock.now() / 1000);
    const answer = await world.identify.token(tokenRequest(world));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ "Cache-Control": "no-store", "Content-Type": "application/json" });
    const body = bodyOf(answer);
    const members = ["access_token", "token_type", "expires_in", "scope", "authorization_details"];
    expect(Object.keys(body)).toEqual(members);
    expect(body).toMatchObject({ token_type: "DPoP", expires_in: 120, scope: "view summarize recommend" });
    const token = String(body["access_token"]);
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: "at+jwt", alg: "ES256", kid: ANY_TEXT });
    const claims = decodeJwt(token);
    const { step } = claims["bw"] as { step: string };
    expect(claims).toEqual({
      iss: ISSUER,
      aud: RESOURCE,
      sub: world.owner,
      client_id: world.instance.id,
      act: { sub: world.agent.id },
      jti: ANY_TEXT,
      iat: seconds,
      exp: seconds + 120,
      scope: "view summarize recommend",
      cnf: { jkt: world.key.jkt },
      authorization_details: body["authorization_details"],
      txn: world.mandate.task,
      bw: {
        mandate: world.mandate.id,
        s256: world.mandate.s256,
        step,
        path: [step],
        hop: 0,
        max_hop: 3,
        env: "test",
      },
    });
    expect(claims["authorization_details"]).toEqual([
      {
        type: "bailiwick_step",
        mandate: world.mandate.id,
        step,
        actions: ["view", "summarize", "recommend"],
        locations: [RESOURCE],
        datatypes: GRANT.datatypes,
        constraints: GRANT.constraints,
        label_max: GRANT.labelMax,
        jurisdictions: GRANT.jurisdictions,
        purpose: GRANT.purpose,
        budget: GRANT.budget,
      },
    ]);
  });
  it("L15: the entry is durable before the token is given", async () => {
    await using world = await openWorld();
    const answer = await world.identify.token(tokenRequest(world));
    const { jti, exp, bw } = decodeJwt(String(bodyOf(answer)["access_token"]));
    const { path } = bw as { path: string[] };
    const { id: mandate, s256, task } = world.mandate;
    expect(world.recorder.entries.map((e) => e.draft)).toEqual([
      {
        type: "event",
        name: "credential.issued",
        subject: { type: "Instance", id: world.instance.id },
        by: world.agent.id,
        data: {
          jti,
          jkt: world.key.jkt,
          aud: RESOURCE,
          exp: (exp ?? 0) * 1000,
          mandate,
          s256,
          task,
          path,
          verbs: ["view", "summarize", "recommend"],
          purpose: "office",
        },
      },
    ]);
    world.recorder.fails = true;
    const refused = await world.identify.token(tokenRequest(world));
    expect([refused.status, bodyOf(refused)["error"], refused.headers["Retry-After"]]).toEqual([
      503,
      "temporarily_unavailable",
      "2",
    ]);
    expect(refused.body).not.toContain("access_token");
  });
});
