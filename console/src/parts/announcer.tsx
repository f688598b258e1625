// SPDX-License-Identifier: Apache-2.0
// What happens, for those who listen: politely at most each 30 seconds, at once only where a person is waited for.
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { DecisionLine } from "../../../src/sdk/index.ts";
import { en } from "../text/en.ts";

/** UNIT: ms. */
const EVERY_MS = 30_000;

interface AnnouncerProps {
  /** Newest first. */
  readonly lines: readonly DecisionLine[];
  /** Calls that wait for a person. */
  readonly waiting?: number | undefined;
}

export function Announcer({ lines, waiting }: AnnouncerProps): ReactNode {
  const newest = useRef(lines);
  const [summary, setSummary] = useState("");
  const isAsked = waiting !== undefined && waiting > 0;
  useEffect(() => {
    newest.current = lines;
  }, [lines]);
  useEffect(() => {
    let told = newest.current[0]?.index ?? -1;
    const timer = setInterval(() => {
      const fresh = newest.current.filter(({ index }) => index > told);
      told = newest.current[0]?.index ?? told;
      const denied = fresh.filter(({ answer }) => answer === "deny").length;
      setSummary(fresh.length === 0 ? "" : en.announce.decisions(fresh.length, denied));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="unseen-text">
      <p aria-live="polite">{summary}</p>
      <p aria-live="assertive">{isAsked ? en.announce.waiting(waiting) : ""}</p>
    </div>
  );
}
