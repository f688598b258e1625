// SPDX-License-Identifier: Apache-2.0
// Entries as events of the Open Cybersecurity Schema Framework 1.8.0 (record L39): what was asked of the gate is API Activity
// (6003), who may act at all is Entity Management (3004), what they may do is User Access Management (3005). Entries that OCSF
// has no class for are left out. What only 1.9.0-dev knows is written where that is asked for, and said in the version.
import { createHash } from "node:crypto";
import {
  canonicalize,
  formatEntryRef,
  isJsonArray,
  type Json,
  type JsonObject,
  jsonObject,
  member,
  type RecordedEntry,
} from "../../core/index.ts";

export type OcsfVersion = "1.8.0" | "1.9-dev";

type Member = readonly [string, Json | undefined];

/** An event, or nothing where OCSF has no class for the entry. */
export function ocsfOf(recorded: RecordedEntry, version: OcsfVersion): JsonObject | undefined {
  const event = eventOf(recorded, version);
  if (event === undefined || version === "1.8.0") return event;
  return attested(event, recorded);
}

function eventOf(recorded: RecordedEntry, version: OcsfVersion): JsonObject | undefined {
  const { entry } = recorded;
  const type = textOf(entry, "type");
  if (type === "decision") return decisionEvent(recorded, version);
  if (type === "outcome") return outcomeEvent(recorded, version);
  return entityEvent(recorded, version) ?? accessEvent(recorded, version);
}

interface ClassOf {
  readonly category: number;
  readonly uid: number;
  readonly name: string;
  readonly activity: number;
  readonly activityName: string;
  readonly severity: number;
  readonly profiles: readonly string[];
}

/** What every event has. */
function base({ ref, entry }: RecordedEntry, version: OcsfVersion, kind: ClassOf): readonly Member[] {
  const profiles = version === "1.8.0" ? kind.profiles : [...kind.profiles, "record_integrity"];
  return [
    ["category_uid", kind.category],
    ["class_uid", kind.uid],
    ["class_name", kind.name],
    ["activity_id", kind.activity],
    ["activity_name", kind.activityName],
    ["type_uid", kind.uid * 100 + kind.activity],
    ["severity_id", kind.severity],
    ["time", member(entry, "at")],
    [
      "metadata",
      object([
        ["version", version === "1.8.0" ? version : "1.9.0-dev"],
        [
          "product",
          object([
            ["name", "Bailiwick"],
            ["vendor_name", "Bailiwick"],
          ]),
        ],
        ["uid", formatEntryRef(ref)],
        ["log_name", ref.log],
        ["sequence", ref.index],
        ["tenant_uid", member(entry, "tenant")],
        ["event_code", textOf(entry, "name") ?? textOf(entry, "shape") ?? textOf(entry, "type")],
        ["correlation_uid", member(member(entry, "mandate"), "task")],
        ...(profiles.length === 0 ? [] : [["profiles", profiles] as const]),
      ]),
    ],
  ];
}

/** By answer: action, disposition, severity. SOURCE: OCSF 1.8.0 dictionary, `action_id`, `disposition_id`, `severity_id` */
const ANSWERS: Readonly<Record<string, { action: number; disposition: number; severity: number }>> = {
  allow: { action: 1, disposition: 1, severity: 1 },
  log: { action: 1, disposition: 17, severity: 1 },
  limit: { action: 1, disposition: 7, severity: 1 },
  challenge: { action: 2, disposition: 23, severity: 2 },
  deny: { action: 2, disposition: 2, severity: 3 },
};

/** By verb: activity of API Activity; what is none of its four is 99, by its own name. */
const ACTIVITIES: Readonly<Record<string, number>> = { view: 2, summarize: 2, retain: 1 };

