// The composition as a tree that one edits: parts with their numbers, groups that join them, and a menu for what may be done with each.

import { DropdownMenu } from '@kobalte/core/dropdown-menu';
import { For, Index, type JSX, Match, Show, Switch } from 'solid-js';
import { type Parameter, type PartName, partNames, parts } from '../../experiments/maskParts.ts';
import type { MaskSpec } from '../../experiments/maskSpec.ts';
import { texts } from '../../i18n/texts.ts';

const words = () => texts().masks;

/** A part with its first numbers. */
const freshPart = (kind: PartName): MaskSpec => ({
  kind,
  values: [...parts[kind].parameters, ...(parts[kind].rest === undefined ? [] : [parts[kind].rest])].map(
    ({ first }) => first,
  ),
});

interface NodeProps {
  readonly spec: MaskSpec;
  /** What takes its place; undefined where it is removed. */
  readonly onChange: (next: MaskSpec | undefined) => void;
  /** Whether it may be removed. */
  readonly removable: boolean;
}

type Leaf = Extract<MaskSpec, { readonly values: readonly number[] }>;
type Group = Extract<MaskSpec, { readonly parts: readonly MaskSpec[] }>;

/** What the node is without its `not`. */
const positive = (spec: MaskSpec): MaskSpec => (spec.kind === 'not' ? spec.part : spec);
const leafOf = (spec: MaskSpec): Leaf | undefined => ('values' in spec ? spec : undefined);
const groupOf = (spec: MaskSpec): Group | undefined => ('parts' in spec ? spec : undefined);

const ChangeMenu = (props: NodeProps): JSX.Element => (
  <DropdownMenu>
    <DropdownMenu.Trigger class="icon mask-menu" aria-label={words().change}>
      ⋯
    </DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content class="menu">
        <DropdownMenu.Item
          class="menu-item"
          onSelect={() =>
            props.onChange(props.spec.kind === 'not' ? props.spec.part : { kind: 'not', part: props.spec })
          }
        >
          {props.spec.kind === 'not' ? words().affirm : words().negate}
        </DropdownMenu.Item>
        <For each={['and', 'or'] as const}>
          {(kind) => (
            <DropdownMenu.Item
              class="menu-item"
              onSelect={() => props.onChange({ kind, parts: [props.spec, freshPart('window')] })}
            >
              {kind === 'and' ? words().combineAnd : words().combineOr}
            </DropdownMenu.Item>
          )}
        </For>
        <Show when={props.removable}>
          <DropdownMenu.Item class="menu-item" onSelect={() => props.onChange(undefined)}>
            {words().remove}
          </DropdownMenu.Item>
        </Show>
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu>
);

/** The nearest value that a parameter takes. */
const allowed = ({ least, most, step = 1 }: Parameter, value: number): number =>
  least + step * Math.round((Math.max(least, Math.min(most, value)) - least) / step);

const LeafFields = (props: { readonly leaf: Leaf; readonly onChange: (next: Leaf) => void }): JSX.Element => {
  const part = () => parts[props.leaf.kind];
  const set = (index: number, value: number): void =>
    props.onChange({ ...props.leaf, values: props.leaf.values.with(index, value) });
  const rest = (): readonly number[] => props.leaf.values.slice(part().parameters.length);
  return (
    <div class="mask-fields">
      <Index each={part().parameters}>
        {(parameter, index) => (
          <label class="mask-field">
            <span>{words().parameters[parameter().name]}</span>
            <input
              type="number"
              min={parameter().least}
              max={parameter().most}
              step={parameter().step ?? 1}
              value={props.leaf.values[index] ?? parameter().first}
              onChange={(event) => {
                const { valueAsNumber } = event.currentTarget;
                const next = allowed(
                  parameter(),
                  Number.isNaN(valueAsNumber) ? parameter().first : valueAsNumber,
                );
                event.currentTarget.value = String(next);
                set(index, next);
              }}
            />
          </label>
        )}
      </Index>
      <Show when={part().rest}>
        {(parameter) => (
          <label class="mask-field wide">
            <span>{words().parameters[parameter().name]}</span>
            <input
              type="text"
              inputmode="numeric"
              aria-label={words().rest(words().parameters[parameter().name])}
              value={rest().join(', ')}
              onChange={(event) => {
                const numbers = (event.currentTarget.value.match(/\d+/g) ?? []).slice(0, 32).map(Number);
                const next = numbers.map((value) => allowed(parameter(), value));
                event.currentTarget.value = next.join(', ');
                props.onChange({
                  ...props.leaf,
                  values: [...props.leaf.values.slice(0, part().parameters.length), ...next],
                });
              }}
            />
          </label>
        )}
      </Show>
    </div>
  );
};

