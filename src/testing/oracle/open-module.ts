// The Rust VM runs entry functions and functions that its chain's metadata marks as views. This opens a module so that every public
// function can be run: one without return values becomes an entry function, one with return values a view (see bcs-views.ts for those that
// return structs). The code stays as it is.

import { type BcsWriter, encodeBcs } from '../../base/bcs.ts';
import { type Bytes, utf8Encode } from '../../base/bytes.ts';
import { at, returnsOf } from '../../vm/bytecode/access.ts';
import type { CompiledModule, FunctionDefinition } from '../../vm/bytecode/module.ts';
import { assembleModule } from '../assemble.ts';
import { withBcsViews } from './bcs-views.ts';

const METADATA_KEY = 'initia::metadata_v0';
const ATTRIBUTE_VIEW = 1;

export function openModule(original: CompiledModule): Bytes {
  const module = withBcsViews(original);
  const returnsNothing = (definition: FunctionDefinition) =>
    returnsOf(module, at(module.functionHandles, definition.handle)).length === 0;
  const isPublic = (definition: FunctionDefinition) =>
    definition.visibility === 'public' && definition.body !== undefined;
  const views = module.functions
    .filter((definition) => isPublic(definition) && !returnsNothing(definition))
    .map((definition) => functionName(module, definition));
  return assembleModule({
    ...module,
    functions: module.functions.map((definition) => ({
      ...definition,
      isEntry: definition.isEntry || (isPublic(definition) && returnsNothing(definition)),
    })),
    metadata: [{ key: utf8Encode(METADATA_KEY), value: viewMetadata(views) }],
  });
}

export function functionName(module: CompiledModule, definition: FunctionDefinition): string {
  return at(module.identifiers, at(module.functionHandles, definition.handle).name);
}

/** Three maps: the error map, attributes of structs, attributes of functions. Map keys go in the order of their encoding, shortest first. */
function viewMetadata(views: readonly string[]): Bytes {
  const ordered = [...views].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const writeView = (writer: BcsWriter, name: string) => writer.string(name).uleb128(1).u8(ATTRIBUTE_VIEW).uleb128(0);
  return encodeBcs((writer) => writer.uleb128(0).uleb128(0).vector(ordered, writeView));
}
