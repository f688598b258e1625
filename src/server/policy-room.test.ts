// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { parseDomainId, parseServerId } from "../core/index.ts";
import { fakeStanding } from "../core/testing/ports.ts";
import { fakeClock } from "../core/testing/system.ts";
import type { Asker, Releases } from "../decide/index.ts";
import { modesOf } from "./policy-room.ts";

const FILES = parseServerId("files");
const DOMAIN = parseDomainId("main");
type Rooms = Parameters<typeof modesOf>[1];

/** A stage whose one release observes whom `isFor` names; who asked is kept. */
function rooms(isBare: boolean, isFor: (asker: Asker) => boolean): Rooms & { readonly asked: Asker[] } {
  const asked: Asker[] = [];
  const binding = (asker: Asker): unknown => {
    asked.push(asker);
    return { set: undefined, release: { mode: isFor(asker) ? "observe" : "enforce" } };
  };
  const decider = { staged: () => ({ isBare, binding }) };
  const people = { holds: (group: string) => group === "desk" };
  return { decider, identify: { people }, clock: fakeClock(), asked } as unknown as Rooms & { asked: Asker[] };
}

const servers = (mode: "enforce" | "observe"): Releases => ({ of: () => mode }) as unknown as Releases;

test("D26: a call is observed where its server is, or where the release of whoever calls observes", () => {
  const standing = fakeStanding();
  const inDesk = rooms(false, (asker) => asker.isSponsoredBy("desk") && asker.server === "files");
  expect(modesOf(servers("enforce"), inDesk, DOMAIN).of(FILES, standing)).toBe("observe");
  expect(modesOf(servers("enforce"), inDesk, DOMAIN).of(parseServerId("mail"), standing)).toBe("enforce");
  expect(modesOf(servers("observe"), inDesk, DOMAIN).of(parseServerId("mail"), standing)).toBe("observe");
  expect(inDesk.asked[0]).toMatchObject({
    id: standing.identity,
    kind: standing.kind,
    environment: standing.environment,
  });
});

test("D25: where nothing was released nobody is looked at", () => {
  const bare = rooms(true, () => true);
  expect(modesOf(servers("enforce"), bare, DOMAIN).of(FILES, fakeStanding())).toBe("enforce");
  expect(bare.asked).toEqual([]);
});
