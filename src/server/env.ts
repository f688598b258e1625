// SPDX-License-Identifier: Apache-2.0
// The environment is read here and nowhere else.

/** What of the environment the server uses. */
export interface Environment {
  /** Where upstream programs are looked for; all that they inherit. */
  readonly path: string;
  /** `BAILIWICK_*` settings, by name without the prefix. */
  readonly settings: ReadonlyMap<string, string>;
  /** `DATABASE_URL`. */
  readonly databaseUrl: string | undefined;
}

export function readEnvironment(): Environment {
  const settings = Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith("BAILIWICK_") && value !== undefined ? [[name.slice("BAILIWICK_".length), value] as const] : [],
  );
  const url = process.env["DATABASE_URL"];
  return {
    path: process.env["PATH"] ?? "",
    settings: new Map(settings),
    databaseUrl: url === "" ? undefined : url,
  };
}
