// SPDX-License-Identifier: Apache-2.0
// Which screen an address shows. The first one comes with the page; every other is fetched when it is opened. A new screen
// is a row in SCREENS, its address in src/server/http/console.ts and, where one goes to it by its name, a row in NAVIGATION.
import { lazy, type ReactNode, Suspense } from "react";
import { Skeleton } from "../parts/panel.tsx";
import { Now } from "../screens/now/now.tsx";
import { en } from "../text/en.ts";
import { Boundary } from "./boundary.tsx";
import { Heading } from "./heading.tsx";
import { Link } from "./link.tsx";
import { usePlace } from "./place.ts";
import type { ScreenProps } from "./screen.ts";

const Decisions = lazy(async () => ({ default: (await import("../screens/decisions/decisions.tsx")).Decisions }));
const Identities = lazy(async () => ({ default: (await import("../screens/identities/identities.tsx")).Identities }));
const Pair = lazy(async () => ({ default: (await import("../screens/pair/pair.tsx")).Pair }));
const Approve = lazy(async () => ({ default: (await import("../screens/approve/approve.tsx")).Approve }));
const People = lazy(async () => ({ default: (await import("../screens/people/people.tsx")).People }));

const Policies = lazy(async () => ({ default: (await import("../screens/policies/policies.tsx")).Policies }));
const RecordScreen = lazy(async () => ({ default: (await import("../screens/record/record.tsx")).RecordScreen }));

/** By the first part of the path. */
const SCREENS: ReadonlyMap<string, (props: ScreenProps) => ReactNode> = new Map([
  ["", (props: ScreenProps): ReactNode => <Now {...props} />],
  ["decisions", (props: ScreenProps): ReactNode => <Decisions {...props} />],
  ["pair", (props: ScreenProps): ReactNode => <Pair {...props} />],
  ["identities", (props: ScreenProps): ReactNode => <Identities {...props} />],
  ["approve", (props: ScreenProps): ReactNode => <Approve key={props.parts[0]} {...props} />],
  ["policies", (props: ScreenProps): ReactNode => <Policies {...props} />],
  ["record", (props: ScreenProps): ReactNode => <RecordScreen {...props} />],
  ["people", (props: ScreenProps): ReactNode => <People {...props} />],
]);

export function Screens(props: Omit<ScreenProps, "parts">): ReactNode {
  const [name = "", ...parts] = usePlace().parts;
  const show = SCREENS.get(name) ?? Nothing;
  return (
    <Boundary key={name}>
      <Suspense fallback={<Skeleton />}>{show({ ...props, parts })}</Suspense>
    </Boundary>
  );
}

function Nothing(): ReactNode {
  return (
    <>
      <Heading title={en.nothing.title}>{en.nothing.heading}</Heading>
      <p>
        <Link to="/">{en.nothing.back}</Link>
      </p>
    </>
  );
}
