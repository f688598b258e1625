// SPDX-License-Identifier: Apache-2.0
// Cedar's own parser and validator, alone in a thread: a trap in it spoils its memory for good (D14), and never ours.
import { parentPort } from "node:worker_threads";
import {
  formatPolicies,
  policySetTextToParts,
  policyToJson,
  schemaToJsonWithResolvedTypes,
  schemaToText,
  templateToJson,
  validate,
} from "@cedar-policy/cedar-wasm/nodejs";
import type { ParserCall, ParserReply } from "./parser-calls.ts";

// The binding hands over every answer through JSON.parse, which rounds integers beyond 2^53. In this realm nothing else
// parses JSON, so the text passes through as it is and the other side reads it without loss (D6).
JSON.parse = (text: string): string => text;

/** UNIT: characters; of this repository's own sets. */
const LINE_WIDTH = 120;
const INDENT_WIDTH = 2;

function run(call: ParserCall): unknown {
  switch (call.op) {
    case "policy":
      return policyToJson(call.text);
    case "template":
      return templateToJson(call.text);
    case "parts":
      return policySetTextToParts(call.text);
    case "schema":
      return schemaToJsonWithResolvedTypes(call.text);
    case "format":
      return formatPolicies({ policyText: call.text, lineWidth: LINE_WIDTH, indentWidth: INDENT_WIDTH });
    case "format-schema":
      return schemaToText(call.text);
    case "validate":
      return validate({ schema: call.schema, policies: { staticPolicies: call.policies } });
    default:
      return call satisfies never;
  }
}

function reply(call: ParserCall): ParserReply {
  try {
    return { answer: run(call) };
  } catch (trap) {
    return { trap: String(trap) };
  }
}

parentPort?.on("message", (call: ParserCall) => {
  parentPort?.postMessage(reply(call)); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread, not a window
});
