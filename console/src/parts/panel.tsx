// SPDX-License-Identifier: Apache-2.0
// A part of a screen under its heading, and the states that it can be in besides its content.
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useState } from "react";
import { SdkError } from "../../../src/sdk/index.ts";
import { en } from "../text/en.ts";

interface PanelProps {
  readonly title: string;
  /** Beside the heading, in small. */
  readonly note?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Panel({ title, note, className = "", children }: PanelProps): ReactNode {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span className="note">{note}</span>}
      </div>
      {children}
    </section>
  );
}

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** What was asked for, once it is there; what went wrong, with a way to try again. Values that are there stay, under it. */
export function Loaded<T>({ query, children }: LoadedProps<T>): ReactNode {
  const { data, error, isFetching } = query;
  const failed = error === null || isFetching ? null : <Failed error={error} retry={() => void query.refetch()} />;
  if (data === undefined) return failed ?? <Skeleton />;
  return (
    <>
      {failed}
      {children(data)}
    </>
  );
}

function Failed({ error, retry }: { readonly error: Error; readonly retry: () => void }): ReactNode {
  const known = error instanceof SdkError ? error : undefined;
  const ref = known?.problem?.ref;
  if (known?.problem?.status === 403)
    return (
      <p className="failed" role="alert">
        {en.states.forbidden} <code>{known.problem.code}</code>
      </p>
    );
  return (
    <p className="failed" role="alert">
      {en.states.failed(error.message)} <code>{known?.problem?.code ?? known?.code ?? "CONSOLE_FAULT"}</code>
      {ref === undefined ? null : <code>{ref}</code>}{" "}
      <button type="button" onClick={retry}>
        {en.states.retry}
      </button>
    </p>
  );
}

/** UNIT: ms. What is there sooner than this never flickers. */
const SKELETON_AFTER_MS = 150;

export function Skeleton(): ReactNode {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return <p className={isShown ? "skeleton" : "skeleton unshown"}>{isShown ? en.states.loading : ""}</p>;
}
