// SPDX-License-Identifier: Apache-2.0
// The policies of a bundle: each parsed by itself, in the order in which they stand in the files, so that every one keeps its
// place (D15). Before the parser sees a text it is scanned for what would trap it (D14).
import { isJsonArray, type Json, member, type Problem } from "../../core/index.ts";
import type { CedarParser } from "../cedar/parser.ts";
import type { Policy } from "../cedar/policy.ts";
import { readPolicy } from "../cedar/read-policy.ts";
import { CHAIN_MAX, NESTING_MAX, type Piece, scanning } from "../cedar/scan.ts";
import { DecideError } from "../errors.ts";
import { inTurns, type Pause } from "../turns.ts";
import { askParser, type Passage } from "./ask.ts";
import { type Notes, readNotes } from "./notes.ts";
import { type Complaint, problemAt, type SourceFile } from "./source.ts";

/** SOURCE: decide section 2, `limits` */
const POLICIES_MAX = 20_000;
/** UNIT: UTF-16 units. SOURCE: decide section 2, `limits` */
const POLICY_MAX_LENGTH = 65_536;

export interface ParsedPolicy extends Passage {
  readonly policy: Policy;
  /** Policy JSON as the parser gave it, for digests. */
  readonly json: Json;
  readonly notes: Notes;
}

export async function parsePolicies(
  files: readonly SourceFile[],
  parser: CedarParser,
  problems: Problem[],
  pause: Pause,
): Promise<readonly ParsedPolicy[]> {
  const policies: ParsedPolicy[] = [];
  for (const file of files) {
    const problemsBefore = problems.length;
    const pieces = await piecesOf(file, problems, pause);
    if (policies.length + pieces.length > POLICIES_MAX) {
      problems.push(
        problemAt(file, 0, {
          code: "too_many_policies",
          text: `a bundle has at most ${POLICIES_MAX}`,
          fix: "write rules over groups",
        }),
      );
      break;
    }
    for (const piece of pieces) {
      const parsed = await parsePiece(file, piece, parser, problems);
      if (parsed !== undefined) policies.push(parsed);
      // an answer of the parser is there at once where it was fast: without this nobody else would have a turn
      await pause();
    }
    if (problems.length === problemsBefore) await countAgain(file, pieces.length, parser, problems);
  }
  return policies;
}

async function piecesOf(file: SourceFile, problems: Problem[], pause: Pause): Promise<readonly Piece[]> {
  const pieces = await inTurns(scanning(file.text), pause);
  if ("code" in pieces) {
    const text =
      pieces.code === "nesting_too_deep"
        ? `brackets and \`if\` stand deeper than ${NESTING_MAX} in one another`
        : `more than ${CHAIN_MAX} operators hang on one another`;
    problems.push(problemAt(file, pieces.offset, { code: pieces.code, text, fix: "split the policy in two" }));
    return [];
  }
  return pieces;
}

async function parsePiece(
  file: SourceFile,
  piece: Piece,
  parser: CedarParser,
  problems: Problem[],
): Promise<ParsedPolicy | undefined> {
  const text = file.text.slice(piece.start, piece.end);
  const passage: Passage = { file, start: piece.start, text };
  const refused = refusal(piece, text);
  if (refused !== undefined) {
    problems.push(problemAt(file, piece.start, refused));
    return undefined;
  }
  const asked = await askParser(parser, { op: "policy", text }, passage);
  if ("problems" in asked) {
    problems.push(...asked.problems);
    return undefined;
  }
  const json = member(asked.answer, "json") ?? null;
  try {
    const read = readPolicy("", json);
    const { notes, complaints } = readNotes(read);
    problems.push(...complaints.map((complaint) => problemAt(file, piece.start, complaint)));
    return { ...passage, policy: { ...read, id: notes.id }, json, notes };
  } catch (cause) {
    if (!(cause instanceof DecideError)) throw cause;
    problems.push(problemAt(file, piece.start, { code: "unsupported_expression", text: cause.message }));
    return undefined;
  }
}

function refusal(piece: Piece, text: string): Complaint | undefined {
  if (text.length > POLICY_MAX_LENGTH)
    return {
      code: "policy_too_large",
      text: `a policy has at most ${POLICY_MAX_LENGTH} characters`,
      fix: "split the policy in two",
    };
  if (piece.template)
    return {
      code: "template_not_linked",
      text: "a template decides nothing, and this version links none",
      fix: "name the entity in the place of the slot",
    };
  return undefined;
}

/** The scanner found the policies; Cedar must find as many, or one of them was swallowed by another. */
async function countAgain(file: SourceFile, found: number, parser: CedarParser, problems: Problem[]): Promise<void> {
  const asked = await askParser(parser, { op: "parts", text: file.text }, { file, start: 0, text: file.text });
  if ("problems" in asked) {
    problems.push(...asked.problems);
    return;
  }
  const parts = member(asked.answer, "policies");
  const count = isJsonArray(parts) ? parts.length : -1;
  if (count !== found)
    problems.push(
      problemAt(file, 0, { code: "policies_miscounted", text: `${found} policies were read, Cedar sees ${count}` }),
    );
}
