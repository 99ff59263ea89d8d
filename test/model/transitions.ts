/**
 * Every transition that a machine defines, and those that a step takes: computed from the definition, so that a
 * transition that is added later without a path to it is missed by name.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode, getMicrosteps } from 'xstate';

type Definition = AnyStateNode['always'] extends (infer One)[] | undefined ? One : never;

/** `state · event [guard] → target`. Of an inherited transition, `state` is the leaf that it is taken in. */
export function allTransitions(machine: AnyStateMachine): Set<string> {
  const names = new Set<string>();
  for (const leaf of leavesOf(machine.root)) {
    for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) {
      for (const [event, definitions] of node.transitions) {
        if (isOverridden(leaf, node, event)) continue;
        for (const definition of definitions) names.add(nameOf(leaf, event, definition));
      }
      for (const definition of node.always ?? []) names.add(nameOf(leaf, 'always', definition));
    }
  }
  return names;
}

/** Those that `event` takes from `snapshot`, eventless ones included. */
export function takenTransitions(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: { readonly type: string },
): string[] {
  const selected = machine.getTransitionData(snapshot, event);
  const names = selected.flatMap((definition) =>
    leavesIn(snapshot, definition.source).map((leaf) => nameOf(leaf, event.type, definition)),
  );
  if (selected.length === 0) return names;
  const steps = getMicrosteps(machine, snapshot, event).map(([after]) => after);
  return [...names, ...steps.slice(1).flatMap((after, index) => eventless(steps[index], after))];
}

/** After the first microstep only eventless transitions are left, and source and target tell which. */
function eventless(before: AnyMachineSnapshot | undefined, after: AnyMachineSnapshot): string[] {
  const entered = after._nodes.filter((node) => !before?._nodes.includes(node));
  return (before?._nodes ?? []).flatMap((source) =>
    (source.always ?? [])
      .filter((definition) => definition.target?.some((target) => entered.includes(target)))
      .map((definition) => nameOf(source, 'always', definition)),
  );
}

function leavesOf(node: AnyStateNode): AnyStateNode[] {
  const children = Object.values(node.states);
  return children.length === 0 ? [node] : children.flatMap(leavesOf);
}

function leavesIn(snapshot: AnyMachineSnapshot, source: AnyStateNode): AnyStateNode[] {
  const isBelow = (node: AnyStateNode | undefined): boolean =>
    node !== undefined && (node === source || isBelow(node.parent));
  return snapshot._nodes.filter((node) => Object.keys(node.states).length === 0 && isBelow(node));
}

/** A state's own list for an event replaces what it would inherit, unless all its guards fail: ours end unguarded by state. */
function isOverridden(leaf: AnyStateNode, owner: AnyStateNode, event: string): boolean {
  for (let node: AnyStateNode | undefined = leaf; node !== undefined && node !== owner; node = node.parent)
    if (node.transitions.has(event)) return true;
  return false;
}

function nameOf(leaf: AnyStateNode, event: string, definition: Definition): string {
  const guard = guardOf(definition.guard);
  const target = definition.target?.map((node) => node.key).join() ?? 'stays';
  return `${leaf.path.join('.') || leaf.key} · ${event}${guard} → ${target}`;
}

/** A guard by its name, whether or not it has parameters. */
function guardOf(guard: unknown): string {
  if (typeof guard === 'string') return ` [${guard}]`;
  const isNamed = typeof guard === 'object' && guard !== null && 'type' in guard;
  return isNamed ? ` [${String(guard.type)}]` : '';
}
