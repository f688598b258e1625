// SPDX-License-Identifier: Apache-2.0
// Every scope of the control feed that a token falls under.
import type { Identity, ScopeKey } from "../core/index.ts";
import type { StepToken } from "./access-token.ts";

/** @param kid of the key that signed it */
export function scopesOf(token: StepToken, identity: Identity, kid: string, issuer: string): readonly ScopeKey[] {
  const { blueprint, sponsor, tenant } = identity;
  return [
    { kind: "jti", id: token.jti },
    ...token.path.map((id) => ({ kind: "step", id }) as const),
    { kind: "mandate", id: token.mandate },
    { kind: "txn", id: token.task },
    { kind: "jkt", id: token.jkt },
    { kind: "instance", id: token.instance },
    { kind: "identity", id: token.identity },
    { kind: "identity", id: token.onBehalfOf },
    ...(blueprint === undefined ? [] : [{ kind: "blueprint", id: `${blueprint.id}@${blueprint.version}` } as const]),
    ...(sponsor === undefined ? [] : [{ kind: "sponsor", id: sponsor } as const]),
    { kind: "jurisdiction", id: identity.jurisdiction },
    { kind: "tenant", id: tenant },
    { kind: "kid", id: kid },
    { kind: "issuer", id: issuer },
    { kind: "all", id: "all" },
  ];
}
