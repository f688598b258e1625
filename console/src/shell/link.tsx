// SPDX-License-Identifier: Apache-2.0
import type { ComponentPropsWithoutRef, MouseEvent, ReactNode } from "react";
import { go } from "./place.ts";

interface LinkProps extends ComponentPropsWithoutRef<"a"> {
  /** An address of the console. */
  readonly to: string;
}

/** A link within the console. It is a link like any other: a new tab, a copy and a bookmark of it are the browser's own. */
export function Link({ to, children, ...rest }: LinkProps): ReactNode {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
