// SPDX-License-Identifier: Apache-2.0
import { Component, type ReactNode } from "react";
import { en } from "../text/en.ts";
import { Heading } from "./heading.tsx";

interface BoundaryProps {
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly why: string | undefined;
}

/** A screen that could not be fetched or drawn says so in its place, and the frame around it stays. React asks for a class. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { why: undefined };

  static getDerivedStateFromError(cause: unknown): BoundaryState {
    return { why: cause instanceof Error ? cause.message : String(cause) };
  }

  override render(): ReactNode {
    const { why } = this.state;
    if (why === undefined) return this.props.children;
    return (
      <>
        <Heading title={en.broken.title}>{en.broken.heading}</Heading>
        <p className="failed" role="alert">
          {why} <code>CONSOLE_FAULT</code>{" "}
          <button type="button" onClick={() => globalThis.location.reload()}>
            {en.broken.again}
          </button>
        </p>
      </>
    );
  }
}
