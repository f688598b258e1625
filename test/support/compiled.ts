// SPDX-License-Identifier: Apache-2.0
// Where programs that tests start keep what they compiled: the folder that the command itself uses. A program that is going to
// be killed says `flushCompileCache()` once it runs; the others write it when they end.
import path from "node:path";

export const COMPILED: { readonly NODE_COMPILE_CACHE: string } = {
  NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, "..", "..", "node_modules", ".cache", "bailiwick"),
};
