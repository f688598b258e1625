// SPDX-License-Identifier: Apache-2.0
// Exports of a log (record L39): parts, each with its lines, a manifest with the digest of every file, a proof that the log
// itself has the manifest's digest, and, where the lines are entries, a proof that none between them is left out. Parts have
// to follow one another without a hole; a file that no manifest names is refused.
import { createHash } from "node:crypto";
import { readUtf8 } from "./bytes.ts";
import { attempt, quoted, VerifyError } from "./fault.ts";
import type { AgeLimit } from "./head.ts";
import type { LogSource } from "./log.ts";
import { leafHash } from "./merkle.ts";
import type { Policy } from "./policy.ts";
import { parseProof, verifyProof } from "./proof.ts";
import { verifyRange } from "./range.ts";
import { Report, type Verdict } from "./verdict.ts";

const MANIFEST = /^manifest-([0-9]{12,16})\.json$/;
/** What may lie beside the parts, and proves nothing. */
const BESIDE: ReadonlySet<string> = new Set(["verify.mjs", "README.txt"]);

interface Manifest {
  readonly log: string;
  readonly format: string;
  readonly from: number;
  readonly to: number;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

/** Is this the folder of an export? */
export function isExport(source: Pick<LogSource, "list">): boolean {
  return source.list().some((path) => MANIFEST.test(path));
}

/**
 * Is every file of the export what the log says was handed out? Without `trust` signatures are not checked and the verdict is
 * not ok.
 */
export function verifyExport(
  source: LogSource,
  trust: Policy | undefined,
  options: { readonly age?: AgeLimit | undefined } = {},
): Verdict {
  const report = new Report();
  const named = new Set(BESIDE);
  let end: number | undefined;
  for (const path of source
    .list()
    .filter((one) => MANIFEST.test(one))
    .toSorted()) {
    const part = attempt(() => new Part(source, path));
    named.add(path).add(path.replace(/\.json$/, ".tlog-proof"));
    if ("reason" in part) {
      report.failed("manifest", part.reason);
      continue;
    }
    const { manifest } = part.value;
    for (const { name } of manifest.files) named.add(name);
    if (end !== undefined && manifest.from !== end) {
      report.failed("manifest", `${path}: it begins at entry ${manifest.from}, and the part before ends at ${end}`);
    }
    end = manifest.to;
    part.value.check(trust, report, options);
  }
  for (const path of source.list().filter((one) => !named.has(one))) {
    report.failed("files", `${quoted(path)}: no manifest names it`);
  }
  report.passed("manifest", `entries up to ${end ?? 0}, in parts without a hole`);
  return report.verdict();
}

/** One part of an export. */
class Part {
  readonly manifest: Manifest;
  private readonly source: LogSource;
  private readonly path: string;
  private readonly digest: string;

  /** @throws VerifyError */
  constructor(source: LogSource, path: string) {
    const bytes = read(source, path);
    this.source = source;
    this.path = path;
    this.digest = `sha256:${sha256(bytes)}`;
    this.manifest = readManifest(readUtf8(bytes, path), path);
  }

  check(trust: Policy | undefined, report: Report, options: { readonly age?: AgeLimit | undefined }): void {
    this.checkProof(trust, report, options);
    for (const file of this.manifest.files) this.checkFile(file, report);
    if (this.manifest.format !== "jsonl") {
      report.notRunOptional(
        "range",
        `${this.path}: lines of the format ${quoted(this.manifest.format)} carry no proof`,
      );
      return;
    }
    const entries = attempt(() => this.entries());
    const range = attempt(() => readUtf8(read(this.source, this.fileName("range-")), this.fileName("range-")));
    if ("reason" in entries) report.failed("range", entries.reason);
    else if ("reason" in range) report.failed("range", range.reason);
    else report.include(verifyRange(range.value, entries.value, trust), new Set(["format"]));
  }

