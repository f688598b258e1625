// SPDX-License-Identifier: Apache-2.0
// Arguments against the schema that was accepted (enforce E17). A schema is somebody's program: it is capped before it is
// compiled, fetches nothing, its patterns run in linear time, and where it refers to itself it runs against the clock.
import vm from "node:vm";
import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import {
  canonicalText,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  member,
  writeJson,
} from "../../core/index.ts";

/** Subschemas, levels, and UNIT: ms of one check (enforce E17). */
export const SUBSCHEMAS_MAX = 512;
export const DEPTH_MAX = 32;
export const BUDGET_MS = 20;

/** Says what is wrong with arguments; `undefined` where nothing is. */
export type ArgumentCheck = (args: JsonObject) => string | undefined;

const DIALECTS: ReadonlyMap<string, (options: Options) => Ajv> = new Map([
  ["https://json-schema.org/draft/2020-12/schema", (options) => new Ajv2020(options)],
  ["https://json-schema.org/draft/2019-09/schema", (options) => new Ajv2019(options)],
  ["http://json-schema.org/draft-07/schema", (options) => new Ajv(options)],
]);
/** SOURCE: MCP 2025-11-25, basic: without a `$schema` it is 2020-12. */
const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Patterns of a schema are outside text: no backtracking. */
const regExp = Object.assign(
  (pattern: string): { test(text: string): boolean; toString(): string } => {
    const compiled = RE2JS.compile(pattern);
    // ajv tells compiled patterns apart by their text
    return { test: (text) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  },
  { code: "linear" },
);

const OPTIONS: Options = {
  // words that JSON Schema does not know, `x-mcp-header` among them, decide nothing
  strict: false,
  validateFormats: false,
  ownProperties: true,
  inlineRefs: false,
  addUsedSchema: false,
  logger: false,
  code: { regExp },
};

/** Compiles the `inputSchema` of a tool. @returns why it cannot be, where it cannot */
export function compileSchema(schema: Json | undefined): ArgumentCheck | { readonly unusable: string } {
  if (schema === undefined) return () => undefined;
  if (!isJsonObject(schema)) return { unusable: "its schema is no object" };
  const size = measure(schema, 0, { schemas: 0, refers: false });
  if (typeof size === "string") return { unusable: size };
  const declared = member(schema, "$schema");
  const dialect = typeof declared === "string" ? declared.replace(/#$/, "") : DIALECT;
  const open = DIALECTS.get(dialect);
  if (open === undefined) return { unusable: "its schema is of a dialect that is not known here" };
  try {
    const ajv = withLinearWords(open(OPTIONS));
    const plain = plainOf(schema);
    if (!isRecord(plain)) return { unusable: "its schema is no object" };
    const check = ajv.compile(plain);
    return (args) => (size.refers ? timed(check, args) : told(check, check(plainOf(args))));
  } catch (cause) {
    return {
      unusable: `its schema cannot be used: ${cause instanceof Error ? cause.message.slice(0, 160) : "unknown"}`,
    };
  }
}

/** `uniqueItems` compares each with each; this one does not. */
function withLinearWords(ajv: Ajv): Ajv {
  ajv.removeKeyword("uniqueItems");
  return ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (isUnique: boolean, items: readonly Json[]) =>
      !isUnique || new Set(items.map((item) => canonicalText(item))).size === items.length,
  });
}

interface Size {
  readonly schemas: number;
  readonly refers: boolean;
}

/** Counts what could be a subschema, and whether anything refers: a tree of them takes linear time. */
function measure(value: Json, depth: number, so: Size): Size | string {
  if (depth > DEPTH_MAX) return `its schema has more than ${DEPTH_MAX} levels`;
  let size: Size = so;
  const inner = isJsonArray(value)
    ? value.map((one) => ["", one] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  if (isJsonObject(value)) {
    size = { schemas: size.schemas + 1, refers: size.refers || REFERS.some((word) => Object.hasOwn(value, word)) };
    const ref = member(value, "$ref");
    if (typeof ref === "string" && !ref.startsWith("#")) return "its schema refers to another document";
  }
  if (size.schemas > 2 * SUBSCHEMAS_MAX) return `its schema has more than ${SUBSCHEMAS_MAX} parts`;
  for (const [name, one] of inner) {
    // a map of names, and a list, hold schemas and are none
    const next = measure(one, NAMED.has(name) || isJsonArray(one) ? depth : depth + 1, size);
    if (typeof next === "string") return next;
    size = next;
  }
  return size;
}

const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions"]);
const REFERS = ["$ref", "$dynamicRef", "$recursiveRef"];

const CLOCK = vm.createContext({ run: undefined }, { codeGeneration: { strings: false, wasm: false } });
const RUN = new vm.Script("run()");

/** A schema that refers to itself can take any time: it is ended from outside. */
function timed(check: ValidateFunction, args: JsonObject): string | undefined {
  const plain = plainOf(args);
  try {
    CLOCK["run"] = (): boolean => check(plain);
    return told(check, RUN.runInContext(CLOCK, { timeout: BUDGET_MS }) === true);
  } catch {
    return `they could not be checked within ${BUDGET_MS} ms`;
  } finally {
    CLOCK["run"] = undefined;
  }
}

/** Which rule they break and where, never what they are. */
function told(check: ValidateFunction, isValid: boolean): string | undefined {
  if (isValid) return undefined;
  const [error] = check.errors ?? [];
  return `they break the tool's schema: ${error?.schemaPath ?? "#"}`;
}

function plainOf(json: JsonObject): unknown {
  return JSON.parse(writeJson(json));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
