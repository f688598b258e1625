// SPDX-License-Identifier: Apache-2.0
// One set, as its second person sees it: what is wrong with it, what it changes, a question that is answered otherwise, what the
// last calls would get; then the signature, and the way out.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { PolicyDiff, PolicyProblem, SetPage } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Heading } from "../../shell/heading.tsx";
import { Link } from "../../shell/link.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { policies as text } from "../../text/en-policies.ts";
import { Rollout } from "./rollout.tsx";
import { Sign } from "./sign.tsx";
import { shortSet } from "./words.ts";

export function OneSet({ client, parts }: ScreenProps): ReactNode {
  const [, digest = ""] = parts;
  const [said, setSaid] = useState<string>();
  const told = useRef<HTMLParagraphElement>(null);
  const query = useQuery({ queryKey: ["policies", "sets", digest], queryFn: () => client.policies.set(digest) });
  useEffect(() => {
    if (said !== undefined) told.current?.focus();
  }, [said]);
  const done = (words: string): void => {
    setSaid(words);
    void query.refetch();
  };
  const { data } = query;
  return (
    <>
      <p className="back">
        <Link to="/policies" data-key="back">
          {text.back}
        </Link>
      </p>
      <Heading title={text.set}>{data === undefined ? text.set : text.setHeading(data.name, data.state)}</Heading>
      <p ref={told} tabIndex={-1} role="status" className={said === undefined ? "" : "outcome"}>
        {said}
      </p>
      <Loaded query={query}>
        {(set) => (
          <>
            <About set={set} />
            <Panel title={text.changes}>
              {set.diff === undefined ? <p className="empty">{text.noDiff}</p> : <Changes diff={set.diff} />}
              {set.lastCalls === undefined ? null : (
                <p>{text.calls(set.lastCalls.calls, set.lastCalls.differ, set.lastCalls.moves)}</p>
              )}
            </Panel>
            <Panel title={text.problems}>
              <Problems problems={set.problems} />
            </Panel>
            <Files set={set} />
            {set.state === "waiting" ? (
              <Sign
                client={client}
                what="sets"
                id={digest}
                terms={set.terms}
                barred={set.barred}
                said={text.signed}
                tell={done}
              />
            ) : null}
            <Panel title={text.rollout}>
              <Rollout client={client} digest={set.digest} tell={done} />
            </Panel>
          </>
        )}
      </Loaded>
    </>
  );
}

function About({ set }: { readonly set: SetPage }): ReactNode {
  const { zone } = usePreferences();
  const { digest, at, by, because, against, approvedBy } = set;
  const rows: readonly (readonly [name: string, value: ReactNode])[] = [
    [text.digest, <code key="digest">{digest}</code>],
    [
      text.published,
      <time key="at" dateTime={at}>
        {wholeTime(Date.parse(at), zone)}
      </time>,
    ],
    [text.by, <Foreign key="by" text={approvedBy === undefined ? by : `${by}${text.agreed(approvedBy)}`} />],
    [text.because, <Foreign key="because" text={because} />],
    [text.compared, against === undefined ? "" : <code key="against">{shortSet(against)}</code>],
  ];
  return (
    <Panel title={text.about}>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Changes({ diff }: { readonly diff: PolicyDiff }): ReactNode {
  const { found, isSchemaSame, tries } = diff;
  const lists = [
    [text.added, diff.added],
    [text.removed, diff.removed],
    [text.changed, diff.changed],
  ] as const;
  return (
    <>
      <dl className="facts">
        {lists
          .filter(([, ids]) => ids.length > 0)
          .map(([name, ids]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Foreign text={ids.join(", ")} />
              </dd>
            </div>
          ))}
      </dl>
      <p className="note">{isSchemaSame ? text.searched(found.length, tries) : text.schema}</p>
      <ul>
        {found.map(({ principal, action, resource, context, before, after }) => (
          <li key={before.answer + after.answer} className="separating">
            <p>
              <Foreign text={`${principal} ${action} ${resource}`} />
            </p>
            <p>
              {text.before} <Side side={before} />; {text.after} <Side side={after} />
            </p>
            <details>
              <summary>context</summary>
              <pre>
                <Foreign text={context} block />
              </pre>
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}

function Side({ side }: { readonly side: PolicyDiff["found"][number]["before"] }): ReactNode {
  return (
    <>
      <strong>{side.answer}</strong>
      {side.policies.length === 0 ? null : (
        <>
          {" "}
          (<Foreign text={side.policies.join(", ")} />)
        </>
      )}
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly PolicyProblem[] }): ReactNode {
  if (problems.length === 0) return <p className="empty">{text.noProblems}</p>;
  return (
    <ul>
      {problems.map(({ code, file, line, text: what, fix }) => (
        <li key={`${file}:${line}:${code}`}>
          <code>
            <Foreign text={`${file}:${line}`} />
          </code>{" "}
          <Foreign text={what} /> <code>{code}</code> {fix === undefined ? null : <Foreign text={fix} />}
        </li>
      ))}
    </ul>
  );
}

function Files({ set }: { readonly set: SetPage }): ReactNode {
  return (
    <Panel title={text.files}>
      {set.files.map(({ path, text: content }) => (
        <details key={path}>
          <summary>
            <Foreign text={path} />
          </summary>
          <pre className="call-text">
            <Foreign text={content} block />
          </pre>
        </details>
      ))}
    </Panel>
  );
}
