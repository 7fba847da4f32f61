// Edits between two words, as src/search/distance.rs counts them.

/** Returns the number of edits between two words, if it is at most `most`. */
export function within(one: string, other: string, most: number): number | undefined {
  if (Math.abs(one.length - other.length) > most) return undefined;
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 0; row < one.length; row += 1) {
    const here = [row + 1];
    let least = row + 1;
    for (let column = 0; column < other.length; column += 1) {
      let edits = Math.min(
        last[column]! + Number(one[row] !== other[column]),
        last[column + 1]! + 1,
        here[column]! + 1,
      );
      if (row > 0 && column > 0 && one[row] === other[column - 1] && one[row - 1] === other[column]) {
        edits = Math.min(edits, before[column - 1]! + 1);
      }
      here.push(edits);
      least = Math.min(least, edits);
    }
    if (least > most) return undefined;
    before = last;
    last = here;
  }
  const edits = last[other.length]!;
  return edits <= most ? edits : undefined;
}
