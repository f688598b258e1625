// SPDX-License-Identifier: Apache-2.0
// Answers of a server as the control API gives them, for tests only.

/** JSON as a server sends it. */
type Answer = Readonly<Record<string, unknown>>;

export interface SentRow {
  readonly ref: string;
  readonly reference: string;
  readonly entry: object;
}

export const STATUS: Answer = {
  version: "0.1.0",
  mode: "enforce",
  demo: false,
  dataDir: "/srv/data",
  startedAt: "2026-12-06T09:00:00.000Z",
  publicUrl: "http://localhost:7400",
  servers: [
    {
      id: "files",
      url: "http://localhost:7400/mcp/files",
      operator: "self",
      jurisdiction: "FR",
      tools: 14,
      shown: 10,
      state: "ready",
    },
    {
      id: "mail",
      url: "http://localhost:7400/mcp/mail",
      operator: "us-partner",
      jurisdiction: "US",
      tools: 0,
      state: "failed",
      why: "it did not start",
    },
  ],
  record: { log: "main-1", origin: "localhost/log/main-1", size: 3, published: 2, state: "ok" },
  policies: {
    domain: "main",
    name: "demo",
    digest: `sha256:${"0".repeat(64)}`,
    policies: 4,
    since: "2026-12-06T09:00:00.000Z",
  },
  identities: { active: 1, total: 2 },
  warnings: ["the clock was stepped"],
};

const LEAF = "A".repeat(43);
const AT = 1_796_547_600_000;

/** Row of the entry with this index. */
export function row(index: number, entry: object): SentRow {
  return {
    ref: `localhost/log/main-1#${index}:${LEAF}`,
    reference: `BW-000000${index}`,
    entry: { at: AT + index, ...entry },
  };
}

export const OPENED: SentRow = row(0, { type: "admin", name: "log.opened", by: "system", because: "first start" });
export const ALLOWED: SentRow = row(1, {
  type: "decision",
  shape: "whole",
  who: { identity: "spiffe://localhost/agent/invoice-helper" },
  verb: "view",
  resource: { type: "File", id: "files/invoices/2041.txt" },
  answer: "allow",
  outcome: { result: "completed" },
});
export const DENIED: SentRow = row(2, {
  type: "decision",
  shape: "attempt",
  who: { identity: "spiffe://localhost/agent/invoice-helper" },
  verb: "execute",
  resource: { type: "File", id: "files/invoices/2041.txt" },
  answer: "deny",
  refusal: "policy_denied",
});

export const DECISION: Answer = {
  id: "01a202fa-72db-7554-b674-08713096f8c6",
  index: 2,
  reference: "BW-0000002",
  ref: DENIED.ref,
  at: AT + 2,
  who: "spiffe://localhost/agent/invoice-helper",
  verb: "execute",
  resource: "files/invoices/2041.txt",
  answer: "deny",
  shown: "deny",
  reason: "forbidden",
  refusal: "policy_denied",
  approvals: [],
  same: [],
  entry: DENIED.entry,
  policies: [
    {
      id: "invoices-are-read-only",
      effect: "forbid",
      file: "demo/10-files.cedar",
      line: 12,
      reason: "An invoice is never changed by an agent.",
      text: "forbid (principal, action, resource);\n",
    },
  ],
  errors: [{ policy: "other", code: "no_attribute" }],
  origin: {
    lowest: "tool",
    broken: [{ role: "target", source: "files/read_text_file of files/inbox/notice.md at /result/content/0/text#L3" }],
    met: [{ role: "payee", source: "the person's request" }],
  },
};

/** What the tests name of a call that waits. */
type Waiting = Answer & { readonly id: string; readonly reference: string; readonly digest: string };

/** A payment that waits for a person. Its call tries to act on the terminal. */
export const WAITING: Waiting = {
  id: "01936d3c-0000-7000-8000-000000000004",
  reference: "BW-0000004",
  state: "pending",
  who: "spiffe://localhost/agent/invoice-helper",
  verb: "execute",
  resource: "files/payments/2041.json",
  rule: "payments-need-a-person",
  reason: "",
  call: 'write_file {"iban":"FR76\u202e67","path":"payments/2041.json"}',
  asks: [{ path: "/content/iban", role: "payee", source: "invoices/2041.txt\u001b[2J" }],
  digest: `sha256:${"4".repeat(64)}`,
  expires: "2026-12-06T09:00:20.000Z",
  need: 1,
  agreed: 0,
};

/** Waits too, and ran out when it is answered. */
export const LATE: Waiting = {
  ...WAITING,
  id: "01936d3c-0000-7000-8000-000000000005",
  reference: "BW-0000005",
  asks: [],
  call: "",
};

export const APPROVALS: Answer = { approvals: [WAITING, LATE], signer: "demo", others: 0 };
