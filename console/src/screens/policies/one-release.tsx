// SPDX-License-Identifier: Apache-2.0
// One release: whom it binds, who did what to it, the way back, and a second person's yes where one is wanted.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { SetReleaseView } from "../../../../src/sdk/index.ts";
import { Act } from "../../parts/act.tsx";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Confirm, type Question } from "../../shell/confirm.tsx";
import { Heading } from "../../shell/heading.tsx";
import { Link } from "../../shell/link.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { policies as text } from "../../text/en-policies.ts";
import { Sign } from "./sign.tsx";
import { shortSet, whomOf } from "./words.ts";

export function OneRelease({ client, live, parts }: ScreenProps): ReactNode {
  const [, id = ""] = parts;
  const [question, setQuestion] = useState<Question>();
  const [said, setSaid] = useState<string>();
  const told = useRef<HTMLParagraphElement>(null);
  const query = useQuery({
    queryKey: ["policies", "releases", id],
    queryFn: async () => (await client.policies.releases()).releases.find((one) => one.id.startsWith(id)) ?? null,
  });
  useEffect(() => {
    if (said !== undefined) told.current?.focus();
  }, [said]);
  const done = (words: string): void => {
    setSaid(words);
    setQuestion(undefined);
    void query.refetch();
  };
  const { data } = query;
  const heading = data === undefined ? text.release : data === null ? en.nothing.heading : headingOf(data);
  return (
    <>
      <p className="back">
        <Link to="/policies" data-key="back">
          {text.back}
        </Link>
      </p>
      <Heading title={text.release}>{heading}</Heading>
      <p ref={told} tabIndex={-1} role="status" className={said === undefined ? "" : "outcome"}>
        {said}
      </p>
      <Loaded query={query}>
        {(release) =>
          release === null ? null : (
            <>
              <About release={release} />
              {release.state === "waiting" || release.unconfirmed !== undefined ? (
                <Sign
                  client={client}
                  what="releases"
                  id={release.id}
                  barred={release.barred}
                  said={text.confirmed}
                  tell={done}
                />
              ) : null}
              <Acts
                release={release}
                ask={(how) => {
                  const work = async (because: string): Promise<string> =>
                    text.done((await client.policies[how](release.id, because)).state);
                  setQuestion({ title: text[how], act: text[how], about: <p>{text.acts[how]}</p>, work });
                }}
              />
            </>
          )
        }
      </Loaded>
      <Confirm client={client} live={live} question={question} close={() => setQuestion(undefined)} done={done} />
    </>
  );
}

function headingOf({ name, state, mode }: SetReleaseView): string {
  return text.releaseHeading(name, state === "standing" ? mode : state);
}

function About({ release }: { readonly release: SetReleaseView }): ReactNode {
  const { zone } = usePreferences();
  const { set, from, until, by, because, approvedBy, unconfirmed, shadow, mode } = release;
  const time = (at: string): ReactNode => <time dateTime={at}>{wholeTime(Date.parse(at), zone)}</time>;
  const rows: readonly (readonly [name: string, value: ReactNode])[] = [
    [
      text.set,
      <Link key="set" to={`/policies/sets/${set.slice("sha256:".length)}`}>
        <code>{shortSet(set)}</code>
      </Link>,
    ],
    [text.mode, mode],
    [text.whom, <Foreign key="whom" text={whomOf(release)} />],
    [text.from, time(from)],
    ...(until === undefined ? [] : [[text.until, time(until)] as const]),
    [text.by, <Foreign key="by" text={approvedBy === undefined ? by : `${by}${text.agreed(approvedBy)}`} />],
    [text.because, <Foreign key="because" text={because} />],
    ...(shadow === undefined ? [] : [["", text.shadow(shadow.different, shadow.judged, shadow.stride)] as const]),
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
      {unconfirmed === undefined ? null : (
        <p className="problem">
          <Foreign text={text.doubt(unconfirmed.what, unconfirmed.by)} /> {time(unconfirmed.until)}
        </p>
      )}
    </Panel>
  );
}

type How = "pause" | "resume" | "rollback";

function Acts({ release, ask }: { readonly release: SetReleaseView; readonly ask: (how: How) => void }): ReactNode {
  const offered: readonly How[] =
    release.state === "standing" ? ["pause", "rollback"] : release.state === "paused" ? ["resume", "rollback"] : [];
  if (offered.length === 0) return null;
  return (
    <div className="actions">
      {offered.map((how) => (
        <Act key={how} name={how} label={text[how]} onAct={() => ask(how)} />
      ))}
    </div>
  );
}
