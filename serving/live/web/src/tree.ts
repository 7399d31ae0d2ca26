// The agency tree. An agency that the reference data lack lies where its code says: H51.18.01 below H51.18.
import type { Agency } from "./api";

export const DEEPEST = 9; // levels of a tree

export type Tree = Map<string, Agency>;

export const nameOf = (tree: Tree, code: string): string => tree.get(code)?.name ?? code;

// The codes from the top down to an agency, itself included; none for everything.
export function steps(tree: Tree, code: string): string[] {
  const found: string[] = [];
  for (let each = code; each && found.length < DEEPEST; each = parent(tree, each)) found.unshift(each);
  return found;
}

function parent(tree: Tree, code: string): string {
  return tree.get(code)?.parent ?? code.split(".").slice(0, -1).join(".");
}

// How many levels from the top the agencies just below this one are; from everything: those below the top.
export function depthBelow(tree: Tree, code: string): number {
  return Math.max(1, steps(tree, code).length) + 1;
}
