// SPDX-License-Identifier: Apache-2.0
import { createSecretKey } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { instant, type Json, jsonObject, member, parseDomainId, parseJson, parsePointId } from "../../core/index.ts";
import { fakeClock, fakeLog } from "../../core/testing/system.ts";
import { createDecider } from "../decider.ts";
import { Residents } from "../residents.ts";
import type { Bundle } from "../sets/bundle.ts";
import { bundleOf } from "../testing/bundle.ts";
import { type Authzen, createAuthzen, type Endpoint } from "./handlers.ts";
import { metadata } from "./metadata.ts";
import type { AuthzenDomain, AuthzenResponse, Peer } from "./ports.ts";

const SCHEMA = `
entity team;
entity user in [team] = { role: String, budget?: decimal };
entity record = { status?: String, owner?: user };
action "read", "write" appliesTo { principal: user, resource: record, context: { reason?: String, amount?: decimal } };
action "purge" appliesTo { principal: user, resource: record, context: { action?: { deep?: Bool } } };
`;
const RULES = `
@id("readers") permit (principal is user, action == Action::"read", resource is record);
@id("read-short") @answer("limit") @obligation("short") forbid (principal, action in Action::"read", resource is record)
when { principal.role == "guest" };
@id("watched") @answer("limit") @obligation("tell, out") forbid (principal, action in Action::"read", resource is record)
when { principal.role == "temp" };
@id("writers") @reason("Writers of a team may write.") permit (principal in team::"writers", action == Action::"write", resource is record);
@id("big") @answer("log") forbid (principal, action in Action::"write", resource is record)
when { context has amount && context.amount.greaterThan(decimal("10.0")) };
@id("purgers") permit (principal in team::"writers", action == Action::"purge", resource is record)
when { context has action && context.action has deep && context.action.deep };
@id("closed") forbid (principal, action, resource is record) when { resource has status && resource.status == "closed" };
`;

const DOMAIN = parseDomainId("test");
const PEER: Peer = {
  id: parsePointId("portal/authzen"),
  types: new Map([["person", "user"]]),
  obligations: new Set(),
  maySearch: true,
  mayExplain: false,
};

let bundle: Bundle;
let authzen: Authzen;
let domain: AuthzenDomain;

beforeAll(async () => {
  bundle = await bundleOf({
    "bailiwick.yaml": "name: test\ndomain: test\nowner: tests\n",
    "schema.cedarschema": SCHEMA,
    "10-rules.cedar": RULES,
    "obligations.yaml":
      "short: { type: max_bytes, max: 4096 }\ntell: { type: notify, who: [desk, lead] }\nout: { type: end_session, who: [tim] }\n",
  });
  const decider = createDecider({ clock: fakeClock(), log: fakeLog() });
  decider.swap(DOMAIN, bundle.set);
  const residents = new Residents();
  const put = (
    type: string,
    id: string,
    attrs: Record<string, Json>,
    parents: { type: string; id: string }[] = [],
  ): void => residents.put({ uid: { type, id }, attrs: jsonObject(Object.entries(attrs)), parents });
  put("user", "ada", { role: "writer" }, [{ type: "team", id: "writers" }]);
  put("user", "gus", { role: "guest" });
  put("user", "tim", { role: "temp" });
  put("record", "open", { status: "open" });
  put("record", "shut", { status: "closed" });
  for (let n = 0; n < 30; n += 1) put("record", `r${String(n).padStart(2, "0")}`, {});
  domain = { id: DOMAIN, residents, schema: () => decider.schema(DOMAIN) };
  const pageKey = createSecretKey(Buffer.alloc(32, 7));
  authzen = createAuthzen({ decider, now: () => instant(1_796_547_600_000), pageKey });
});

interface Given {
  readonly peer?: Peer;
  readonly endpoint?: Endpoint;
  readonly type?: string;
}

function ask(
  body: unknown,
  { peer = PEER, endpoint = "evaluation", type = "application/json" }: Given = {},
): AuthzenResponse {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return authzen.answer(domain, peer, endpoint, { method: "POST", contentType: type, body: bytes });
}