function decisionEvent(recorded: RecordedEntry, version: OcsfVersion): JsonObject {
  const { entry } = recorded;
  const verb = textOf(entry, "verb") ?? "unknown";
  const { action, disposition, severity } = ANSWERS[textOf(entry, "answer") ?? "deny"] ?? {
    action: 2,
    disposition: 2,
    severity: 3,
  };
  const kind = {
    category: 6,
    uid: 6003,
    name: "API Activity",
    activity: ACTIVITIES[verb] ?? 99,
    activityName: verb,
    severity,
    profiles: ["security_control"],
  };
  const [interaction, who, why] = ["interaction", "who", "why"].map((name) => member(entry, name));
  const outcome = member(entry, "outcome");
  const server = member(interaction, "server");
  return object([
    ...base(recorded, version, kind),
    ["actor", actorOf(entry)],
    ...agentOf(who, version),
    [
      "api",
      object([
        ["operation", [member(interaction, "method"), member(interaction, "name")].filter(isText).join(" ")],
        ["service", named("name", server)],
        ["request", object([["uid", member(interaction, "id")]])],
      ]),
    ],
    ["src_endpoint", named("uid", member(who, "instance")) ?? named("name", member(interaction, "point"))],
    ["dst_endpoint", named("svc_name", server)],
    ["resources", resourcesOf(entry)],
    ["action_id", action],
    ["disposition_id", disposition],
    ["policy", named("uid", member(why, "set"))],
    ["authorizations", authorizationsOf(why)],
    ...statusOf(textOf(entry, "shape"), textOf(outcome, "result")),
    ["duration", member(outcome, "ms")],
    ["message", textOf(entry, "refusal") ?? textOf(why, "reason")],
  ]);
}

function outcomeEvent(recorded: RecordedEntry, version: OcsfVersion): JsonObject {
  const { entry, ref } = recorded;
  const kind = {
    category: 6,
    uid: 6003,
    name: "API Activity",
    activity: 99,
    activityName: "outcome",
    severity: 1,
    profiles: [],
  };
  const of = member(entry, "of");
  const decided = `${ref.log}#${indexOf(of)}:${textOf(of, "leaf") ?? ""}`;
  return object([
    ...base(recorded, version, kind),
    ["actor", object([["app_name", "bailiwick"]])],
    [
      "api",
      object([
        ["operation", "outcome"],
        ["request", object([["uid", decided]])],
      ]),
    ],
    ["src_endpoint", named("name", member(entry, "node"))],
    ["resources", resourcesOf(entry)],
    ...statusOf("outcome", textOf(entry, "result")),
    ["duration", member(entry, "ms")],
  ]);
}

/** Where it ended well, where it did not, and where that is not known here. */
function statusOf(shape: string | undefined, result: string | undefined): readonly Member[] {
  if (result === "completed")
    return [
      ["status_id", 1],
      ["status", "Success"],
    ];
  if (result === "unknown" || (result === undefined && shape === "intent")) {
    return [
      ["status_id", 0],
      ["status", "Unknown"],
    ];
  }
  return [
    ["status_id", 2],
    ["status", "Failure"],
    ["status_detail", result],
  ];
}

/** By the state that an identity came to: activity of Entity Management. */
const STATES: Readonly<Record<string, readonly [number, string]>> = {
  suspended: [12, "Suspend"],
  isolated: [12, "Suspend"],
  active: [13, "Resume"],
  retired: [9, "Disable"],
};
const ENTITY_ACTS: Readonly<Record<string, readonly [number, string]>> = {
  "identity.registered": [1, "Create"],
  "identity.contained": [12, "Suspend"],
  "identity.released": [13, "Resume"],
};

function entityEvent(recorded: RecordedEntry, version: OcsfVersion): JsonObject | undefined {
  const { entry } = recorded;
  const [data, subject] = [member(entry, "data"), member(entry, "subject")];
  const name = textOf(entry, "name") ?? "";
  const act = name === "identity.changed" ? STATES[textOf(data, "to") ?? ""] : ENTITY_ACTS[name];
  const entity = member(data, "id") ?? (textOf(subject, "type") === "Identity" ? member(subject, "id") : undefined);
  if (act === undefined || entity === undefined) return undefined;
  const [activity, activityName] = act;
  const severity = name === "identity.contained" ? 4 : 1;
  const kind = { category: 3, uid: 3004, name: "Entity Management", activity, activityName, severity, profiles: [] };
  return object([
    ...base(recorded, version, kind),
    ["actor", actorOf(entry)],
    [
      "entity",
      object([
        ["uid", entity],
        ["type", textOf(data, "kind") ?? kindOf(entity)],
      ]),
    ],
    ["comment", textOf(entry, "because") ?? textOf(data, "because")],
    ["status_id", 1],
  ]);
}

/** Rights are given by mandates; 1.8.0 knows two activities for them. */
const ACCESS_ACTS: Readonly<Record<string, readonly [number, string]>> = {
  "mandate.opened": [1, "Assign Privileges"],
  "mandate.closed": [2, "Revoke Privileges"],
};

