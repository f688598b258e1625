// SPDX-License-Identifier: Apache-2.0
// Which rules bind whom, what waits for a second person, and the sets that were published (experience X38). One set and one
// release have addresses of their own, so that whoever is asked to agree can be sent there.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { ReleasesView, SetReleaseView, SetView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { Loaded, Panel } from "../../parts/panel.tsx";
import { wholeTime } from "../../parts/time.ts";
import { Heading } from "../../shell/heading.tsx";
import { Link } from "../../shell/link.tsx";
import { usePreferences } from "../../shell/preferences.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { policies as text } from "../../text/en-policies.ts";
import { OneRelease } from "./one-release.tsx";
import { OneSet } from "./one-set.tsx";
import { shortSet, whomOf } from "./words.ts";
import "./policies.css";

export function Policies(props: ScreenProps): ReactNode {
  const [what, id] = props.parts;
  if (what === "sets" && id !== undefined) return <OneSet key={id} {...props} />;
  if (what === "releases" && id !== undefined) return <OneRelease key={id} {...props} />;
  return <All {...props} />;
}

function All({ client }: ScreenProps): ReactNode {
  const releases = useQuery({ queryKey: ["policies", "releases"], queryFn: () => client.policies.releases() });
  const sets = useQuery({ queryKey: ["policies", "sets"], queryFn: () => client.policies.sets() });
  return (
    <>
      <Heading title={text.title}>
        {releases.data === undefined ? text.title : sentenceOf(releases.data, sets.data ?? [])}
      </Heading>
      {releases.data?.fourEyes === false ? (
        <p className="problem" role="note">
          {text.alone}
        </p>
      ) : null}
      <Panel title={text.releases}>
        <Loaded query={releases}>{({ releases: all }) => <Releases all={all} />}</Loaded>
      </Panel>
      <Panel title={text.sets}>
        <Loaded query={sets}>{(all) => <Sets all={all} />}</Loaded>
      </Panel>
    </>
  );
}

function sentenceOf({ general, releases }: ReleasesView, sets: readonly SetView[]): string {
  const binds =
    general === undefined ? text.bindsNothing : text.binds(shortSet(general.digest), general.release === "");
  const waits = releases.filter(waitsFor).length + sets.filter(({ state }) => state === "waiting").length;
  return waits === 0 ? binds : `${binds} ${text.waiting(waits)}`;
}

function waitsFor({ state, unconfirmed }: SetReleaseView): boolean {
  return state === "waiting" || unconfirmed !== undefined;
}

function Releases({ all }: { readonly all: readonly SetReleaseView[] }): ReactNode {
  const open = all.filter((release) => release.state !== "retired" || waitsFor(release));
  const gone = all.filter((release) => !open.includes(release));
  return (
    <>
      {open.length === 0 ? (
        <p className="empty">{text.noReleases}</p>
      ) : (
        <ReleaseTable caption={text.releases} all={open} />
      )}
      {gone.length === 0 ? null : (
        <details>
          <summary>{text.gone}</summary>
          <ReleaseTable caption={text.gone} all={gone} />
        </details>
      )}
    </>
  );
}

function ReleaseTable({
  caption,
  all,
}: {
  readonly caption: string;
  readonly all: readonly SetReleaseView[];
}): ReactNode {
  const { zone } = usePreferences();
  return (
    <table>
      <caption className="unseen-text">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{text.set}</th>
          <th scope="col">{text.state}</th>
          <th scope="col">{text.whom}</th>
          <th scope="col" className="wide">
            {text.when}
          </th>
          <th scope="col" className="wide">
            {text.by}
          </th>
        </tr>
      </thead>
      <tbody>
        {all.map((release) => (
          <tr key={release.id}>
            <td>
              <Link to={`/policies/releases/${release.id}`}>
                <code>{shortSet(release.set)}</code> <Foreign text={release.name} />
              </Link>
            </td>
            <td>{release.state === "standing" ? release.mode : release.state}</td>
            <td>
              <Foreign text={whomOf(release)} />
            </td>
            <td className="wide">
              <time dateTime={release.from}>{wholeTime(Date.parse(release.from), zone)}</time>
              {release.until === undefined ? null : (
                <>
                  {" "}
                  {text.until} <time dateTime={release.until}>{wholeTime(Date.parse(release.until), zone)}</time>
                </>
              )}
            </td>
            <td className="wide">
              <Foreign text={release.by} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Sets({ all }: { readonly all: readonly SetView[] }): ReactNode {
  const { zone } = usePreferences();
  if (all.length === 0) return <p className="empty">{text.noSets}</p>;
  return (
    <table>
      <caption className="unseen-text">{text.sets}</caption>
      <thead>
        <tr>
          <th scope="col">{text.set}</th>
          <th scope="col">{text.state}</th>
          <th scope="col" className="wide">
            {text.published}
          </th>
          <th scope="col" className="wide">
            {text.by}
          </th>
        </tr>
      </thead>
      <tbody>
        {all.map(({ digest, name, state, at, by, approvedBy }) => (
          <tr key={digest}>
            <td>
              <Link to={`/policies/sets/${digest.slice("sha256:".length)}`}>
                <code>{shortSet(digest)}</code> <Foreign text={name} />
              </Link>
            </td>
            <td>{state}</td>
            <td className="wide">
              <time dateTime={at}>{wholeTime(Date.parse(at), zone)}</time>
            </td>
            <td className="wide">
              <Foreign text={approvedBy === undefined ? by : `${by}${text.agreed(approvedBy)}`} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
