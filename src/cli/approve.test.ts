// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Fetch } from "../sdk/index.ts";
import { APPROVALS, LATE, WAITING } from "./testing/answers.ts";
import { createWorld } from "./testing/world.ts";

const LIST = { "/api/approvals": APPROVALS };
const SHOWN = [
  "waits     BW-0000004, 01936d3c-0000-7000-8000-000000000004",
  "by        spiffe://localhost/agent/invoice-helper",
  "verb      execute",
  "resource  files/payments/2041.json",
  "rule      payments-need-a-person",
  "expires   2026-12-06T09:00:20.000Z",
  "agreed    0 of 1",
  "signer    demo key, not a person's passkey",
  'call      write_file {"iban":"FR76\\u{202e}67","path":"payments/2041.json"}',
  "broken    /content/iban (payee): invoices/2041.txt\\u{1b}[2J",
  "",
].join("\n");

/** A server that lists what waits and answers every POST so, and what was posted to it. */
function desk(answer: () => Response): { fetch: Fetch; posted: [url: string, body: unknown][] } {
  const posted: [string, unknown][] = [];
  const fetch: Fetch = async (url, { method, body }) => {
    if (method !== "POST") return Response.json(APPROVALS);
    posted.push([url, typeof body === "string" ? JSON.parse(body) : body]);
    return answer();
  };
  return { fetch, posted };
}

const APPROVED = (): Response => Response.json({ state: "approved" });
const REFUSED = (): Response =>
  Response.json(
    { title: "That answer does not count.", detail: "approval_expired", code: "API_APPROVAL_REFUSED" },
    { status: 409 },
  );
/** Lists what waits, and is gone when it is answered. */
const away: Fetch = async (_url, { method }) => {
  if (method === "POST") throw new TypeError("fetch failed");
  return Response.json(APPROVALS);
};
const never = (): Promise<string> => Promise.reject(new Error("asked"));
const APPROVE_URL = `http://localhost:7400/api/approvals/${WAITING.id}/approve`;

test("E53: what is agreed to is shown before the question, and only then the digest of it is sent", async () => {
  using world = createWorld(LIST);
  const { fetch, posted } = desk(APPROVED);
  const asked: string[] = [];
  const said: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    expect({ said: said.join(""), posted }).toEqual({ said: SHOWN, posted: [] });
    return "yes";
  };
  const { code, err } = await world.run("approve BW-0000004", { fetch, ask, out: (text) => void said.push(text) });
  expect({ code, err, asked }).toEqual({ code: 0, err: "", asked: ["type yes to agree: "] });
  expect(said.join("")).toBe(`${SHOWN}BW-0000004 is approved\n`);
  expect(posted).toEqual([[APPROVE_URL, { digest: WAITING.digest }]]);
});

test("X15: anything but yes is exit 3, and nothing is sent", async () => {
  using world = createWorld(LIST);
  for (const typed of ["", "no", "y", "YES", "yes please"]) {
    const { fetch, posted } = desk(APPROVED);
    const ended = await world.run("approve BW-0000004", { fetch, ask: async () => typed });
    expect(ended).toEqual({ code: 3, out: SHOWN, err: "not agreed: it waits on\n" });
    expect(posted).toEqual([]);
  }
});

test("X16: without a terminal, or with --no-input, only --yes agrees; without it that is wrong use", async () => {
  using world = createWorld(LIST);
  for (const [words, ask] of [
    ["approve BW-0000004", undefined],
    ["approve BW-0000004 --no-input", never],
  ] as const) {
    const { fetch, posted } = desk(APPROVED);
    const ended = await world.run(words, { fetch, ask });
    expect(ended).toMatchObject({ code: 2, out: SHOWN, err: expect.stringContaining("CLI_YES_MISSING") as string });
    expect(posted).toEqual([]);
  }
  for (const name of [WAITING.reference, WAITING.id]) {
    const { fetch, posted } = desk(APPROVED);
    expect(await world.run(`approve ${name} --yes --no-input`, { fetch })).toMatchObject({ code: 0 });
    expect(posted).toEqual([[APPROVE_URL, { digest: WAITING.digest }]]);
  }
});

test("X15: a yes that the server does not count is exit 3, with the server's code and reason", async () => {
  using world = createWorld(LIST);
  const { fetch } = desk(REFUSED);
  expect(await world.run("approve BW-0000004 --yes", { fetch })).toEqual({
    code: 3,
    out: SHOWN,
    err: "approval_expired\nfix: see what waits now: npx bailiwick approve list\nAPI_APPROVAL_REFUSED\n",
  });
  expect((await world.run("approve BW-0000004 --yes", { fetch: away })).code).toBe(5);
});

test("X15: what no longer waits is exit 3, and a name that is none is exit 2", async () => {
  using world = createWorld(LIST);
  for (const words of ["approve BW-9999999 --yes", "approve refuse BW-9999999 --because x"]) {
    expect(await world.run(words)).toMatchObject({
      code: 3,
      out: "",
      err: expect.stringMatching(/^nothing waits under BW-9999999\n[^]*CLI_NOT_WAITING\n$/) as string,
    });
  }
  for (const words of ["approve", "approve lst", "approve refuse", "approve refuse ../x --because y"]) {
    expect(await world.run(words)).toMatchObject({ code: 2, out: "" });
  }
});

test("a reference that several calls share names none of them", async () => {
  using world = createWorld({
    "/api/approvals": { approvals: [WAITING, { ...LATE, reference: "BW-0000004" }], signer: "demo" },
  });
  const { code, out, err } = await world.run("approve BW-0000004 --yes");
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(`name one by its id: ${WAITING.id}, ${LATE.id}`);
});

test("approve says where nobody can sign, and where the server does not show the call", async () => {
  using world = createWorld({ "/api/approvals": { approvals: [LATE], signer: "none" } });
  const { out } = await world.run("approve BW-0000005");
  expect(out).toContain("signer    none: this server cannot take a yes\ncall      the server does not show it\n");
});

test("approve refuse: the reason is sent, and there is no refusal without one", async () => {
  using world = createWorld(LIST);
  const { fetch, posted } = desk(() => Response.json({ state: "refused" }));
  for (const words of ["approve refuse BW-0000004", "approve refuse BW-0000004 --because="]) {
    expect((await world.run(words, { fetch })).code).toBe(2);
  }
  expect(posted).toEqual([]);
  expect(await world.run("approve refuse BW-0000004 --because unexpected", { fetch })).toEqual({
    code: 0,
    out: "BW-0000004 is refused\n",
    err: "",
  });
  expect(posted).toEqual([[`http://localhost:7400/api/approvals/${WAITING.id}/refuse`, { because: "unexpected" }]]);
  expect((await world.run("approve refuse BW-0000004 --because x", { fetch: desk(REFUSED).fetch })).code).toBe(3);
});

test("X14: approve list is a line a call, one document for a program, and words where nothing waits", async () => {
  using world = createWorld(LIST);
  const { out } = await world.run("approve list --plain");
  expect(out.split("\n")[0]).toBe(
    "BW-0000004\t2026-12-06T09:00:20.000Z\tagent/invoice-helper\texecute files/payments/2041.json, asked by payments-need-a-person",
  );
  const json = (await world.run("approve list --json")).out;
  expect(JSON.parse(json)).toEqual(APPROVALS);
  expect(["\u001b", "\u202e"].filter((character) => json.includes(character))).toEqual([]);
  using quiet = createWorld({ "/api/approvals": { approvals: [], signer: "none" } });
  expect(await quiet.run("approve list")).toEqual({ code: 0, out: "", err: "nothing waits for a person\n" });
});
