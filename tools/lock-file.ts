// SPDX-License-Identifier: Apache-2.0
// The shape of package-lock.json (lockfileVersion 3), as far as the tools read it.

export interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly lockfileVersion: number;
  /** Path from the repository's root to entry; `""` is the project itself. */
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** @throws Error where the text is no lock of version 3 */
export function readLock(text: string): Lock {
  const lock = JSON.parse(text) as Partial<Lock>;
  if (lock.lockfileVersion !== 3 || lock.packages === undefined) throw new Error("reading the lock: not version 3");
  return { ...lock, lockfileVersion: 3, packages: lock.packages };
}

/** `node_modules/a/node_modules/@s/b` is `@s/b`. */
export function packageName(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}
