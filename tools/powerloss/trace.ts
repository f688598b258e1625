// SPDX-License-Identifier: Apache-2.0
// Reads what a process did to files from strace: `strace -ff -ttt -y -xx -s 4194304 -e trace=<CALLS> -o <prefix> program`.
// Every string is then in hexadecimal, every descriptor has its path beside it, and each thread has a file of its own.
import { globSync, readFileSync } from "node:fs";

/** The system calls that change files or make changes durable, and those that tell somebody. */
export const CALLS =
  "openat,write,pwrite64,ftruncate,rename,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync";
export const TRACER: readonly string[] = [
  "strace",
  "-ff",
  "-ttt",
  "-y",
  "-xx",
  "-s",
  "4194304",
  "-e",
  `trace=${CALLS}`,
];

/** One successful call. Paths are absolute. */
export type Operation =
  | { readonly kind: "create"; readonly path: string }
  | { readonly kind: "truncate"; readonly path: string; readonly length: number }
  /** `isSynced`: the descriptor is O_DSYNC or O_SYNC. `position` is left out where it is written at the end. */
  | {
      readonly kind: "write";
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly position: number | undefined;
      readonly isSynced: boolean;
    }
  | { readonly kind: "rename"; readonly path: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "sync"; readonly path: string };

interface Line {
  readonly at: number;
  readonly call: string;
  readonly args: string;
  readonly result: string;
}

/** What a traced process did, in the order in which its threads began it. */
export function readTrace(prefix: string): readonly Operation[] {
  const lines = globSync(`${prefix}.*`).flatMap((file) => linesOf(readFileSync(file, "latin1")));
  const synced = new Set<string>();
  return lines.toSorted((a, b) => a.at - b.at).flatMap((line) => operationOf(line, synced) ?? []);
}

function linesOf(text: string): readonly Line[] {
  return text.split("\n").flatMap((line) => {
    const [, at, call, args, result] = /^([\d.]+) (\w+)\((.*)\) += (-?\d+.*)$/.exec(line) ?? [];
    if (at === undefined || call === undefined || args === undefined || result === undefined) return [];
    return result.startsWith("-") ? [] : [{ at: Number(at), call, args, result }];
  });
}

/** @param synced - descriptors that are written through */
function operationOf({ call, args, result }: Line, synced: Set<string>): Operation | undefined {
  if (call === "openat") return opened(args, result, synced);
  const [, fd = "", place] = /^(\d+)<([^>]*)>/.exec(args) ?? [];
  if (place === undefined) return named(call, args);
  const path = textOf(place);
  const last = Number(args.slice(args.lastIndexOf(",") + 1));
  if (call === "ftruncate") return { kind: "truncate", path, length: last };
  if (!call.endsWith("write") && call !== "pwrite64") return { kind: "sync", path };
  const [text = ""] = textsOf(args);
  const bytes = Buffer.from(text, "latin1").subarray(0, Number.parseInt(result, 10));
  return { kind: "write", path, bytes, position: call === "write" ? undefined : last, isSynced: synced.has(fd) };
}

/** What is done to a path. */
function named(call: string, args: string): Operation {
  const [path = "", to = ""] = textsOf(args);
  if (call.startsWith("mkdir")) return { kind: "folder", path };
  return call.startsWith("rename") ? { kind: "rename", path, to } : { kind: "remove", path };
}

function textsOf(args: string): readonly string[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = ""]) => textOf(hex));
}

function opened(args: string, result: string, synced: Set<string>): Operation | undefined {
  const [, fd = "", place = ""] = /^(\d+)<([^>]*)>/.exec(result) ?? [];
  if (/O_D?SYNC/.test(args)) synced.add(fd);
  else synced.delete(fd);
  if (args.includes("O_CREAT")) return { kind: "create", path: textOf(place) };
  return args.includes("O_TRUNC") ? { kind: "truncate", path: textOf(place), length: 0 } : undefined;
}

/** `\x41\x42` as it was, one character for each byte. */
function textOf(hex: string): string {
  return Buffer.from(hex.replaceAll("\\x", ""), "hex").toString("latin1");
}
