// SPDX-License-Identifier: Apache-2.0
// One question to Cedar's parser about a piece of a file, and what it complains of, at its place in that file.
import { isJsonArray, type Json, member, type Problem } from "../../core/index.ts";
import type { CedarParser } from "../cedar/parser.ts";
import type { ParserCall } from "../cedar/parser-calls.ts";
import { DecideError } from "../errors.ts";
import { type Complaint, characterAt, problemAt, type SourceFile } from "./source.ts";

/** A piece of a file: what a policy, or a whole schema, is. */
export interface Passage {
  readonly file: SourceFile;
  /** UNIT: UTF-16 units from the start of the file. */
  readonly start: number;
  readonly text: string;
}

/** The parser's answer, or problems where it refused the text, trapped or took too long. */
export async function askParser(
  parser: CedarParser,
  call: ParserCall,
  about: Passage,
): Promise<{ readonly answer: Json } | { readonly problems: readonly Problem[] }> {
  try {
    const answer = await parser.call(call);
    if (member(answer, "type") === "success") return { answer };
    const errors = member(answer, "errors");
    return { problems: (isJsonArray(errors) ? errors : [answer]).map((e) => problemOf(e, about, { code: "cedar" })) };
  } catch (cause) {
    if (!(cause instanceof DecideError)) throw cause;
    const complaint = { code: "parser_failed", text: cause.message, fix: "make the policy smaller or flatter" };
    return { problems: [problemAt(about.file, about.start, complaint)] };
  }
}

/** One of the parser's errors or warnings, where it says it is. */
export function problemOf(
  error: Json | undefined,
  about: Passage,
  kind: Pick<Complaint, "code"> & Partial<Complaint>,
): Problem {
  const locations = member(error, "sourceLocations");
  const place = isJsonArray(locations) ? locations[0] : undefined;
  const byte = member(place, "start");
  const help = member(error, "help") ?? member(place, "label");
  return problemAt(about.file, about.start + (typeof byte === "number" ? characterAt(about.text, byte) : 0), {
    text: messageOf(error),
    ...(typeof help === "string" ? { fix: help } : {}),
    ...kind,
  });
}

/** The message without the id that the place says already. */
export function messageOf(error: Json | undefined): string {
  const message = member(error, "message");
  if (typeof message !== "string") return "the parser gave no reason";
  return message
    .replace(/^failed to parse \w+(?: with id `[^`]*`)? from string: /, "")
    .replace(/^for policy `[^`]*`, /, "");
}