function accessEvent(recorded: RecordedEntry, version: OcsfVersion): JsonObject | undefined {
  const { entry } = recorded;
  const data = member(entry, "data");
  const act = ACCESS_ACTS[textOf(entry, "name") ?? ""];
  const holder = member(data, "holder");
  if (act === undefined || holder === undefined) return undefined;
  const [activity, activityName] = act;
  const kind = {
    category: 3,
    uid: 3005,
    name: "User Access Management",
    activity,
    activityName,
    severity: 1,
    profiles: [],
  };
  return object([
    ...base(recorded, version, kind),
    ["actor", actorOf(entry)],
    [
      "user",
      object([
        ["uid", holder],
        ["type", kindOf(holder)],
      ]),
    ],
    ["privileges", listOf(member(data, "verbs"))],
    ["resources", listOf(member(data, "locations")).map((uid) => object([["uid", uid]]))],
    ["message", textOf(data, "because")],
    ["status_id", 1],
  ]);
}

/** Whoever did it: who was proved, who gave the order, or the gate itself. */
function actorOf(entry: JsonObject): JsonObject {
  const who = member(entry, "who");
  const uid = member(who, "identity") ?? member(entry, "by");
  if (!isText(uid) || uid === "system") return object([["app_name", uid === "system" ? "bailiwick" : "unproven"]]);
  return object([
    [
      "user",
      object([
        ["uid", uid],
        ["type", textOf(who, "kind") ?? kindOf(uid)],
      ]),
    ],
    ["session", named("uid", member(member(who, "token"), "jti"))],
  ]);
}

/** Only 1.9.0-dev knows an agent. */
function agentOf(who: Json | undefined, version: OcsfVersion): readonly Member[] {
  if (version === "1.8.0" || textOf(who, "kind") !== "agent") return [];
  return [
    [
      "ai_agent",
      object([
        ["uid", member(who, "identity")],
        ["instance_uid", member(who, "instance")],
        ["version", member(who, "blueprint")],
      ]),
    ],
  ];
}

/**
 * The profile `record_integrity` of 1.9.0-dev: a fingerprint over this very event. Signatures would have to be over it too,
 * and the log signs its own tree; `uid` leads there.
 */
function attested(event: JsonObject, { ref }: RecordedEntry): JsonObject {
  const about: readonly Member[] = [
    ["uid", formatEntryRef(ref)],
    ["authority_uid", ref.log],
    ["chain_uid", ref.log],
  ];
  const withList = (members: readonly Member[]): JsonObject =>
    object([...Object.entries(event), ["attestation_list", [object(members)]]]);
  const value = createHash("sha256")
    .update(canonicalize(withList(about)))
    .digest("hex");
  return withList([
    ...about,
    [
      "fingerprint",
      object([
        ["algorithm_id", 3],
        ["algorithm", "SHA-256"],
        ["value", value],
      ]),
    ],
  ]);
}

function resourcesOf(entry: JsonObject): readonly Json[] {
  const outcome = member(entry, "outcome") ?? entry;
  const asked = member(entry, "resource");
  const touched = listOf(member(outcome, "objects")).map((one) => member(one, "ref"));
  const all = [asked, ...touched].filter((one) => isText(member(one, "id")));
  const byId = new Map(all.map((one) => [member(one, "id"), one]));
  return [...byId.values()].map((one) =>
    object([
      ["uid", member(one, "id")],
      ["type", member(one, "type")],
    ]),
  );
}

function authorizationsOf(why: Json | undefined): readonly Json[] {
  return listOf(member(why, "policies")).map((hit) =>
    object([
      ["decision", member(hit, "effect")],
      [
        "policy",
        object([
          ["uid", member(hit, "id")],
          ["version", member(hit, "digest")],
        ]),
      ],
    ]),
  );
}

function indexOf(ref: Json | undefined): string {
  const index = member(ref, "index");
  return typeof index === "number" ? String(index) : "?";
}

function kindOf(id: Json): string {
  return /^spiffe:\/\/[^/]+\/([a-z]+)\//.exec(isText(id) ? id : "")?.[1] ?? "unknown";
}

function named(name: string, value: Json | undefined): JsonObject | undefined {
  return isText(value) ? jsonObject([[name, value]]) : undefined;
}

/** Without what is not known, and without lists of nothing. */
function object(members: readonly Member[]): JsonObject {
  return jsonObject(
    members.flatMap(([name, value]) => {
      const isEmpty = value === undefined || value === "" || (isJsonArray(value) && value.length === 0);
      return isEmpty ? [] : [[name, value] as const];
    }),
  );
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function textOf(value: Json | undefined, name: string): string | undefined {
  const text = member(value, name);
  return isText(text) ? text : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonArray(value) ? value : [];
}
