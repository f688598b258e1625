// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useEffect, useRef } from "react";
import { hasMoved } from "./place.ts";

interface HeadingProps {
  /** What the tab of the browser is called. */
  readonly title: string;
  /** The sentence of state. */
  readonly children: ReactNode;
}

/** The first line of a screen. Whoever comes to the screen from another one has the focus on it. */
export function Heading({ title, children }: HeadingProps): ReactNode {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Bailiwick`;
  }, [title]);
  useEffect(() => {
    if (!hasMoved()) return;
    globalThis.scrollTo(0, 0);
    ref.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}
