// SPDX-License-Identifier: Apache-2.0
// Identities and resources as policies see them: one entity each, with the groups it is in.
import {
  type EntityJson,
  formatInstant,
  type IdentityKind,
  type Json,
  type JsonObject,
  jsonObject,
  type Ref,
  type Standing,
  type ToolManifest,
} from "../../core/index.ts";
import type { UpstreamServer } from "../upstream-server.ts";

const PRINCIPAL_TYPES: Readonly<Record<IdentityKind, string>> = {
  human: "Human",
  agent: "Agent",
  model: "Model",
  workload: "Workload",
  service: "Service",
};

export function principalRef(standing: Standing): Ref {
  return { type: PRINCIPAL_TYPES[standing.kind], id: standing.identity };
}

const PRINCIPALS = new WeakMap<Standing, EntityJson>();

/** Made once for a standing, which never changes. */
export function principalEntity(standing: Standing): EntityJson {
  const known = PRINCIPALS.get(standing);
  if (known !== undefined) return known;
  const made = principalOf(standing);
  PRINCIPALS.set(standing, made);
  return made;
}

function principalOf(standing: Standing): EntityJson {
  const attrs: [string, Json][] = [
    ["status", standing.status],
    [
      "expires",
      jsonObject([
        [
          "__extn",
          jsonObject([
            ["fn", "datetime"],
            ["arg", formatInstant(standing.expires)],
          ]),
        ],
      ]),
    ],
    ["environment", standing.environment],
    ["jurisdiction", standing.jurisdiction],
    ["purpose", standing.purpose],
    ["synthetic", standing.synthetic],
  ];
  if (standing.sponsor !== undefined) {
    attrs.push([
      "sponsor",
      jsonObject([
        [
          "__entity",
          jsonObject([
            ["type", "Human"],
            ["id", standing.sponsor],
          ]),
        ],
      ]),
    ]);
  }
  const parents = standing.blueprint === undefined ? [] : [{ type: "Blueprint", id: standing.blueprint.id }];
  return { uid: principalRef(standing), attrs: jsonObject(attrs), parents };
}

export function serverRef(server: UpstreamServer): Ref {
  return { type: "Server", id: server.id };
}

export function toolRef(tool: ToolManifest): Ref {
  return { type: "Tool", id: `${tool.server}/${tool.tool}` };
}

/** A resource that its server names by a URI. Files never have `//` in their names, so the two kinds never meet. */
export function uriRef(server: UpstreamServer, uri: string): Ref {
  return { type: "Document", id: `${server.id}/${uri.includes("://") ? uri : `uri://${uri}`}` };
}

export function isUriRef({ type, id }: Ref): boolean {
  return type === "Document" && id.includes("://");
}

export function promptRef(server: UpstreamServer, name: string): Ref {
  return { type: "Prompt", id: `${server.id}/${name}` };
}

export function destinationRef(server: UpstreamServer): Ref {
  return { type: "Destination", id: server.id };
}

/** What is asked about, with everything above it up to the server. @param called - the tool of the question, described or not */
export function resourceEntities(
  server: UpstreamServer,
  asked: readonly Ref[],
  called: ToolManifest | undefined,
): readonly EntityJson[] {
  const { self, destination } = attributesOf(server);
  const entities = new Map<string, EntityJson>();
  const add: Add = (uid, attrs, parents) => {
    entities.set(`${uid.type}::${uid.id}`, { uid, attrs, parents });
  };
  add(serverRef(server), self, []);
  for (const ref of asked) {
    if (ref.type === "Tool") add(ref, called === undefined ? NOTHING : toolAttributes(called), [serverRef(server)]);
    else if (ref.type === "Destination") add(ref, destination, []);
    else if (ref.type === "Prompt") add(ref, NOTHING, [serverRef(server)]);
    else if (isUriRef(ref)) addInCollection(server, ref, add);
    else if (ref.type !== "Server") addWithFolders(server, ref, add);
  }
  return [...entities.values()];
}

const NOTHING: JsonObject = jsonObject([]);

/** What a server is, and what it is as a destination: the same for every question, as one object. */
interface ServerAttributes {
  readonly self: JsonObject;
  readonly destination: JsonObject;
}

const SERVERS = new WeakMap<UpstreamServer["destination"], ServerAttributes>();

function attributesOf({ destination }: UpstreamServer): ServerAttributes {
  const known = SERVERS.get(destination);
  if (known !== undefined) return known;
  const { kind, operator, jurisdiction } = destination;
  const where: readonly (readonly [string, Json])[] = [
    ["operator", operator],
    ["jurisdiction", jurisdiction],
  ];
  const made = { self: jsonObject(where), destination: jsonObject([["kind", kind], ...where]) };
  SERVERS.set(destination, made);
  return made;
}

const TOOLS = new WeakMap<ToolManifest, JsonObject>();

function toolAttributes(tool: ToolManifest): JsonObject {
  const known = TOOLS.get(tool);
  if (known !== undefined) return known;
  const made = jsonObject([
    ["verb", tool.verb],
    ["effect", tool.effect],
  ]);
  TOOLS.set(tool, made);
  return made;
}

type Add = (uid: Ref, attrs: JsonObject, parents: readonly Ref[]) => void;

/** What is between the slashes of a URI is its server's to say, so no collection is made of it. */
function addInCollection(server: UpstreamServer, ref: Ref, add: Add): void {
  const all = { type: "Collection", id: server.id };
  add(ref, NOTHING, [all]);
  add(all, NOTHING, [serverRef(server)]);
}

function addWithFolders(server: UpstreamServer, ref: Ref, add: Add): void {
  let current = ref;
  while (current.id !== server.id) {
    const parent = { type: "Collection", id: current.id.slice(0, current.id.lastIndexOf("/")) };
    add(current, NOTHING, [parent]);
    current = parent;
  }
  add(current, NOTHING, [serverRef(server)]);
}