  /** The manifest's digest is in an entry of the log. */
  private checkProof(
    trust: Policy | undefined,
    report: Report,
    options: { readonly age?: AgeLimit | undefined },
  ): void {
    const path = this.path.replace(/\.json$/, ".tlog-proof");
    const text = attempt(() => readUtf8(read(this.source, path), path));
    if ("reason" in text) return report.failed("manifest", text.reason);
    const verdict = verifyProof(text.value, trust, options);
    report.include(verdict);
    const told = attempt(() => parsed(Buffer.from(parseProof(text.value).extra ?? []).toString(), path));
    const entry = "value" in told ? told.value : {};
    if (entry["name"] !== "log.read" || entry["after"] !== this.digest || entry["log"] !== this.manifest.log) {
      report.failed("manifest", `${this.path}: the entry that is proved does not have its digest`);
    }
  }

  private checkFile({ name, bytes, sha256: digest }: Manifest["files"][number], report: Report): void {
    const content = attempt(() => read(this.source, name));
    if ("reason" in content) report.failed("files", content.reason);
    else if (content.value.length !== bytes || sha256(content.value) !== digest) {
      report.failed("files", `${quoted(name)}: not the file that the manifest names`);
    } else report.passed("files", "each has the digest that its manifest names");
  }

  /** The entries as they were hashed, each at its index. @throws VerifyError */
  private entries(): readonly Uint8Array[] {
    const name = this.fileName("entries-");
    const text = readUtf8(read(this.source, name), name);
    const lines = text.split("\n");
    if (lines.pop() !== "") throw new VerifyError(name, "the last line does not end");
    return lines.map((line, i) => {
      const place = `${name} line ${i + 1}`;
      const [, index, leaf, entry] =
        /^\{"index":([0-9]{1,16}),"leaf":"([A-Za-z0-9_-]{43})","entry":(\{.*\})\}$/.exec(line) ?? [];
      if (entry === undefined) throw new VerifyError(place, "not an index, a leaf hash and an entry");
      if (Number(index) !== this.manifest.from + i) throw new VerifyError(place, `entry ${index} is not the next one`);
      const bytes = Buffer.from(entry);
      if (Buffer.from(leafHash(bytes)).toString("base64url") !== leaf) {
        throw new VerifyError(place, "the entry does not hash to its leaf");
      }
      return bytes;
    });
  }

  /** @throws VerifyError */
  private fileName(prefix: string): string {
    const file = this.manifest.files.find(({ name }) => name.startsWith(prefix));
    if (file === undefined) throw new VerifyError(this.path, `it names no file ${prefix}`);
    return file.name;
  }
}

/** @throws VerifyError */
function readManifest(text: string, path: string): Manifest {
  const value = parsed(text, path);
  const { kind, log, format, from, to, files } = value;
  const list = Array.isArray(files) ? files.map(membersOf) : [];
  const known = list.flatMap(({ name, bytes, sha256: digest }) =>
    typeof name === "string" &&
    /^[a-z]+-[0-9]{12,16}\.[a-z]+$/.test(name) &&
    typeof bytes === "number" &&
    typeof digest === "string"
      ? [{ name, bytes, sha256: digest }]
      : [],
  );
  const isWhole = kind === "bailiwick/export@v1" && typeof log === "string" && typeof format === "string";
  if (!isWhole || !isIndex(from) || !isIndex(to) || from >= to || known.length !== list.length || known.length === 0) {
    throw new VerifyError(path, "not the manifest of an export");
  }
  if (Number(MANIFEST.exec(path)?.[1]) !== from) throw new VerifyError(path, "its name is not that of its first entry");
  return { log, format, from, to, files: known };
}

function parsed(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    throw new VerifyError(path, "not JSON");
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** @throws VerifyError */
function read(source: LogSource, path: string): Uint8Array {
  const bytes = source.read(path);
  if (bytes === undefined) throw new VerifyError(path, "missing");
  return bytes;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
