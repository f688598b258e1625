// SPDX-License-Identifier: Apache-2.0
// What is known of one call before it is judged: whether its mandate covers it, what its arguments are and who chose them,
// and whether they may go where they would.
import {
  covers,
  type GrantVerdict,
  type JsonObject,
  jsonObject,
  type Label,
  locationBelow,
  lowestTrust,
  NEUTRAL_LABEL,
  type Ref,
  type Standing,
  type ToolArgument,
  type Trace,
  type TransferGate,
  type TransferVerdict,
  type Trust,
} from "../core/index.ts";
import type { Inspection, Inspector } from "../protect/index.ts";
import type { Act } from "./judge.ts";
import { isUriRef } from "./resources/entities.ts";
import type { TaskMemory } from "./tasks.ts";
import type { UpstreamServer } from "./upstream-server.ts";

export interface Facts {
  readonly covers: GrantVerdict;
  /** What moves: the arguments. */
  readonly flow: Label;
  /** Everything that the task has read so far. */
  readonly context: Label;
  readonly traces: readonly Trace[];
  readonly watermark: Trust;
  readonly transfer: TransferVerdict;
  readonly inspection: Inspection;
}

export interface FactPorts {
  readonly inspector: Inspector;
  readonly transfers: TransferGate;
}

export interface FactCall {
  readonly standing: Standing;
  readonly server: UpstreamServer;
  readonly act: Act;
  /** `arguments` as the client sent them: what the mandate and the token are about. */
  readonly sent: JsonObject;
  /** The same with paths under their canonical names below the folder: what is traced. */
  readonly named: JsonObject;
  /** What goes up beside the arguments: looked at with them. */
  readonly beside?: JsonObject;
  /** What each member of `named` means, where no manifest says it. */
  readonly inputs?: readonly ToolArgument[];
}

export async function factsOf(ports: FactPorts, call: FactCall, task: TaskMemory): Promise<Facts> {
  // what the agent writes is worth what it has read
  const source = { ...NEUTRAL_LABEL, trust: task.index.lowest() };
  const all =
    call.beside === undefined
      ? call.sent
      : jsonObject([
          ["sent", call.sent],
          ["beside", call.beside],
        ]);
  const inspection = await ports.inspector.inspect({ json: all }, { source });
  const flow = inspection.label;
  return {
    covers: coverage(call, flow),
    flow,
    context: task.context(),
    traces: task.index.trace(call.named, { args: call.inputs ?? call.act.tool?.args ?? [] }),
    watermark: task.index.lowest(),
    transfer: transferOf(ports.transfers, call, flow),
    inspection,
  };
}

function coverage({ standing, server, act, sent, named }: FactCall, flow: Label): GrantVerdict {
  const asked = act.about === undefined ? act.resources : [act.about, ...act.resources];
  const places = asked.map((ref) => placeOf(ref, server));
  const unnamed = places.includes(undefined);
  if (unnamed) return { ok: false, dimension: "locations", why: "a name that no grant can hold" };
  const { kind, jurisdiction } = server.destination;
  if (kind !== "internal" && !standing.mandate.grant.verbs.includes("share")) {
    return { ok: false, dimension: "verbs", why: "the arguments would go to somebody else, and share is not granted" };
  }
  const { argsS256: _args, ...limits } = standing.grant;
  const call = {
    verb: act.verb,
    locations: asked.length === 0 ? [server.resource] : places.flatMap((place) => place ?? []),
    datatypes: [],
    level: flow.level,
    jurisdiction,
    purpose: standing.grant.purpose,
  };
  const asSent = covers(standing.grant, { ...call, args: sent });
  // limits on arguments hold for what they name too, not only for how it was spelled
  return asSent.ok ? covers(limits, { ...call, args: named }) : asSent;
}

/** Where a grant finds it: a file below the server; whatever has no path is the server's as a whole. */
function placeOf(ref: Ref, server: UpstreamServer): string | undefined {
  const isPath = (ref.type === "Document" || ref.type === "Collection") && !isUriRef(ref);
  return isPath ? locationBelow(server.resource, ref.id.slice(server.id.length + 1)) : server.resource;
}

/** Arguments travel from where the agent is, and from every place whose law follows them, to whoever runs the upstream. */
function transferOf(transfers: TransferGate, { standing, server }: FactCall, flow: Label): TransferVerdict {
  const { jurisdiction, operator } = server.destination;
  return transfers.check({
    from: [...new Set([standing.jurisdiction, ...flow.jurisdictions])],
    to: { stored: [jurisdiction], established: [jurisdiction], reachable: [] },
    // what was not looked at whole may be anything: no category at all is `unknown` to the rules
    categories: flow.categories.length > 0 || !flow.complete ? flow.categories : ["non_personal"],
    operator,
  });
}

/** The lowest trust of any traced argument. */
export function lowestOf({ traces }: Facts): Trust {
  return lowestTrust(traces.map((trace) => trace.trust));
}
