// SPDX-License-Identifier: Apache-2.0
// An incident of a compromised agent with its findings, and everything that a preview needs, for tests.
import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  type Finding,
  type IncidentFacts,
  type Instant,
  instant,
  parseEntryId,
  parseFindingId,
  parseIdentityId,
  parseIncidentId,
  parseOrderId,
} from "../../core/index.ts";
import { createInspector, readLabelRules } from "../../protect/index.ts";
import {
  type PreviewAsk,
  type PreviewPorts,
  type Profile,
  readProfile,
  readTechniques,
  type StixIds,
  stixIds,
  type Techniques,
} from "../index.ts";

const POLICIES = path.join(import.meta.dirname, "../../../policies");
const read = (file: string): string => readFileSync(path.join(POLICIES, file), "utf8");

export const PROFILE_TEXT: string = read("share/partner-default.yaml");
export const TECHNIQUES_TEXT: string = read("share/techniques.yaml");
export const PROFILE: Profile = readProfile("partner-default.yaml", PROFILE_TEXT);
export const TECHNIQUES: Techniques = readTechniques("techniques.yaml", TECHNIQUES_TEXT);
export const IDS: StixIds = stixIds(createSecretKey(Buffer.alloc(32, 9)), "TEST community");
export const PORTS: PreviewPorts = {
  ids: IDS,
  techniques: TECHNIQUES,
  inspector: createInspector({
    key: createSecretKey(Buffer.alloc(32, 7)),
    labels: readLabelRules("labels.yaml", read("labels.yaml")),
  }),
};

const AGENT = parseIdentityId("spiffe://office.example/agent/invoice-helper");
const SPONSOR = parseIdentityId("spiffe://office.example/human/k3Jx0vQm1uYt7sWzPq8RaA");
const ENTRY = parseEntryId("01890000-0000-7000-8000-0000000000e1");
/** 2026-11-22T09:31:12.345Z. */
export const SEEN_AT: Instant = instant(Date.UTC(2026, 10, 22, 9, 31, 12, 345));
export const SAID_AT: Instant = instant(SEEN_AT + 61_000);

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    id: parseFindingId("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    v: 1,
    detector: "decoy",
    code: "used",
    kind: "certain",
    subject: { type: "Identity", id: AGENT },
    scopes: [
      { kind: "identity", id: AGENT },
      { kind: "server", id: "files" },
    ],
    severity: "critical",
    status: "open",
    firstAt: SEEN_AT,
    lastAt: instant(SEEN_AT + 3000),
    detectedAt: SEEN_AT,
    triageBy: instant(SEEN_AT + 3_600_000),
    reasons: [
      {
        code: "used",
        params: { decoy: "01890000-0000-7000-8000-0000000000d1", place: "files/keys/deploy.pem" },
        text: "used a planted credential (decoy) of jan.kowalski@office.example",
        entries: [ENTRY],
      },
    ],
    times: 2,
    tags: { owasp: ["ASI03"], atlas: ["AML.T0083", "AML.T0098"] },
    synthetic: false,
    ...more,
  };
}

export function incident(more: Partial<IncidentFacts> = {}): IncidentFacts {
  return {
    id: parseIncidentId("01890000-0000-7000-8000-0000000000c1"),
    number: 1,
    v: 3,
    state: "open",
    exercise: false,
    title: "invoice-helper: decoy used",
    times: {
      detectedAt: { at: SEEN_AT, by: "system", source: [ENTRY] },
      containedAt: { at: instant(SEEN_AT + 9), by: "system", source: [] },
    },
    severity: "critical",
    identities: [AGENT],
    sponsors: [SPONSOR],
    categories: ["personal", "financial"],
    jurisdictions: ["FR"],
    destinations: [{ operator: "us-partner", jurisdiction: "US" }],
    records: { n: 3, quality: "at-least" },
    malicious: "unknown",
    ongoing: null,
    actions: [parseOrderId("01890000-0000-7000-8000-0000000000f1")],
    findings: [parseFindingId("ABCDEFGHIJKLMNOPQRSTUVWXYZ")],
    ...more,
  };
}

export function ask(more: Partial<PreviewAsk> = {}): PreviewAsk {
  return {
    incident: incident(),
    findings: [finding()],
    profile: PROFILE,
    producer: { name: "Office Example SA" },
    at: SAID_AT,
    ...more,
  };
}
