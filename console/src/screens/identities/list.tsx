// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useMemo } from "react";
import type { ContainmentView, IdentityView } from "../../../../src/sdk/index.ts";
import { Foreign } from "../../parts/foreign.tsx";
import { shortScope } from "../../parts/names.ts";
import { Loaded } from "../../parts/panel.tsx";
import { StatusMark } from "../../parts/status-mark.tsx";
import { Heading } from "../../shell/heading.tsx";
import { KEYS } from "../../shell/keys.ts";
import { Link } from "../../shell/link.tsx";
import { go, usePlace } from "../../shell/place.ts";
import type { ScreenProps } from "../../shell/screen.ts";
import { en } from "../../text/en.ts";
import { useOrders } from "./queries.ts";
import {
  type Choice,
  COLUMNS,
  type Column,
  choiceHref,
  choose,
  identityHref,
  KINDS,
  orderOn,
  readChoice,
  STATES,
  sentenceOf,
} from "./roster.ts";

export function List({ client, session }: ScreenProps): ReactNode {
  const text = en.identities;
  const { query } = usePlace();
  const choice = useMemo(() => readChoice(query), [query]);
  const listed = useQuery({ queryKey: KEYS.identities, queryFn: () => client.identities() });
  const orders = useOrders(client, session.lists);
  const all = listed.data?.identities;
  return (
    <>
      <Heading title={text.title}>{sentenceOf(all, orders.data, listed.data?.complete ?? true)}</Heading>
      <Narrow choice={choice} sponsors={sponsorsOf(all ?? [])} />
      <Loaded query={listed}>
        {({ identities }) => {
          const chosen = choose(identities, choice);
          if (chosen.length > 0) return <Table identities={chosen} choice={choice} orders={orders.data} />;
          return identities.length === 0 ? (
            <p className="empty">
              {text.empty} <code>npx bailiwick identity add</code>
            </p>
          ) : (
            <p className="empty">
              {text.emptyFiltered} <Link to={choiceHref({ by: choice.by, isDown: choice.isDown })}>{text.showAll}</Link>
            </p>
          );
        }}
      </Loaded>
    </>
  );
}

function sponsorsOf(all: readonly IdentityView[]): readonly string[] {
  return [...new Set(all.flatMap(({ sponsor }) => (sponsor === undefined ? [] : [shortScope(sponsor)])))].toSorted();
}

function Narrow({ choice, sponsors }: { readonly choice: Choice; readonly sponsors: readonly string[] }): ReactNode {
  const text = en.identities;
  const { by, isDown, ...narrowed } = choice;
  return (
    <div className="words narrow-by" role="search" aria-label={en.decisions.filters}>
      <Choose name="kind" label={text.kind} choice={choice} options={KINDS} isFirst />
      <Choose name="status" label={text.status} choice={choice} options={STATES} />
      <Choose name="sponsor" label={text.sponsor} choice={choice} options={sponsors} />
      {Object.keys(narrowed).length === 0 ? null : (
        <button type="button" className="quiet" onClick={() => go(choiceHref({ by, isDown }), "replace")}>
          {en.decisions.clear}
        </button>
      )}
    </div>
  );
}

interface ChooseProps {
  readonly name: "kind" | "status" | "sponsor";
  readonly label: string;
  readonly choice: Choice;
  readonly options: readonly string[];
  readonly isFirst?: boolean;
}

function Choose({ name, label, choice, options, isFirst = false }: ChooseProps): ReactNode {
  const id = useId();
  const current = choice[name] ?? "";
  const all = current === "" || options.includes(current) ? options : [...options, current];
  const { [name]: _before, ...rest } = choice;
  return (
    <div className="word">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={current}
        data-key={isFirst ? "filter" : undefined}
        onChange={({ target: { value } }) =>
          go(choiceHref(value === "" ? rest : { ...rest, [name]: value }), "replace")
        }
      >
        <option value="">{en.decisions.any}</option>
        {all.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </div>
  );
}

interface TableProps {
  readonly identities: readonly IdentityView[];
  readonly choice: Choice;
  readonly orders: readonly ContainmentView[] | undefined;
}

/** Columns that a narrow page leaves out. */
const WIDE: ReadonlySet<Column> = new Set(["kind", "sponsor", "purpose", "expires", "mandates"]);

function Table({ identities, choice, orders }: TableProps): ReactNode {
  return (
    <table className="roster">
      <caption className="unseen-text">{en.identities.caption}</caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th
              key={column}
              scope="col"
              className={WIDE.has(column) ? "wide" : undefined}
              aria-sort={choice.by === column ? (choice.isDown ? "descending" : "ascending") : undefined}
            >
              <button
                type="button"
                className="sort"
                onClick={() =>
                  go(choiceHref({ ...choice, by: column, isDown: choice.by === column && !choice.isDown }), "replace")
                }
              >
                {en.identities[column]}
                <span aria-hidden="true">{choice.by === column ? (choice.isDown ? " ↓" : " ↑") : ""}</span>
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {identities.map((identity) => (
          <Row key={identity.id} identity={identity} order={orderOn(identity.id, orders)} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly identity: IdentityView;
  readonly order: ContainmentView | undefined;
}

function Row({ identity, order }: RowProps): ReactNode {
  const { id, name, kind, status, sponsor, purpose, expires, mandates } = identity;
  return (
    <tr>
      <td>
        <Link to={identityHref(id)} data-row={id} title={id}>
          <Foreign text={name} />
        </Link>
        <span className="narrow note">
          {kind} · <Foreign text={purpose} />
        </span>
      </td>
      <td className="wide">{kind}</td>
      <td>
        <StatusMark status={status} effect={order?.effect} />
      </td>
      <td className="wide">
        {sponsor === undefined ? (
          ""
        ) : (
          <Link to={identityHref(sponsor)} title={sponsor}>
            <Foreign text={shortScope(sponsor)} />
          </Link>
        )}
      </td>
      <td className="wide">
        <Foreign text={purpose} />
      </td>
      <td className="wide">{expires === undefined ? "" : expires.slice(0, 10)}</td>
      <td className="wide number">{en.number(mandates.length)}</td>
    </tr>
  );
}
