// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Fetch } from "../sdk/index.ts";
import { createWorld } from "./testing/world.ts";

const AGENT = "spiffe://office.example/agent/helper";
const ID = "01a20270-a35e-7834-9cc6-6d7cbf40ad45";
const POINT = {
  point: "main/mcp",
  seq: 4,
  ms: 0.407,
  aborted: 2,
  bytesAfterOrder: 0,
  upstreamUnknown: 0,
  refusedProbe: true,
  state: "acked",
};
const ORDER = {
  id: ID,
  effect: "isolate",
  scope: { kind: "identity", id: AGENT },
  because: "stolen\u001b[2J",
  state: "effective",
  recorded: true,
  automatic: false,
  standing: false,
  by: ["spiffe://office.example/human/w2I0W6Dyg6UXzhAzWSiOLg"],
  orderedAt: "2026-12-06T09:00:00.000Z",
  points: [POINT],
  conditions: [{ name: "another-person", met: false, why: "who ordered it does not end it" }],
};

interface Posted {
  readonly url: string;
  readonly body: unknown;
  readonly key: string | null;
}

/** A server with one order, which answers every POST so. */
function gate(answer: () => Response): { fetch: Fetch; posted: Posted[] } {
  const posted: Posted[] = [];
  const fetch: Fetch = async (url, { method, body, headers }) => {
    if (method !== "POST") return Response.json({ containments: [ORDER], findings: [] });
    const key = new Headers(headers).get("idempotency-key");
    posted.push({ url, body: typeof body === "string" ? JSON.parse(body) : body, key });
    return answer();
  };
  return { fetch, posted };
}

const ok = (): Response => Response.json(ORDER, { status: 201 });
const WORDS = `contain ${AGENT} --because stolen`;

