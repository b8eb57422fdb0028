// Changes a module in one or two places at random, the way that a careless or hostile author might: other instructions, jumps, locals,
// types, abilities, handles. Indices mostly stay in bounds, so that the verifier's later passes get to see the damage. The seed fixes it.

import { OPERAND_TABLES } from '../vm/bytecode/access.ts';
import { VERSION_CLOSURES, VERSION_SIGNED, VERSION_STRUCT_API } from '../vm/bytecode/format.ts';
import type { CompiledModule, Instruction, SignatureToken } from '../vm/bytecode/module.ts';
import { OPCODES } from '../vm/bytecode/opcodes.ts';
import { EdgeRandom } from './edge-random.ts';

type Mutable<T> = T extends bigint | string | Uint8Array ? T : { -readonly [K in keyof T]: Mutable<T[K]> };
type Draft = Mutable<CompiledModule>;
type Body = NonNullable<Draft['functions'][number]['body']>;

const PRIMITIVES = ['bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer'] as const;
/** Mutants of old modules stay old, and the same from one version of this list to the next: the Rust VM's verdicts on them are recorded. */
const OLD_OPCODES = OPCODES.filter(({ since }) => since < VERSION_CLOSURES);
const SIGNED = ['i8', 'i16', 'i32', 'i64', 'i128', 'i256'] as const;
const TYPE_DEPTH_MAX = 3;

export function mutateModule(module: CompiledModule, seed: string): CompiledModule {
  const random = new EdgeRandom(seed);
  const draft = structuredClone(module) as Draft;
  const changes = random.oneIn(5) ? 2 : 1;
  for (let i = 0; i < changes; i++) new Mutation(draft, random).apply();
  return draft as CompiledModule;
}

class Mutation {
  readonly #draft: Draft;
  readonly #random: EdgeRandom;

  constructor(draft: Draft, random: EdgeRandom) {
    this.#draft = draft;
    this.#random = random;
  }

  apply(): void {
    const random = this.#random;
    if (this.#draft.version >= VERSION_CLOSURES && random.oneIn(8)) {
      this.#newHandle();
      return;
    }
    const change = random.pick([
      ...new Array<() => void>(8).fill(() => this.#code()),
      () => this.#signature(),
      () => this.#structHandle(),
      () => this.#functionHandle(),
      () => this.#field(),
      () => this.#function(),
      () => this.#instantiation(),
      () => this.#handle(),
      () => {
        this.#draft.version = random.pick(this.#draft.version < VERSION_CLOSURES ? [5, 6, 7] : [8, 9, 10]);
      },
    ]);
    change();
  }

  #code(): void {
    const bodies = this.#draft.functions.flatMap(({ body }) => (body && body.code.length > 0 ? [body] : []));
    if (bodies.length === 0) return;
    const random = this.#random;
    const body = random.pick(bodies);
    const { code } = body;
    const place = random.below(code.length);
    random.pick([
      () => {
        code[place] = this.#instruction(body);
      },
      () => this.#shift(body, place, [this.#instruction(body)], 0),
      () => this.#shift(body, place, [], 1),
      () => this.#shift(body, place, this.#idleInstructions(body), 0),
      () => {
        const other = random.below(code.length);
        [code[place], code[other]] = [pickAt(code, other), pickAt(code, place)];
      },
      () => this.#operand(body, pickAt(code, place)),
      () => this.#operand(body, pickAt(code, place)),
      () => this.#twist(random.pick(code)),
      () => this.#twist(random.pick(code)),
    ])();
  }