function bodyOf(response: AuthzenResponse): Json {
  return parseJson(response.body);
}

function question(
  who: string,
  name: string,
  resource: object = { type: "record", id: "open" },
): Record<string, unknown> {
  return { subject: { type: "person", id: who }, action: { name }, resource };
}

function withAmount(amount: string): AuthzenResponse {
  return ask(
    `{"subject":{"type":"user","id":"ada"},"action":{"name":"write"},"resource":{"type":"record","id":"open"},"context":{"amount":${amount}}}`,
  );
}

function purge(given: object): Json | undefined {
  return member(bodyOf(ask({ ...question("ada", "purge"), ...given })), "decision");
}

function idsIn(response: AuthzenResponse): readonly unknown[] {
  const results = member(bodyOf(response), "results");
  return Array.isArray(results) ? results.map((one: Json) => member(one, "id")) : [];
}

describe("one evaluation", () => {
  test("D63: a peer's own type names are ours by its mapping, and what is decided comes along to be recorded", () => {
    const response = ask(question("ada", "write"));
    expect(member(bodyOf(response), "decision")).toBe(true);
    expect(response.decided).toMatchObject([
      {
        decision: { answer: "allow", policies: [{ id: "writers" }] },
        question: { principal: { type: "user", id: "ada" } },
      },
    ]);
  });

  test("D63: what is stored wins over what a caller says, and what the schema does not know is left out and named", () => {
    const lie = { type: "record", id: "shut", properties: { status: "open", colour: "red" } };
    const [said, told] = [
      ask(question("ada", "write", lie)),
      ask({ ...question("ada", "write"), context: { mood: 1 } }),
    ];
    expect(member(bodyOf(said), "decision")).toBe(false);
    expect(said.decided[0]?.ignored).toEqual(["resource.properties.colour"]);
    expect(told.decided[0]?.ignored).toEqual(["context.mood"]);
    expect(member(bodyOf(told), "decision")).toBe(true);
  });

  test("D12: whom nobody knows is refused, whatever is said of them; a resource may be new", () => {
    const stranger = {
      ...question("eve", "read"),
      subject: { type: "user", id: "eve", properties: { role: "writer" } },
    };
    expect(member(member(bodyOf(ask(stranger)), "context"), "reason")).toBe("identity_unknown");
    expect(member(bodyOf(ask(question("ada", "write", { type: "record", id: "new" }))), "decision")).toBe(true);
    const shut = { type: "record", id: "new", properties: { status: "closed" } };
    expect(member(bodyOf(ask(question("ada", "write", shut))), "decision")).toBe(false);
  });

  test("D63: a number reaches a decimal by its own text, and a wrong type is refused", () => {
    expect(withAmount("10.5").decided[0]?.decision.answer).toBe("log");
    expect(withAmount("10.0").decided[0]?.decision.answer).toBe("allow");
    expect(withAmount("3").decided[0]?.decision.answer).toBe("allow");
    expect(withAmount("true").decided[0]?.decision).toMatchObject({ answer: "deny", reason: "input_context" });
    expect(withAmount("1e3").decided[0]?.decision).toMatchObject({ answer: "deny", reason: "input_context" });
  });

  test("D63: properties of the action are the context's `action`, and a caller's own `context.action` is not", () => {
    expect(purge({ action: { name: "purge", properties: { deep: true } } })).toBe(true);
    expect(purge({ action: { name: "purge", properties: {} }, context: { action: { deep: true } } })).toBe(false);
  });

  test("D64, D66: a limit is true only for a peer that declared the duty, by registration or in the question", () => {
    expect(member(member(bodyOf(ask(question("gus", "read"))), "context"), "reason")).toBe("obligation_unsupported");
    const declared = { ...PEER, obligations: new Set(["max_bytes"]) };
    const expected = [
      { id: "bailiwick.max_bytes", properties: { vendor: "bailiwick", action: "max_bytes", max: 4096 } },
    ];
    for (const response of [
      ask(question("gus", "read"), { peer: declared }),
      ask({ ...question("gus", "read"), context: { bailiwick_obligations: ["max_bytes", "juggle"] } }),
    ])
      expect(bodyOf(response)).toMatchObject({ decision: true, context: { answer: "limit", obligations: expected } });
  });

  test("D65: what the draft has a type for goes as that type, one for each whom it names, and each with its own id", () => {
    const peer = { ...PEER, obligations: new Set(["notify", "end_session"]) };
    const said = member(member(bodyOf(ask(question("tim", "read"), { peer })), "context"), "obligations");
    expect(said).toMatchObject([
      { id: "bailiwick.end_session", type: "session_termination", properties: { subject: "tim" } },
      { id: "bailiwick.notify.1", type: "notification", properties: { to: "desk" } },
      { id: "bailiwick.notify.2", type: "notification", properties: { to: "lead" } },
    ]);
  });

  test("D66: a type that the question supports counts; `custom` alone and what was not advertised say nothing", () => {
    const asking = (user: string, supported_obligations: Json): Json | undefined =>
      member(bodyOf(ask({ ...question(user, "read"), context: { supported_obligations } })), "decision");
    expect(asking("tim", ["notification", "session_termination"])).toBe(true);
    expect(asking("tim", ["notification"])).toBe(false);
    expect(asking("tim", ["notify", "end_session"])).toBe(false);
    expect(asking("tim", "notification")).toBe(false);
    expect(asking("gus", ["custom"])).toBe(false);
    const { decided } = ask({ ...question("tim", "read"), context: { supported_obligations: [] } });
    expect(decided[0]?.ignored).toEqual([]);
  });

  test("D43: who decided is told to a peer that may know it, a policy's own sentence to everybody", () => {
    const plain = member(bodyOf(ask(question("ada", "write"))), "context");
    expect(member(plain, "reason_user")).toBe("Writers of a team may write.");
    expect(member(plain, "reason_admin")).toBeUndefined();
    const told = bodyOf(ask(question("ada", "write"), { peer: { ...PEER, mayExplain: true } }));
    expect(told).toMatchObject({
      context: { reason_admin: { policies: [{ id: "writers", file: "10-rules.cedar" }], clauses: [] } },
    });
  });

  test("D64: a peer that may know it is told each clause, and what it read", () => {
    const peer = { ...PEER, mayExplain: true, obligations: new Set(["max_bytes"]) };
    const asked = ask(question("gus", "read"), { peer });
    const read = { path: "principal.role", value: '"guest"' };
    expect(member(member(member(bodyOf(asked), "context"), "reason_admin"), "clauses")).toEqual([
      { policy: "read-short", text: 'principal.role == "guest"', outcome: "true", values: [read] },
    ]);
    expect(ask(question("gus", "read"), { peer }).body).toBe(asked.body);
  });

  test("D57: what is no question is 400 with a sentence that says what is missing", () => {
    expect(ask("{", {}).status).toBe(400);
    expect(ask({ ...question("ada", "read"), subject: { id: "ada" } }).body).toBe('"`subject.type` is missing"');
    expect(ask('{"subject":{"type":"a","type":"b"}}').status).toBe(400);
    expect(ask(question("ada", "read"), { type: "text/plain" }).status).toBe(400);
    const got = authzen.answer(domain, PEER, "evaluation", {
      method: "GET",
      contentType: undefined,
      body: Buffer.alloc(0),
    });
    expect(got).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  test("D23: without a policy set nothing is answered", () => {
    const none = { ...domain, schema: () => undefined };
    const body = Buffer.from(JSON.stringify(question("ada", "read")));
    const response = authzen.answer(none, PEER, "evaluation", {
      method: "POST",
      contentType: "application/json",
      body,
    });
    expect(response.status).toBe(503);
  });
});

describe("many evaluations", () => {
  const many = { endpoint: "evaluations" } as const;

  test("D59: an item takes the place of the default whole, and lacks nothing that no object can be without", () => {
    const body = {
      ...question("ada", "write", { type: "record", id: "shut", properties: { status: "closed" } }),
      evaluations: [{ resource: { id: "new" } }, { resource: { type: "record", id: "open" } }, 7, { subject: "ada" }],
    };
    const items = member(bodyOf(ask(body, many)), "evaluations");
    expect(Array.isArray(items) ? items.map((one: Json) => member(one, "decision")) : items).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(items).toMatchObject([{}, {}, {}, { context: { error: { status: 400 } } }]);
  });

  test("D59: more items than a batch may hold are refused whole", () => {
    const body = { ...question("ada", "read"), evaluations: Array.from({ length: 1001 }, () => ({})) };
    expect(ask(body, many)).toMatchObject({ status: 400, decided: [] });
  });
});

describe("searches", () => {
  const resources = { endpoint: "search/resource" } as const;
  const readable = { subject: { type: "user", id: "ada" }, action: { name: "read" }, resource: { type: "record" } };

  test("D60, D61: pages hold every result once, in order, and the limit stays", () => {
    const seen: unknown[] = [];
    let page: object = { limit: 7 };
    for (let pages = 0; pages < 10; pages += 1) {
      const response = ask({ ...readable, page }, resources);
      seen.push(...idsIn(response));
      const token = member(member(bodyOf(response), "page"), "next_token");
      if (token === "") break;
      page = { token };
    }
    expect(seen).toEqual(domain.residents.idsOf("record").filter((id) => id !== "shut"));
  });

  test("D61: a token is for one search of one peer over what was known then", () => {
    const first = ask({ ...readable, page: { limit: 2 } }, resources);
    const token = member(member(bodyOf(first), "page"), "next_token");
    const again = { ...readable, page: { token } };
    expect(ask(again, resources).status).toBe(200);
    expect(ask({ ...again, action: { name: "write" } }, resources).status).toBe(400);
    expect(ask({ ...readable, page: { token, limit: 3 } }, resources).status).toBe(400);
    expect(ask(again, { ...resources, peer: { ...PEER, id: parsePointId("other/authzen") } }).status).toBe(400);
    expect(ask({ ...readable, page: { token: `x${JSON.stringify(token)}` } }, resources).status).toBe(400);
    domain.residents.put({ uid: { type: "record", id: "zz" }, attrs: {}, parents: [] });
    expect(ask(again, resources).status).toBe(400);
    domain.residents.remove({ type: "record", id: "zz" });
  });

  test("D60: a limit counts only for who declared its duty, and every result is a decision to record", () => {
    const guest = { ...readable, subject: { type: "user", id: "gus" } };
    expect(idsIn(ask(guest, resources))).toEqual([]);
    const declared = ask(guest, { ...resources, peer: { ...PEER, obligations: new Set(["max_bytes"]) } });
    expect(idsIn(declared)).toHaveLength(31);
    expect(declared.decided).toHaveLength(31);
    const duty = { id: "bailiwick.max_bytes", type: "custom" };
    expect(member(bodyOf(declared), "results")).toMatchObject(
      Array.from({ length: 31 }, () => ({ obligations: [duty] })),
    );
  });

  test("D64: searching is a right of its own", () => {
    expect(ask(readable, { ...resources, peer: { ...PEER, maySearch: false } }).status).toBe(403);
  });

  test("D60: who may, and what may be done", () => {
    const who = ask(
      { subject: { type: "person" }, action: { name: "write" }, resource: { type: "record", id: "open" } },
      { endpoint: "search/subject" },
    );
    expect(bodyOf(who)).toEqual({ results: [{ type: "person", id: "ada" }] });
    const what = ask(
      { subject: { type: "user", id: "ada" }, resource: { type: "record", id: "open" } },
      { endpoint: "search/action" },
    );
    expect(bodyOf(what)).toEqual({ results: [{ name: "read" }, { name: "write" }] });
  });
});

test("D62: metadata names its own address and what answers, and nothing empty", () => {
  const said = metadata("https://gate.example", "shop");
  expect(said["policy_decision_point"]).toBe("https://gate.example/pdp/shop");
  expect(said["search_action_endpoint"]).toBe("https://gate.example/pdp/shop/access/v1/search/action");
  expect(metadata("https://gate.example", "main")["access_evaluation_endpoint"]).toBe(
    "https://gate.example/access/v1/evaluation",
  );
});
