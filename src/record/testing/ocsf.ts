// SPDX-License-Identifier: Apache-2.0
// What OCSF 1.8.0 demands of the three classes that are written: its facts (names of attributes, which of them have to be
// there, the numbers that are known) as a JSON Schema of our own. SOURCE: ocsf/ocsf-schema at tag 1.8.0, classes
// api_activity, entity_management and user_access with the profile security_control; extensions and what is never written
// are left out, and nothing that is left out passes.

type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: "string", minLength: 1 };
const WHOLE: Schema = { type: "integer" };

function object(known: Schema, required: readonly string[] = [], oneOf: readonly string[] = []): Schema {
  const some = oneOf.length === 0 ? {} : { anyOf: oneOf.map((name) => ({ required: [name] })) };
  return { type: "object", additionalProperties: false, required, properties: known, ...some };
}

const texts = (...names: readonly string[]): Schema => Object.fromEntries(names.map((name) => [name, TEXT]));
const list = (items: Schema): Schema => ({ type: "array", minItems: 1, items });
const known = (...numbers: readonly number[]): Schema => ({ enum: numbers });

const METADATA = object(
  {
    ...texts("version", "uid", "log_name", "tenant_uid", "event_code", "correlation_uid"),
    product: object(texts("name", "vendor_name", "uid", "version"), [], ["name", "uid"]),
    sequence: WHOLE,
    profiles: list({ enum: ["security_control"] }),
  },
  ["product", "version"],
);
const USER = object(texts("name", "uid", "type"), [], ["name", "uid"]);
const ACTOR = object(
  { user: USER, session: object(texts("uid")), ...texts("app_name", "app_uid") },
  [],
  ["user", "session", "app_name", "app_uid"],
);
const ENDPOINT = object(texts("uid", "name", "svc_name"), [], ["uid", "name", "svc_name"]);
const POLICY = object(texts("name", "uid", "version"), [], ["name", "uid"]);
const AUTHORIZATION = object({ decision: TEXT, policy: POLICY });
const API = object(
  {
    operation: TEXT,
    service: object(texts("name", "uid"), [], ["name", "uid"]),
    request: object(texts("uid"), ["uid"]),
  },
  ["operation"],
);
const RESOURCE = object(texts("uid", "name", "type"), [], ["uid", "name"]);
const ENTITY = object(texts("uid", "name", "type"), [], ["uid", "name"]);

const BASE = {
  ...texts("activity_name", "class_name", "message", "status", "status_detail"),
  metadata: METADATA,
  actor: ACTOR,
  time: { type: "integer", minimum: 0 },
  duration: { type: "integer", minimum: 0 },
  severity_id: known(0, 1, 2, 3, 4, 5, 6, 99),
  status_id: known(0, 1, 2, 99),
};
const REQUIRED = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"];

interface OcsfClass {
  readonly uid: number;
  readonly category: number;
  readonly activities: readonly number[];
  readonly attributes: Schema;
  readonly required: readonly string[];
}

function classOf({ uid, category, activities, attributes, required }: OcsfClass): Schema {
  const numbers = {
    class_uid: { const: uid },
    category_uid: { const: category },
    activity_id: known(...activities),
    type_uid: known(...activities.map((activity) => uid * 100 + activity)),
  };
  return object({ ...BASE, ...numbers, ...attributes }, [...REQUIRED, ...required]);
}

const SECURITY = {
  action_id: known(0, 1, 2, 99),
  disposition_id: known(...Array.from({ length: 28 }, (_, i) => i), 99),
  authorizations: list(AUTHORIZATION),
  policy: POLICY,
};

/** An event is one of these. */
export const OCSF_1_8: Schema = {
  oneOf: [
    classOf({
      uid: 6003,
      category: 6,
      activities: [0, 1, 2, 3, 4, 99],
      attributes: { ...SECURITY, api: API, src_endpoint: ENDPOINT, dst_endpoint: ENDPOINT, resources: list(RESOURCE) },
      required: ["actor", "api", "src_endpoint"],
    }),
    classOf({
      uid: 3004,
      category: 3,
      activities: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99],
      attributes: { entity: ENTITY, comment: TEXT },
      required: ["entity"],
    }),
    classOf({
      uid: 3005,
      category: 3,
      activities: [0, 1, 2, 99],
      attributes: { user: USER, privileges: list(TEXT), resources: list(RESOURCE) },
      required: ["privileges", "user"],
    }),
  ],
};
