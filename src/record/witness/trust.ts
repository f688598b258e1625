// SPDX-License-Identifier: Apache-2.0
// Who is asked, and whose logs are answered: the two tlog-policy files of section `record.witness`, read for this server.
import { quote } from "../../core/index.ts";
import { RecordError } from "../index.ts";
import { meetsQuorum, type Policy, parsePolicy, readUtf8, type VerifierKey, VerifyError } from "../verify/index.ts";

/** One place that is asked, with the keys that answer there. */
export interface AskedWitness {
  /** As the policy calls the first of its keys. */
  readonly name: string;
  readonly url: URL;
  readonly keys: readonly VerifierKey[];
}

/** Whom this log asks. */
export interface WitnessPolicy {
  readonly policy: Policy;
  readonly witnesses: readonly AskedWitness[];
  /** The lines of the file but its logs: with the log's own keys before them they are what a stranger trusts. */
  readonly lines: string;
}

/**
 * Reads the policy that this log asks witnesses by.
 * @param own - vkeys of the witness that runs here: it says nothing that the log does not say itself (record L27)
 * @throws RecordError RECORD_CONFIG
 */
export function readWitnessPolicy(file: string, octets: Uint8Array, own: readonly string[]): WitnessPolicy {
  const { policy, text } = read(file, octets);
  if (policy.quorum === "none") throw refused(file, "its quorum is none", "name the witnesses that must cosign");
  const ours = new Set(own.map(publicPart));
  for (const [name, key] of policy.witnesses) {
    if (!ours.has(Buffer.from(key.key).toString("base64"))) continue;
    const fix = "take it out: `bailiwick record witness policy` leaves the log's own organisation out";
    throw refused(file, `${quote(name)} is the witness of this very server`, fix);
  }
  if (!meetsQuorum(policy, new Set(policy.urls.keys()))) {
    throw refused(file, "too few of its witnesses have a URL to be asked at", "give each witness line its URL");
  }
  return { policy, witnesses: witnessesOf(file, policy), lines: linesOf(text) };
}

/** The logs of others that are cosigned here, by origin. @throws RecordError RECORD_CONFIG */
export function readTrustedLogs(
  files: ReadonlyMap<string, Uint8Array>,
  ownOrigin: string,
): ReadonlyMap<string, readonly VerifierKey[]> {
  const logs = new Map<string, VerifierKey[]>();
  for (const [file, octets] of files) {
    for (const key of read(file, octets).policy.logs) {
      if (key.name === ownOrigin) {
        throw refused(file, `${quote(key.name)} is the log of this very server`, "a log cannot be its own witness");
      }
      logs.set(key.name, [...(logs.get(key.name) ?? []), key]);
    }
  }
  return logs;
}

function witnessesOf(file: string, policy: Policy): readonly AskedWitness[] {
  const byUrl = new Map<string, AskedWitness>();
  for (const [name, key] of policy.witnesses) {
    const text = policy.urls.get(name);
    if (text === undefined) continue;
    const url = urlOf(file, text);
    const known = byUrl.get(url.href);
    byUrl.set(url.href, { name: known?.name ?? shown(name), url, keys: [...(known?.keys ?? []), key] });
  }
  return [...byUrl.values()];
}

/** A submission prefix, to which `/add-checkpoint` is added. */
function urlOf(file: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url;
  throw refused(file, `${quote(text)} is no http or https address`, "give the witness's submission prefix");
}

function read(file: string, octets: Uint8Array): { readonly policy: Policy; readonly text: string } {
  try {
    return { policy: parsePolicy(octets), text: readUtf8(octets, "policy") };
  } catch (cause) {
    if (!(cause instanceof VerifyError)) throw cause;
    throw refused(file, cause.message, "write it with `bailiwick record witness policy`", cause);
  }
}

function linesOf(text: string): string {
  return text
    .split("\n")
    .filter((line) => /^[ \t]*(?:witness|group|quorum)[ \t]/.test(line))
    .map((line) => `${line}\n`)
    .join("");
}

/** The base64 of a vkey's key without its type, so that one key under two names is still one. */
function publicPart(vkey: string): string {
  return Buffer.from(vkey.split("+").slice(2).join("+"), "base64").subarray(1).toString("base64");
}

/** A name of a policy, whose octets stand as one character each. */
function shown(name: string): string {
  return Buffer.from(name, "latin1").toString("utf8");
}

function refused(file: string, why: string, fix: string, cause?: unknown): RecordError {
  return new RecordError("RECORD_CONFIG", `reading the policy ${quote(file)}: ${why}`, { fix, cause });
}
