// SPDX-License-Identifier: Apache-2.0
// One witness, asked once, and where it saw another size than we thought, once more from there.
import { BailiwickError, type Bytes, type Outbound } from "../../core/index.ts";
import type { Growth, Head } from "../index.ts";
import { readDecimal, VerifyError } from "../verify/index.ts";
import { writeAddCheckpoint } from "./message.ts";
import type { AskedWitness } from "./trust.ts";

/** UNIT: bytes. Largest answer, and largest note (record L35). */
export const NOTE_MAX_BYTES = 65_536;

export interface Asking {
  readonly head: Head;
  readonly growth: Growth;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** What a witness said. `away`: nothing, or that it cannot now. `refused`: no. `ahead`: it saw more of us than we have. */
export type Said = (
  | { readonly result: "cosigned"; readonly lines: string }
  | { readonly result: "away" | "refused" | "ahead" }
) & {
  readonly detail: string;
  /** The largest size that it saw of this log, where that is known now. */
  readonly size?: number;
};

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** @param known - the size that it cosigned last, as far as we know; 0 asks it. Never rejects. */
export async function ask(
  outbound: Outbound,
  witness: AskedWitness,
  known: number | undefined,
  asking: Asking,
): Promise<Said> {
  const { head } = asking;
  try {
    const first = await post(outbound, witness, Math.min(known ?? 0, head.size), asking);
    if (first.status !== 409) return said(first, head);
    const size = sizeIn(first);
    if (size === undefined) return { result: "refused", detail: "409 without the size that it saw" };
    if (size > head.size) {
      return { result: "ahead", detail: `it says that it saw ${size} entries, this log has ${head.size}` };
    }
    const second = await post(outbound, witness, size, asking);
    return second.status === 409
      ? { result: "away", detail: "somebody else submits to it now", size }
      : said(second, head);
  } catch (cause) {
    if (cause instanceof VerifyError) return { result: "refused", detail: cause.message };
    if (cause instanceof BailiwickError) return { result: "away", detail: cause.message };
    return { result: "away", detail: asking.signal.aborted ? "no answer in time" : "no answer" };
  }
}

async function post(outbound: Outbound, witness: AskedWitness, old: number, asking: Asking): Promise<Reply> {
  const { head, growth, signal, timeoutMs } = asking;
  // where nothing was added, or nothing was seen, there is nothing to prove
  const proof = old === 0 || old === head.size ? [] : await growth(old);
  const answer = await outbound.request({
    method: "POST",
    url: new URL(`${witness.url.href.replace(/\/$/, "")}/add-checkpoint`),
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: writeAddCheckpoint(old, proof, head.note),
    signal,
    headMs: timeoutMs,
    idleMs: timeoutMs,
    redirects: 0,
    isPrivate: true,
  });
  return {
    status: answer.status,
    type: answer.headers["content-type"] ?? "",
    text: await readText(answer.body),
  };
}

function said({ status, text }: Reply, head: Head): Said {
  if (status === 200) return { result: "cosigned", detail: `size ${head.size}`, size: head.size, lines: text };
  const refusal = REFUSALS.get(status);
  if (refusal !== undefined) return { result: "refused", detail: `${status}: ${refusal}` };
  return { result: "away", detail: `it answers ${status}` };
}

/** What does not pass by itself (tlog-witness, "add-checkpoint"). */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [400, "it cannot read what this log sends"],
  [403, "it does not trust the signature: it has no key, or another key, of this log, or saw it lie"],
  [404, "it does not know this log"],
  [422, "what it saw of this log is not the beginning of what the log is now"],
]);

/** The body of a 409: the size, and a line feed. */
function sizeIn({ type, text }: Reply): number | undefined {
  if (type.split(";", 1)[0]?.trim() !== "text/x.tlog.size" || !text.endsWith("\n")) return undefined;
  const size = readDecimal(text.slice(0, -1), "a witness's size");
  return size > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(size);
}

/** @throws VerifyError where it is longer than a note may be */
export async function readText(body: AsyncIterable<Bytes>): Promise<string> {
  const pieces: Bytes[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > NOTE_MAX_BYTES) throw new VerifyError("a witness's answer", `over ${NOTE_MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
