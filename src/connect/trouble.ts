// SPDX-License-Identifier: Apache-2.0
// What a client is told when a call did not get through: a plain MCP error, in words that a person can act on.
import { BailiwickError } from "../core/index.ts";
import { ConnectError } from "./errors.ts";
import { type GateAnswer, isObject, readText } from "./http.ts";
import type { RequestId } from "./message.ts";

/** The gate's own codes (enforce E27), outside what JSON-RPC and MCP reserve. */
const CODE = { denied: -31_001, waiting: -31_002, undecidable: -31_003 } as const;
const CODES: ReadonlyMap<string, number> = new Map([
  ["CONNECT_REFUSED", CODE.denied],
  ["CONNECT_PAIRING", CODE.waiting],
]);
/** UNIT: bytes. */
const REASON_MAX_BYTES = 64 * 1024;

export interface Trouble {
  readonly code: number;
  readonly message: string;
}

export function troubleOf(fault: unknown): Trouble {
  if (!(fault instanceof BailiwickError))
    return { code: CODE.undecidable, message: "bailiwick connect: it failed here, and nothing is known of the call" };
  const fix = fault.fix === undefined ? "" : ` Fix: ${fault.fix}.`;
  const code = fault instanceof ConnectError ? CODES.get(fault.code) : undefined;
  return { code: code ?? CODE.undecidable, message: `bailiwick connect: ${fault.message}.${fix}` };
}

/** Of an answer that is no message: the gate's status, and its reason where it gives one. @param read - its body, if it was read */
export async function troubleOfAnswer(answer: GateAnswer, read?: string): Promise<Trouble> {
  const { status } = answer;
  const challenge = /error="([a-z_]{1,64})"/.exec(answer.header("www-authenticate") ?? "")?.[1];
  const text = read ?? (await readText(answer, REASON_MAX_BYTES).catch(() => "")); // the status says enough
  const why = [challenge, reasonIn(text)].filter((part) => part !== undefined).join(": ");
  const told = `bailiwick connect: the gate answered HTTP ${status}${why === "" ? "" : ` (${why})`}`;
  return { code: status === 401 || status === 403 ? CODE.denied : CODE.undecidable, message: told };
}

export function errorText(id: RequestId | null, { code, message }: Trouble): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
}

function reasonIn(text: string): string | undefined {
  try {
    const found: unknown = JSON.parse(text);
    if (!isObject(found)) return undefined;
    const { error, detail, title } = found;
    return [error, detail, title].find((part) => typeof part === "string");
  } catch {
    return undefined; // a proxy's page
  }
}
