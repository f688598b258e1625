// SPDX-License-Identifier: Apache-2.0
// What waits for a person: how one is found by the name that a person has for it, and how it is shown.
import type { ApprovalView, Client } from "../sdk/index.ts";
import { shortIdentity } from "./entry-row.ts";
import { CliError, misuse } from "./errors.ts";
import { EXIT } from "./exit.ts";
import type { Row } from "./table.ts";

export interface Waiting {
  readonly approval: ApprovalView;
  readonly signer: string;
}

/** `BW-` and seven characters, or a UUID (RFC 9562 section 4). */
const NAME = /^(?:BW-[0-9A-Z]{7}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * The one approval that a `BW-` reference or an id names.
 * @throws CliError CLI_NOT_WAITING; CLI_ARGUMENTS where the name is none, or several calls share the reference
 */
export async function waitingFor(key: string, client: Client): Promise<Waiting> {
  if (!NAME.test(key)) {
    throw misuse("CLI_ARGUMENTS", `${key} is no reference and no id`, "npx bailiwick approve list names what waits");
  }
  const { approvals, signer } = await client.approvals();
  const named = approvals.filter(({ id, reference }) => key === id || key === reference);
  const [approval] = named;
  if (approval === undefined) {
    const fix = "see what waits: npx bailiwick approve list";
    throw new CliError("CLI_NOT_WAITING", `nothing waits under ${key}`, { fix, exit: EXIT.no });
  }
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(", ");
    throw misuse("CLI_ARGUMENTS", `${named.length} calls wait under ${key}`, `name one by its id: ${ids}`);
  }
  return { approval, signer };
}

/** Everything that a yes agrees to. Whatever may be long or strange comes after what the server itself says. */
export function waitingRows({ approval, signer }: Waiting): readonly Row[] {
  const { id, reference, who, verb, resource, rule, call, asks, expires, need, agreed } = approval;
  return [
    ["waits", `${reference}, ${id}`],
    ["by", who],
    ["verb", verb],
    ["resource", resource],
    ["rule", rule],
    ["expires", expires],
    ["agreed", `${agreed} of ${need}`],
    ["signer", { text: signerText(signer), style: "yellow" }],
    ["call", call === "" ? "the server does not show it" : call],
    ...asks.map(({ path, role, source }): Row => ["broken", `${path} (${role}): ${source}`]),
  ];
}

/** Reference, until when, who, what. */
export function waitingCells({ reference, expires, who, verb, resource, rule }: ApprovalView): Row {
  return [reference, expires, shortIdentity(who), `${verb} ${resource}, asked by ${rule}`];
}

function signerText(signer: string): string {
  if (signer === "demo") return "demo key, not a person's passkey";
  return signer === "none" ? "none: this server cannot take a yes" : signer;
}
