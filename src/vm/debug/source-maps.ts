// From an instruction to file, line and column: source maps of several modules with the text of the files that they speak of. A map of other
// code than what runs would tell wrong lines, so a file counts only if its content has the hash that the map names.

import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8Encode } from '../../base/bytes.ts';
import { at, moduleKey } from '../bytecode/access.ts';
import type { CompiledModule, ModuleId } from '../bytecode/module.ts';
import { decodeSourceMap, type FunctionSourceMap, rangeAt, type SourceMap } from './source-map.ts';

/** Lines and columns count from 1; columns in characters. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What the instruction comes from, up to the end of the line. */
  readonly text: string;
}

interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Where each line begins. */
  readonly lines: readonly number[];
}

const NEWLINE = 0x0a;

export class SourceMaps {
  readonly #maps = new Map<string, SourceMap>();
  readonly #files = new Map<string, SourceFile>();

  /** An `.mvsm` file. Scripts have no name and are not kept. @throws DecodeError */
  addMap(bytes: Uint8Array): this {
    const map = decodeSourceMap(bytes);
    if (map.module) this.#maps.set(moduleKey(map.module), map);
    return this;
  }

  /** A `.move` file, under the path to show. */
  addFile(path: string, text: string): this {
    const bytes = utf8Encode(text);
    const lines = [0];
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === NEWLINE) lines.push(i + 1);
    this.#files.set(toHex(sha256(bytes)), { path, bytes, lines });
    return this;
  }

  /** Nothing where no map or no file says it. */
  locate(id: ModuleId, module: CompiledModule, functionName: string, offset: number): SourcePosition | undefined {
    const definition = this.#function(id, module, functionName);
    const range = definition && rangeAt(definition, offset);
    const file = range && this.#files.get(range.fileHash);
    if (range === undefined || file === undefined || range.start > file.bytes.length) return undefined;
    return position(file, range.start, range.end);
  }

  /** Name of a parameter or other local; generated ones begin with `$`. Nothing where no map says it. */
  local(id: ModuleId, module: CompiledModule, functionName: string, index: number): string | undefined {
    return this.#function(id, module, functionName)?.locals[index];
  }

  #function(id: ModuleId, module: CompiledModule, functionName: string): FunctionSourceMap | undefined {
    const map = this.#maps.get(moduleKey(id));
    if (map === undefined) return undefined;
    const index = module.functions.findIndex(({ handle }) => {
      return at(module.identifiers, at(module.functionHandles, handle).name) === functionName;
    });
    return map.functions.get(index);
  }
}

function position({ path, bytes, lines }: SourceFile, start: number, end: number): SourcePosition {
  let line = lines.findIndex((from) => from > start);
  if (line < 0) line = lines.length;
  const lineStart = lines[line - 1] ?? 0;
  const lineEnd = (lines[line] ?? bytes.length + 1) - 1;
  const before = text(bytes.subarray(lineStart, start));
  return {
    file: path,
    line,
    column: [...before].length + 1,
    text: text(bytes.subarray(start, Math.min(end, lineEnd))),
  };
}

/** Leniently: a range may cut a character. */
function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
