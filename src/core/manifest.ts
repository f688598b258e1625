// SPDX-License-Identifier: Apache-2.0
// What a tool does, as a person stated it: the upstream's own hints may tighten this, never loosen it.
import type { ServerId } from "./ids.ts";
import type { Verb } from "./verb.ts";

/** What an argument means to the gate. */
export const ROLES = [
  "credential",
  "destroy",
  "payee",
  "grantee",
  "recipient",
  "url",
  "target",
  "command",
  "code",
  "amount",
  "limit",
  "control",
  "selector",
  "key",
  "content",
] as const;
export type Role = (typeof ROLES)[number];

/** How far below the named resource the tool looks: the thing itself, what lies directly in it, or everything below. */
export type Reach = "item" | "children" | "subtree";

export interface ToolArgument {
  /** Member of `arguments`; `paths[]` means each element of an array. */
  readonly name: string;
  readonly role: Role;
  /** `path`: names a resource of the server, made canonical before it is judged and sent. */
  readonly type?: "path";
  readonly reach?: Reach;
  readonly required?: boolean;
}

export interface ToolManifest {
  readonly server: ServerId;
  readonly tool: string;
  readonly verb: Verb;
  readonly effect: "none" | "reversible" | "irreversible";
  readonly args: readonly ToolArgument[];
}
