// SPDX-License-Identifier: Apache-2.0
// Grants and calls for property tests, from few words so that they meet often, and a slow evaluator that says what a grant
// means without a line of the code it judges.
import * as fc from "fast-check";
import {
  argsS256,
  type Constraint,
  type GrantCall,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parseStepGrant,
  type StepGrant,
  stepGrantJson,
} from "../index.ts";

const LEVELS = ["public", "internal", "confidential", "restricted"] as const;
const PLACES = ["https://g/mcp", "https://g/mcp/a", "https://g/mcp/a/b", "https://g/mcp/ab", "https://h/mcp/a"];
const PATHS = ["/data", "/data/proj", "/data/proj/x", "/data/project"];
const NUMBERS = ["0", "1", "1.5", "10", "9007199254740993"];
const POINTERS = ["/p", "/n", "/list/*"];

const some = <T>(items: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...items], { minLength: 1 });
const at = fc.constantFrom(...POINTERS);
const scalar = fc.constantFrom<string | number>(...PATHS, "x", 1, 1.5, 10);

/** One constraint as JSON, of any kind. */
export const anyConstraint: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ kind: fc.constant("exact"), at, value: scalar }),
  fc.record({ kind: fc.constant("one_of"), at, values: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant("prefix"), at, value: fc.constantFrom(...PATHS) }),
  fc
    .tuple(at, fc.nat(4), fc.nat(4), fc.constantFrom("EUR", "count"), fc.constantFrom("min", "max", "both"))
    .map(([pointer, a, b, unit, ends]) => {
      const [min = "0", max = "0"] = [NUMBERS[Math.min(a, b)], NUMBERS[Math.max(a, b)]];
      const range = { kind: "range", at: pointer, unit };
      return { ...range, ...(ends === "max" ? {} : { min }), ...(ends === "min" ? {} : { max }) };
    }),
  fc.record({
    kind: fc.constant("max_length"),
    at,
    max: fc.constantFrom(1, 5, 11),
    unit: fc.constantFrom("bytes", "items"),
  }),
  fc.record({
    kind: fc.constant("digest"),
    at,
    value: fc.constantFrom(`sha256:${"0".repeat(64)}`, `sha256:${"1".repeat(64)}`),
  }),
  fc.record({ kind: fc.constant("absent"), at }),
);

const values: fc.Arbitrary<Json> = fc.constantFrom<Json>(...PATHS, "x", "1.5", "1 EUR", 1, 1.5, 10, [], ["x"], {
  a: 1,
});

export const anyArgs: fc.Arbitrary<JsonObject> = fc.record(
  { p: values, n: values, list: fc.oneof(values, fc.array(values, { maxLength: 3 })) },
  { requiredKeys: [] },
);

const budget = fc.record(
  {
    calls: fc.nat(3),
    tokens: fc.nat(3),
    bytesOut: fc.nat(3),
    cost: fc.record({ currency: fc.constantFrom("EUR", "USD"), amount: fc.constantFrom("1", "1.50", "10") }),
  },
  { requiredKeys: [] },
);

export const anyGrant: fc.Arbitrary<StepGrant> = fc
  .record(
    {
      verbs: some(["view", "share", "execute"]),
      locations: some(PLACES),
      datatypes: fc.subarray(["health", "personal"]),
      constraints: fc.array(anyConstraint, { maxLength: 3 }),
      labelMax: fc.constantFrom(...LEVELS),
      jurisdictions: some(["DE", "FR", "US"]),
      purpose: fc.constantFrom("office", "office.mail", "officer"),
      budget,
      argsS256: fc.constantFrom(argsS256({}), argsS256({ p: "x" })),
    },
    {
      requiredKeys: [
        ...(["verbs", "locations", "datatypes", "constraints"] as const),
        ...(["labelMax", "jurisdictions", "purpose", "budget"] as const),
      ],
    },
  )
  .map((json) => parseStepGrant(json));

/** A grant made of another by narrowing it here and there, and sometimes widening it. */
export function grantNear(parent: StepGrant): fc.Arbitrary<StepGrant> {
  const json = stepGrantJson(parent);
  return fc
    .record({ other: anyGrant, take: fc.subarray(Object.keys(json)), extra: fc.array(anyConstraint, { maxLength: 2 }) })
    .map(({ other, take, extra }) => {
      const changed = Object.fromEntries(Object.entries(stepGrantJson(other)).filter(([name]) => take.includes(name)));
      const near = { ...json, ...changed };
      const constraints = isJsonArray(near["constraints"]) ? near["constraints"] : [];
      return parseStepGrant({ ...near, constraints: [...constraints, ...extra] });
    });
}

