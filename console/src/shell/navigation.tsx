// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { en } from "../text/en.ts";
import { Link } from "./link.tsx";
import { hasMoved, usePlace } from "./place.ts";

interface NavigationRow {
  /** First part of the path; empty for the first screen. */
  readonly screen: string;
  readonly label: string;
  /** Goes there, after `g`. */
  readonly key: string;
}

export const NAVIGATION: readonly NavigationRow[] = [
  { screen: "", label: en.now.title, key: "n" },
  { screen: "decisions", label: en.decisions.title, key: "d" },
  { screen: "identities", label: en.identities.title, key: "i" },
  { screen: "policies", label: en.policiesTitle, key: "p" },
  { screen: "record", label: en.recordTitle, key: "r" },
];

/** The screens, and for those who listen, which one was come to. */
export function Navigation(): ReactNode {
  const [here = ""] = usePlace().parts;
  const label = NAVIGATION.find(({ screen }) => screen === here)?.label;
  return (
    <>
      <nav className="screens" aria-label={en.frame.screens}>
        <ul>
          {NAVIGATION.map(({ screen, label: name }) => (
            <li key={screen}>
              <Link to={`/${screen}`} aria-current={screen === here ? "page" : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <p className="unseen-text" aria-live="polite">
        {hasMoved() ? label : ""}
      </p>
    </>
  );
}