/** The spec with its `not`, if it has one, around another. */
const within = (spec: MaskSpec, next: MaskSpec): MaskSpec =>
  spec.kind === 'not' ? { kind: 'not', part: next } : next;

const Node = (props: NodeProps): JSX.Element => {
  const own = (): MaskSpec => positive(props.spec);
  const change = (next: MaskSpec): void => props.onChange(within(props.spec, next));
  const replace = (group: Group, index: number, next: MaskSpec | undefined): void => {
    const rest = next === undefined ? group.parts.toSpliced(index, 1) : group.parts.with(index, next);
    const [only] = rest;
    change(rest.length === 1 && only !== undefined ? only : { ...group, parts: rest });
  };
  return (
    <div class="mask-node" classList={{ negated: props.spec.kind === 'not' }}>
      <div class="mask-line">
        <Show when={props.spec.kind === 'not'}>
          <span class="mask-not">{words().not}</span>
        </Show>
        <Switch>
          <Match when={leafOf(own())}>
            {(leaf) => (
              <select
                class="select"
                aria-label={words().kind}
                value={leaf().kind}
                onChange={(event) => {
                  const kind = partNames.find((name) => name === event.currentTarget.value);
                  if (kind !== undefined) change(freshPart(kind));
                }}
              >
                <For each={partNames}>
                  {(name) => (
                    <option value={name} selected={name === leaf().kind}>
                      {words().partNames[name]}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Match>
          <Match when={groupOf(own())}>
            {(group) => (
              <select
                class="select"
                aria-label={words().kind}
                value={group().kind}
                onChange={(event) =>
                  change({ ...group(), kind: event.currentTarget.value === 'or' ? 'or' : 'and' })
                }
              >
                <option value="and" selected={group().kind === 'and'}>
                  {words().all}
                </option>
                <option value="or" selected={group().kind === 'or'}>
                  {words().any}
                </option>
              </select>
            )}
          </Match>
          <Match when={own().kind === 'not'}>
            <Node spec={own()} removable={false} onChange={(next) => next !== undefined && change(next)} />
          </Match>
        </Switch>
        <ChangeMenu {...props} />
      </div>
      <Switch>
        <Match when={leafOf(own())}>{(leaf) => <LeafFields leaf={leaf()} onChange={change} />}</Match>
        <Match when={groupOf(own())}>
          {(group) => (
            <div class="mask-group">
              <Index each={group().parts}>
                {(part, index) => (
                  <Node spec={part()} removable onChange={(next) => replace(group(), index, next)} />
                )}
              </Index>
              <button
                type="button"
                class="quiet"
                onClick={() => change({ ...group(), parts: [...group().parts, freshPart('causal')] })}
              >
                {words().add}
              </button>
            </div>
          )}
        </Match>
      </Switch>
    </div>
  );
};

/** The editor of a whole composition. */
export const MaskEditor = (props: {
  readonly spec: MaskSpec;
  readonly onChange: (next: MaskSpec) => void;
}): JSX.Element => (
  <div class="mask-editor">
    <Node
      spec={props.spec}
      removable={false}
      onChange={(next) => next !== undefined && props.onChange(next)}
    />
  </div>
);