  /** Puts instructions in, or takes some out, and keeps jumps where they led. */
  #shift(body: Body, place: number, insert: readonly Instruction[], remove: number): void {
    if (body.code.length === 1 && remove > 0) return;
    body.code.splice(place, remove, ...(insert as Mutable<Instruction>[]));
    const by = insert.length - remove;
    for (const instruction of body.code) {
      if (!('target' in instruction)) continue;
      if (instruction.target > place) instruction.target += by;
      instruction.target = Math.min(instruction.target, body.code.length - 1);
    }
  }

  /** Instructions that leave the stack as it was. */
  #idleInstructions(body: Body): readonly Instruction[] {
    const random = this.#random;
    const local = random.below(256);
    const pop: Instruction = { op: 'pop' };
    const count = Math.max(1, this.#localCount(body));
    const one = local % count;
    const other = random.below(count);
    return random.pick<readonly Instruction[]>([
      [{ op: 'copyLoc', local: one }, pop],
      [{ op: 'moveLoc', local: one }, pop],
      [{ op: 'mutBorrowLoc', local: one }, pop],
      [
        { op: 'copyLoc', local: one },
        { op: 'stLoc', local: other },
      ],
      [
        { op: 'moveLoc', local: one },
        { op: 'stLoc', local: one },
      ],
    ]);
  }

  #operand(body: Body, instruction: Mutable<Instruction>): void {
    const random = this.#random;
    if ('target' in instruction) instruction.target = random.below(body.code.length);
    else if ('local' in instruction) instruction.local = random.below(Math.max(1, this.#localCount(body)));
    else if ('index' in instruction) instruction.index = Math.max(0, instruction.index + random.pick([-1, 1]));
    else if ('type' in instruction) instruction.type = random.below(this.#draft.signatures.length);
  }

  /** Copies instead of moving, borrows mutably instead of immutably, and the other way round. */
  #twist(instruction: Mutable<Instruction>): void {
    const { op } = instruction;
    if ('local' in instruction) {
      if (op === 'copyLoc') instruction.op = 'moveLoc';
      else if (op === 'moveLoc') instruction.op = 'copyLoc';
    }
    const twin = op.startsWith('mut') ? op.replace('mut', 'imm') : op.startsWith('imm') ? op.replace('imm', 'mut') : op;
    if (OPCODES.some((opcode) => opcode.op === twin)) Object.assign(instruction, { op: twin });
  }

  #instruction(body: Body): Mutable<Instruction> {
    const random = this.#random;
    const opcode = random.pick(this.#draft.version < VERSION_CLOSURES ? OLD_OPCODES : OPCODES);
    const { signatures } = this.#draft;
    switch (opcode.operand) {
      case 'none':
        return { op: opcode.op };
      case 'target':
        return { op: opcode.op, target: random.below(body.code.length) };
      case 'local':
        return { op: opcode.op, local: random.below(Math.max(1, this.#localCount(body))) };
      case 'index':
        return { op: opcode.op, index: random.below(Math.max(1, this.#draft[OPERAND_TABLES[opcode.op]].length)) };
      case 'indexAndMask':
        return {
          op: opcode.op,
          index: random.below(Math.max(1, this.#draft[OPERAND_TABLES[opcode.op]].length)),
          mask: random.oneIn(4) ? random.integer(64) : BigInt(random.below(8)),
        };
      case 'type':
        return { op: opcode.op, type: random.below(signatures.length) };
      case 'typeAndCount':
        return { op: opcode.op, type: random.below(signatures.length), count: random.below(4) };
      case 'u8':
      case 'u16':
      case 'u32':
        return { op: opcode.op, value: random.below(200) };
      case 'u64':
      case 'u128':
      case 'u256':
        return { op: opcode.op, value: random.integer(64) };
      case 'i8':
      case 'i16':
      case 'i32':
        return { op: opcode.op, value: random.below(200) - 100 };
      case 'i64':
      case 'i128':
      case 'i256':
        return { op: opcode.op, value: BigInt.asIntN(64, random.integer(64)) };
    }
  }

  #localCount(body: Body): number {
    const { functions, functionHandles, signatures } = this.#draft;
    const owner = functions.find((definition) => definition.body === body);
    const handle = owner && functionHandles[owner.handle];
    const parameters = (handle && signatures[handle.parameters]?.length) ?? 0;
    return parameters + (signatures[body.locals]?.length ?? 0);
  }

  #signature(): void {
    const signature = this.#random.pick(this.#draft.signatures);
    if (signature.length === 0) signature.push(this.#type());
    else signature[this.#random.below(signature.length)] = this.#type();
  }

  #structHandle(): void {
    const random = this.#random;
    if (this.#draft.structHandles.length === 0) return;
    const handle = random.pick(this.#draft.structHandles);
    const bit = 1 << random.below(4);
    if (handle.typeParameters.length === 0 || random.oneIn(2)) {
      handle.abilities ^= bit;
      return;
    }
    const parameter = random.pick(handle.typeParameters);
    if (random.oneIn(2)) parameter.isPhantom = !parameter.isPhantom;
    else parameter.constraints ^= bit;
  }

  #functionHandle(): void {
    const random = this.#random;
    const { functionHandles, signatures, identifiers } = this.#draft;
    if (functionHandles.length === 0) return;
    const handle = random.pick(functionHandles);
    random.pick([
      () => {
        handle.parameters = random.below(signatures.length);
      },
      () => {
        handle.returns = random.below(signatures.length);
      },
      () => {
        if (handle.typeParameters.length === 0) handle.typeParameters.push(0);
        else handle.typeParameters[0] = random.below(16);
      },
      () => {
        handle.name = random.below(identifiers.length);
      },
    ])();
  }

  #field(): void {
    const random = this.#random;
    const fields = this.#draft.structs.flatMap(({ layout }) => {
      if (layout.kind === 'native') return [];
      return layout.kind === 'struct' ? layout.fields : layout.variants.flatMap((variant) => variant.fields);
    });
    if (fields.length === 0) return;
    const field = random.pick(fields);
    if (random.oneIn(5)) field.name = random.below(this.#draft.identifiers.length);
    else field.type = this.#type();
  }

  #function(): void {
    const random = this.#random;
    const { functions, structs, signatures } = this.#draft;
    if (functions.length === 0) return;
    const definition = random.pick(functions);
    random.pick([
      () => {
        definition.acquires = random.oneIn(2) ? [] : [random.below(Math.max(1, structs.length))];
      },
      () => {
        if (definition.body) definition.body.locals = random.below(signatures.length);
      },
      () => {
        definition.visibility = random.pick(['public', 'private', 'friend']);
      },
    ])();
  }

  #instantiation(): void {
    const random = this.#random;
    const { functionInstantiations, structInstantiations, fieldInstantiations, structVariantInstantiations } =
      this.#draft;
    const { variantFieldInstantiations, signatures } = this.#draft;
    const entries = random.pick([
      functionInstantiations,
      structInstantiations,
      fieldInstantiations,
      structVariantInstantiations,
      variantFieldInstantiations,
    ]);
    if (entries.length === 0) return;
    const entry = random.pick(entries);
    if (random.oneIn(2)) entry.typeArgs = random.below(signatures.length);
    else entry.handle = Math.max(0, entry.handle + random.pick([-1, 1]));
  }

  #handle(): void {
    const random = this.#random;
    const draft = this.#draft;
    const change =
      <T>(entries: T[], how: (entry: T) => void) =>
      () => {
        if (entries.length > 0) how(random.pick(entries));
      };
    random.pick([
      change(draft.fieldHandles, (handle) => {
        handle.field = random.below(4);
      }),
      change(draft.structVariantHandles, (handle) => {
        handle.variant = random.below(4);
      }),
      change(draft.variantFieldHandles, (handle) => {
        handle.variants = [random.below(3), random.below(3)];
      }),
      change(draft.constants, (constant) => {
        if (random.oneIn(2)) constant.type = this.#type();
        else constant.data = constant.data.slice(1);
      }),
      change(draft.friends, (friend) => {
        friend.address = random.below(draft.addresses.length);
      }),
      () => {
        draft.identifiers[random.below(draft.identifiers.length)] = random.pick(draft.identifiers);
      },
    ])();
  }

  #type(depth = 0): Mutable<SignatureToken> {
    const random = this.#random;
    if (this.#draft.version >= VERSION_CLOSURES && random.oneIn(3)) return this.#newType(depth);
    const kind = random.below(depth < TYPE_DEPTH_MAX ? 14 : PRIMITIVES.length);
    const primitive = PRIMITIVES[kind];
    if (primitive) return { kind: primitive };
    const { structHandles } = this.#draft;
    if (kind === 9) return { kind: 'vector', inner: this.#type(depth + 1) };
    if (kind === 10) return { kind: 'reference', inner: this.#type(depth + 1) };
    if (kind === 11) return { kind: 'mutableReference', inner: this.#type(depth + 1) };
    if (kind === 12 || structHandles.length === 0) return { kind: 'typeParameter', index: random.below(2) };
    const handle = random.below(structHandles.length);
    const typeArgs = (structHandles[handle]?.typeParameters ?? []).map(() => this.#type(depth + 1));
    return { kind: 'struct', handle, typeArgs };
  }

  /** Of those that came with versions 8 and 9. */
  #newType(depth: number): Mutable<SignatureToken> {
    const random = this.#random;
    if (this.#draft.version >= VERSION_SIGNED && random.oneIn(2)) return { kind: random.pick(SIGNED) };
    const count = depth < TYPE_DEPTH_MAX ? 3 : 1;
    const types = () => Array.from({ length: random.below(count) }, () => this.#type(depth + 1));
    return { kind: 'function', parameters: types(), returns: types(), abilities: random.below(16) };
  }

  #newHandle(): void {
    const random = this.#random;
    const { functionHandles } = this.#draft;
    if (functionHandles.length === 0) return;
    const handle = random.pick(functionHandles);
    const number = random.below(300);
    if (random.oneIn(3)) {
      handle.accessSpecifiers = [
        {
          access: random.pick(['reads', 'writes']),
          isNegated: random.oneIn(2),
          resource: random.pick([{ kind: 'any' }, { kind: 'struct', handle: number }]),
          address: random.pick([{ kind: 'any' }, { kind: 'literal', address: number }]),
        },
      ];
      return;
    }
    handle.attributes = random.pick([
      [],
      [{ kind: 'persistent' }],
      [{ kind: 'moduleLock' }, { kind: 'persistent' }],
      ...(this.#draft.version >= VERSION_STRUCT_API
        ? [[{ kind: 'pack' } as const], [{ kind: 'testVariant', variant: number } as const]]
        : []),
    ]);
  }
}

function pickAt<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
