// A row with the newer value that the stream told; what it is compared with stays.
import type { Row } from "./api";

export function heard(row: Row, newer: Row | undefined, better: string): Row {
  if (!newer) return row;
  const gap = less(newer.value, row.target);
  const reached = gap === null ? null : better === "lower" ? gap <= 0 : gap >= 0;
  return { ...row, ...newer, change: less(newer.value, row.previous_value), on_target: reached };
}

function less(one: number | null, other: number | null | undefined): number | null {
  return one === null || other === null || other === undefined ? null : one - other;
}
