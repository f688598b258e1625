// SPDX-License-Identifier: Apache-2.0
import { createSecretKey } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  instant,
  jsonObject,
  parseApprovalId,
  parseCommitment,
  parseIdentityId,
  parseInstanceId,
  parseServerId,
} from "../../core/index.ts";
import { fakeClock, fakeRandom } from "../../core/testing/system.ts";
import { isOurs, type RequestState, RequestStates, STATE_MAX } from "./request-state.ts";

const key = createSecretKey(Buffer.alloc(32, 7));

function world(own = key): { readonly states: RequestStates; readonly clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock();
  return { clock, states: new RequestStates(own, { clock, random: fakeRandom(1) }) };
}

function stateOf(expires: number, inner: RequestState["inner"] = jsonObject([])): RequestState {
  return {
    principal: parseIdentityId("spiffe://test/agent/reader"),
    instance: parseInstanceId("spiffe://test/agent/reader/1"),
    server: parseServerId("files"),
    method: "tools/call",
    args: parseCommitment(`c1:${"A".repeat(43)}`),
    approval: parseApprovalId("0190b5a2-0000-7000-8000-00000000000a"),
    expires: instant(expires),
    inner,
  };
}

describe("E28: the state of a call that waits", () => {
  test("comes back as it was, whatever the upstream's own state is", () => {
    const { states, clock } = world();
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (requestState) => {
        fc.pre(requestState.isWellFormed());
        const state = stateOf(clock.now() + 1, jsonObject([["requestState", requestState]]));
        expect(states.open(states.seal(state) ?? "")).toEqual(state);
      }),
    );
  });

  test("says nothing that its carrier can read", () => {
    const { states, clock } = world();
    const sealed = states.seal(stateOf(clock.now() + 1, jsonObject([["requestState", "upstream-secret"]]))) ?? "";
    expect(Buffer.from(sealed.slice(4), "base64url").includes("upstream-secret")).toBe(false);
  });

  test("is worth nothing once one letter of it is another", () => {
    const { states, clock } = world();
    const sealed = states.seal(stateOf(clock.now() + 1)) ?? "";
    expect(states.open(sealed)).toBeDefined();
    for (let i = 4; i < sealed.length; i++) {
      const other = sealed[i] === "A" ? "B" : "A";
      expect(states.open(sealed.slice(0, i) + other + sealed.slice(i + 1)), `letter ${i}`).toBeUndefined();
    }
    for (const odd of ["bw1.", "bw1.AAAA", `${sealed}A`, `${sealed}=`, sealed.slice(0, -1), "bw1.é", sealed.slice(4)])
      expect(states.open(odd), odd).toBeUndefined();
  });

  test("is worth nothing to another deployment, nor after its time", () => {
    const { states, clock } = world();
    const sealed = states.seal(stateOf(clock.now() + 1000)) ?? "";
    expect(world(createSecretKey(Buffer.alloc(32, 8))).states.open(sealed)).toBeUndefined();
    clock.advance(999);
    expect(states.open(sealed)).toBeDefined();
    clock.advance(1);
    expect(states.open(sealed)).toBeUndefined();
  });

  test("is not made where it would be too long to be carried", () => {
    const { states, clock } = world();
    const inner = jsonObject([["requestState", "x".repeat(STATE_MAX)]]);
    expect(states.seal(stateOf(clock.now() + 1, inner))).toBeUndefined();
  });

  test("no bytes make it throw", () => {
    const { states } = world();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(states.open(`bw1.${Buffer.from(bytes).toString("base64url")}`)).toBeUndefined();
      }),
    );
  });

  test("an upstream's own state is not ours", () => {
    expect([undefined, null, 1, "", "bw2.x", "v1.bw1."].map((state) => isOurs(state))).not.toContain(true);
    expect(isOurs("bw1.x")).toBe(true);
  });
});
