// SPDX-License-Identifier: Apache-2.0
// What one source file imports, in every spelling that the language has.
import { parseSync, Visitor } from "oxc-parser";

export interface Import {
  /** undefined where `import()` takes something that is no string literal. */
  readonly specifier: string | undefined;
  /** From 1. */
  readonly line: number;
  /** `type`: nothing of it is left at run time. */
  readonly how: "value" | "type" | "dynamic";
}

/** @throws Error where the file does not parse */
export function importsOf(file: string, text: string): readonly Import[] {
  const { module, program, errors } = parseSync(file, text);
  if (errors[0] !== undefined) throw new Error(`reading ${file}: ${errors[0].message}`);
  const imports: Import[] = [];
  const add = (start: number, specifier: string | undefined, how: Import["how"]): void => {
    imports.push({ specifier, line: text.slice(0, start).split("\n").length, how });
  };
  for (const { start, moduleRequest } of module.staticImports) add(start, moduleRequest.value, erased(text, start));
  for (const { entries, start } of module.staticExports) {
    for (const specifier of new Set(entries.map((entry) => entry.moduleRequest?.value))) {
      // without `from`, or a name that an import above brought in: that import is judged already
      if (specifier !== undefined && text.startsWith("export", start)) add(start, specifier, erased(text, start));
    }
  }
  for (const { start, moduleRequest } of module.dynamicImports) {
    add(start, /^(["'])([^"'\\]+)\1$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[2], "dynamic");
  }
  // `import("./x.ts").T` in a type
  new Visitor({ TSImportType: ({ start, source }) => add(start, source.value, "type") }).visit(program);
  return imports;
}

/**
 * Only `import type` and `export type` vanish. `import { type T } from "./x.ts"` still loads the file, with or without
 * a compiler, because `verbatimModuleSyntax` keeps the statement.
 */
function erased(text: string, start: number): "type" | "value" {
  return /^(?:import|export)\s+type\s+(?!from\b)/.test(text.slice(start, start + 80)) ? "type" : "value";
}