export const anyCall: fc.Arbitrary<GrantCall> = fc.record({
  verb: fc.constantFrom("view", "share", "execute"),
  locations: fc.array(fc.constantFrom(...PLACES, "https://g/mcp/a/b/c"), { minLength: 1, maxLength: 2 }),
  datatypes: fc.subarray(["health", "personal"]),
  args: anyArgs,
  level: fc.constantFrom(...LEVELS),
  jurisdiction: fc.constantFrom("DE", "FR", "US"),
  purpose: fc.constantFrom("office", "office.mail", "office.mail.in", "officer"),
});

/** A call that a grant may well let through, if its arguments are right. */
export function callNear({ verbs, locations, purpose, jurisdictions }: StepGrant): fc.Arbitrary<GrantCall> {
  const near = fc.record({
    verb: fc.constantFrom(...verbs),
    locations: fc.subarray([...locations], { minLength: 1 }),
    datatypes: fc.constant([]),
    level: fc.constant("public" as const),
    jurisdiction: fc.constantFrom(...jurisdictions),
    purpose: fc.constantFrom(purpose, `${purpose}.more`),
  });
  return fc.tuple(anyCall, near, fc.boolean()).map(([call, good, isNear]) => (isNear ? { ...call, ...good } : call));
}

const dotted = (purpose: string): string[] => purpose.split(".");

function below(place: string, area: string): boolean {
  return area.split("/").every((segment, i) => place.split("/")[i] === segment);
}

/** What a grant means for a call, word by word. */
export function slowlyCovers(grant: StepGrant, call: GrantCall): boolean {
  return (
    grant.verbs.some((verb) => verb === call.verb) &&
    call.locations.every((place) => grant.locations.some((area) => below(place, area))) &&
    call.datatypes.every((type) => grant.datatypes.some((own) => own === type)) &&
    LEVELS.indexOf(call.level) <= LEVELS.indexOf(grant.labelMax) &&
    grant.jurisdictions.some((own) => own === call.jurisdiction) &&
    dotted(grant.purpose).every((word, i) => dotted(call.purpose)[i] === word) &&
    (grant.argsS256 === undefined || grant.argsS256 === argsS256(call.args)) &&
    grant.constraints.every((constraint) => slowlyKeeps(constraint, call.args))
  );
}

function slowlyKeeps(limit: Constraint, args: Json): boolean {
  const [, name = "", each] = limit.at.split("/");
  const target = isJsonObject(args) ? args[name] : undefined;
  if (each === "*" && target !== undefined && !isJsonArray(target)) return false;
  const found = each === "*" ? (isJsonArray(target) ? target : []) : target === undefined ? [] : [target];
  if (limit.kind === "absent") return found.length === 0;
  return found.length > 0 && found.every((value) => slowlyAdmits(limit, value));
}

function slowlyAdmits(limit: Constraint, value: Json): boolean {
  if (limit.kind === "exact") return value === limit.value;
  if (limit.kind === "one_of") return limit.values.some((one) => one === value);
  if (limit.kind === "prefix") return typeof value === "string" && below(value, limit.value);
  if (limit.kind === "range") return slowlyInRange(limit, value);
  if (limit.kind !== "max_length") return false; // no value of the tests has such a digest
  if (limit.unit === "items") return isJsonArray(value) && value.length <= limit.max;
  return typeof value === "string" && Buffer.byteLength(value) <= limit.max;
}

function slowlyInRange(limit: Extract<Constraint, { kind: "range" }>, value: Json): boolean {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^[0-9.]+( [A-Z]+)?$/.test(text)) return false;
  const [number = "", unit = limit.unit] = text.split(" ");
  const isLow = limit.min !== undefined && scaled(number) < scaled(limit.min);
  return unit === limit.unit && !isLow && (limit.max === undefined || scaled(number) <= scaled(limit.max));
}

/** Whole thousandths, so that nothing is rounded. */
function scaled(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(3, "0"));
}
