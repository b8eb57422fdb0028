// Places in variables: fields of structs, down to two levels, for the writers of expressions and statements.

import { type Context, fieldPlace, type Variable } from './context.ts';
import { fieldsOf, type MoveType, sameMoveType } from './move-types.ts';

/** What can be written to: every variable that is no shared reference, and the fields in it. */
export function writablePlaces(context: Context): readonly Variable[] {
  return context.scope.filter(({ reference }) => reference !== 'shared').flatMap((root) => placesIn(context, root));
}

export function readablePlaces(context: Context): readonly Variable[] {
  return context.scope.flatMap((root) => placesIn(context, root));
}

export function placeOf(context: Context, type: MoveType, places: readonly Variable[]): Variable | undefined {
  return context.pickOf(places.filter((place) => sameMoveType(place.type, type)));
}

/** The variable that a place is in, by name. */
export function rootOf(place: string): string {
  return place.replace(/^\*/, '').split('.')[0] ?? place;
}

function placesIn(context: Context, root: Variable, depth = 0): readonly Variable[] {
  if (depth === 2 || !context.isOwn(root.type)) return [root];
  const inner = fieldsOf(root.type).flatMap((field) => {
    const place = { ...fieldPlace(root, field.name), type: field.type };
    return placesIn(context, place, depth + 1);
  });
  return [root, ...inner];
}