test("X17: it is done only once the name was typed, and every gate has it", async () => {
  using world = createWorld({});
  const { fetch, posted } = gate(ok);
  const asked: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return asked.length === 1 ? "yes" : "helper";
  };
  expect(await world.run(WORDS, { fetch, ask })).toMatchObject({ code: 3, out: "" });
  expect(posted).toEqual([]);
  const done = await world.run(WORDS, { fetch, ask });
  expect([done.code, asked]).toEqual([0, Array.from({ length: 2 }, () => "type helper to confirm: ")]);
  expect(done.out).toContain("1 of 1 acknowledged");
  expect(done.out).toContain("main/mcp acked in 0.407 ms, 2 ended, 0 bytes after it");
  // outside text does not act on the terminal
  expect(done.out).toContain("stolen\\u{1b}[2J");
  expect(posted).toMatchObject([
    { url: "http://localhost:7400/api/containments", body: { effect: "isolate", because: "stolen" } },
  ]);
  expect(posted[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
});

test("X16: where nobody can be asked, only --yes together with --because acts", async () => {
  using world = createWorld({});
  const { fetch, posted } = gate(ok);
  for (const words of [
    WORDS,
    `contain ${AGENT} --yes`,
    `${WORDS} --yes --effect none`,
    "contain helper --yes --because x",
  ])
    expect((await world.run(words, { fetch })).code, words).toBe(2);
  expect(posted).toEqual([]);
  expect((await world.run(`${WORDS} --yes --effect read-only`, { fetch })).code).toBe(0);
  expect(posted).toMatchObject([{ body: { effect: "read-only", scope: { kind: "identity", id: AGENT } } }]);
});

test("X15: a gate that did not acknowledge, or none at all, is exit 3", async () => {
  using world = createWorld({});
  const lost = {
    ...ORDER,
    state: "partial",
    recorded: false,
    points: [{ ...POINT, state: "lost", refusedProbe: false }],
  };
  const partial = gate(() => Response.json(lost, { status: 202 }));
  const told = await world.run(`${WORDS} --yes`, partial);
  expect([told.code, told.out.includes("0 of 1 acknowledged")]).toEqual([3, true]);
  expect(told.out).toContain("not written down yet");
  const none = { title: "Nobody can say that it holds.", detail: "order x binds", code: "RESPOND_NO_POINT" };
  expect(
    (
      await world.run(
        `${WORDS} --yes`,
        gate(() => Response.json(none, { status: 503 })),
      )
    ).code,
  ).toBe(3);
});

test("a lost answer is asked again under the same key, once", async () => {
  using world = createWorld({});
  const keys: (string | null)[] = [];
  const fetch: Fetch = async (_url, { headers }) => {
    keys.push(new Headers(headers).get("idempotency-key"));
    if (keys.length === 1) throw new TypeError("fetch failed");
    return ok();
  };
  expect((await world.run(`${WORDS} --yes`, { fetch })).code).toBe(0);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test("what a person calls the thing to stop", async () => {
  using world = createWorld({});
  for (const [word, scope] of [
    ["all", { kind: "all", id: "all" }],
    [`${AGENT}/1`, { kind: "instance", id: `${AGENT}/1` }],
    ["blueprint:helper@1", { kind: "blueprint", id: "helper@1" }],
    ["tool:files/read_file", { kind: "tool", id: "files/read_file" }],
  ] as const) {
    const { fetch, posted } = gate(ok);
    await world.run(`contain ${word} --because x --yes`, { fetch });
    expect(posted).toMatchObject([{ body: { scope } }]);
  }
});

test("release and resume find an order by the end of its id, and say when another person is needed", async () => {
  using world = createWorld({});
  const { fetch, posted } = gate(ok);
  const waits = await world.run("contain release 6d7cbf40ad45 --because mended", { fetch });
  expect([waits.code, waits.err]).toEqual([3, "noted: it goes on until another person agrees\n"]);
  expect(waits.out).toContain("another-person: who ordered it does not end it");
  const released = gate(() => Response.json({ ...ORDER, state: "released" }));
  expect((await world.run(`contain release ${ID} --because mended`, released)).code).toBe(0);
  expect((await world.run("contain resume 6d7cbf40ad45 --because mended", { fetch })).code).toBe(0);
  expect(posted.map(({ url }) => url.split("/").at(-1))).toEqual(["release", "resume"]);
  expect((await world.run("contain release 000000 --because x", { fetch })).code).toBe(1);
  expect((await world.run("contain release 6d7cbf40ad45", { fetch })).code).toBe(2);
});

const partly: Fetch = async () => Response.json({ containments: [{ ...ORDER, state: "partial" }] });
const nothing: Fetch = async () => Response.json({ containments: [], findings: [] });
const BLAST = {
  from: AGENT,
  since: "2026-12-06T08:00:00.000Z",
  touched: [
    { how: "read", id: "files/a.csv", level: "confidential", categories: ["personal"], times: 2 },
    { how: "sent", id: "us-partner, US", categories: [], times: 1 },
  ],
  quality: "at-least",
  unknownOutcomes: 1,
  unlabelled: 1,
  people: { n: null, quality: "unknown" },
};

test("R21: what it touched, in words; what is not known is said to be unknown, and never 0", async () => {
  using world = createWorld({});
  const asked: string[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url);
    return Response.json(BLAST);
  };
  const words = `contain blast ${AGENT} --since 2026-12-06T08:00:00.000Z`;
  const { code, out, err } = await world.run(`${words} --plain`, { fetch });
  expect([code, out]).toEqual([0, "read\tconfidential\t2\tfiles/a.csv (personal)\nsent\tunknown\t1\tus-partner, US\n"]);
  expect(err).toBe("at-least: 1 effect with an unknown end; people behind the data: unknown\n");
  const query = `from=${encodeURIComponent(AGENT)}&since=2026-12-06T08%3A00%3A00.000Z`;
  expect(asked).toEqual([`http://localhost:7400/api/blast?${query}`]);
  expect((await world.run(`contain blast ${AGENT} --since yesterday`, { fetch })).code).toBe(2);
});

test("X15: the list is exit 3 while a gate has not acknowledged one of them", async () => {
  using world = createWorld({});
  expect(await world.run("contain list", gate(ok))).toMatchObject({ code: 0 });
  expect((await world.run("contain list", { fetch: partly })).code).toBe(3);
  expect(await world.run("contain list", { fetch: nothing })).toMatchObject({ code: 0, err: "nothing is contained\n" });
  expect(await world.run("watch findings", { fetch: nothing })).toMatchObject({ code: 0, err: "nothing was found\n" });
});
