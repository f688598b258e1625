// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { createClient } from "./client.ts";
import type { LiveEvent } from "./live.ts";

/** A client in a browser, without a token, of a server that answers every call so. */
function clientOf(body: unknown, status = 200): { client: ReturnType<typeof createClient>; asked: RequestInit[] } {
  const asked: RequestInit[] = [];
  const fetch = async (_url: string, init: RequestInit): Promise<Response> => {
    asked.push(init);
    return new Response(status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body), { status });
  };
  return { client: createClient({ baseUrl: "http://localhost:7400", fetch }), asked };
}

test("sdk: in a browser no token goes out, and a setup link is sent once, as JSON", async () => {
  const { client, asked } = clientOf("", 204);
  await client.signIn("one-use");
  await client.signOut();
  expect(asked.map(({ method, body }) => [method, body])).toEqual([
    ["POST", '{"setup":"one-use"}'],
    ["DELETE", undefined],
  ]);
  for (const { headers } of asked) expect(new Headers(headers).has("authorization")).toBe(false);
  expect(new Headers(asked[0]?.headers).get("content-type")).toBe("application/json");
});

test("sdk: a clock without a deadline has none, and one with a part missing is an error", async () => {
  const words = { incident: "INC-1", entity: "office", duty: "d", stage: "s", recipient: "r", citation: "c" };
  const more = { review: "unreviewed", verdict: "needs", kind: "provisional", state: "waiting", why: "w" };
  const times = { strict: null, latest: null, projected: null };
  const clock = { ...words, ...more, ...times, waitingFor: ["awareness"], derivation: ["it waits"] };
  expect(await clientOf({ clocks: [{ ...clock, new: 1 }] }).client.clocks()).toEqual([clock]);
  const { waitingFor: _waitingFor, ...broken } = clock;
  await expect(clientOf({ clocks: [broken] }).client.clocks()).rejects.toMatchObject({ code: "SDK_ANSWER_MALFORMED" });
});

test("sdk: an order and what its points said; what is missing is an error and not an empty list", async () => {
  const said = { recorded: true, automatic: true, standing: false, by: ["system"], conditions: [] };
  const order = { id: "o", effect: "isolate", because: "b", state: "partial", orderedAt: "t", ...said };
  const counts = { aborted: 1, bytesAfterOrder: 0, upstreamUnknown: 0, refusedProbe: true };
  const points = [{ point: "p", ms: 1.5, state: "acked", ...counts }];
  const whole = { ...order, scope: { kind: "identity", id: "x" }, points };
  expect(await clientOf({ containments: [{ ...whole, new: 1 }] }).client.containments()).toEqual([whole]);
  for (const body of [{}, { containments: [order] }, { containments: [{ ...whole, points: [{ point: "p" }] }] }])
    await expect(clientOf(body).client.containments()).rejects.toMatchObject({ code: "SDK_ANSWER_MALFORMED" });
});

test("sdk: counts by minute keep answers that nobody knows yet", async () => {
  const { client } = clientOf({ complete: true, minutes: [{ at: "t", counts: { allow: 2, later: 1 } }] });
  expect((await client.minutes()).minutes[0]?.counts).toEqual(
    new Map([
      ["allow", 2],
      ["later", 1],
    ]),
  );
});

test("sdk: events that are not known are left out, the cursor goes on, and a resumed stream names it", async () => {
  const beat = 'event: beat\ndata: {"at":"t","size":3,"first":true}\n\n';
  const rest = 'id: 7\nevent: weather\ndata: {}\n\nevent: end\ndata: {"why":"slow"}\n\n';
  const { client, asked } = clientOf(beat + rest);
  const events: LiveEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of client.follow(["status"], { signal, since: "6" })) events.push(event);
  expect(events).toEqual([
    { kind: "beat", at: "t", size: 3, isFirst: true, status: undefined, cursor: undefined },
    { kind: "end", why: "slow", cursor: "7" },
  ]);
  expect(new Headers(asked[0]?.headers).get("last-event-id")).toBe("6");
});
